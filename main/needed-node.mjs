// Plain JavaScript that runs on any Node from 20 on.

/**
 * The oldest Node that can run the lab, and on which its tests run: node:sqlite has its defensive mode from this
 * version on.
 */
export const neededNode = '24.12';

/** @param {string} version such as 24.12.0 */
export function isOldNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = neededNode.split('.').map(Number);
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}
