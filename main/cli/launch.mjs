#!/usr/bin/env node
/**
 * The `ohlol` command. It runs on any Node from 20 on. The lab itself needs a newer one, so an older Node hands over to
 * the one that `npm ci` has installed, passing on arguments, streams, signals and the exit code.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isOldNode, neededNode } from '../needed-node.mjs';

const built = join(import.meta.dirname, 'ohlol.js');
const entry = existsSync(built) ? built : join(import.meta.dirname, 'ohlol.ts');

if (!isOldNode(process.versions.node)) {
  hideExperimentalWarnings();
  await import(entry.endsWith('.ts') ? './ohlol.ts' : './ohlol.js');
} else {
  const node = findPinnedNode();
  if (node === null) {
    process.stderr.write(
      `ohlol: this is Node ${process.versions.node} and Node ${neededNode} or newer is needed; run npm ci in the checkout, which brings it, or install it from nodejs.org\n`,
    );
    process.exit(2);
  }
  handOver(node);
}

/**
 * Hides the warnings with which some versions announce type stripping and node:sqlite; they mean nothing to someone
 * training a network.
 */
function hideExperimentalWarnings() {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.stack}\n`);
  });
}

/** Path of the binary in the package that package.json pins for this machine; null if it is not installed. */
function findPinnedNode() {
  const machine = `${process.platform}-${process.arch}`;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const require = createRequire(import.meta.url);
  for (const name of [`node-${machine}`, `node-bin-${machine}`]) {
    try {
      const path = join(dirname(require.resolve(`${name}/package.json`)), 'bin', binary);
      if (existsSync(path)) return path;
    } catch {
      // That package is not installed; the next one may be.
    }
  }
  return null;
}

function handOver(node) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', entry, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`ohlol: ${node} cannot be started: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
