// Plain JavaScript for any Node. It reports in a sentence what an old Node would report as a syntax error, or only
// during a run. npm puts the Node of node_modules/.bin first on the path if `npm ci` installed one for this system.
import { isOldNode, neededNode } from './needed-node.mjs';

if (isOldNode(process.versions.node)) {
  console.error(
    `Ohlol needs Node.js ${neededNode} or newer and this is ${process.versions.node}: npm ci brought none along for ${process.platform} ${process.arch}, so please install one.`,
  );
  process.exit(1);
}
