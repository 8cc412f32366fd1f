// Plain JavaScript for any Node: says in a sentence what an old one would say in a syntax error, or not before a run.
// npm puts the Node of node_modules/.bin first on the path where `npm ci` brought one along for this system.
import { isOldNode, neededNode } from './needed-node.mjs';

if (isOldNode(process.versions.node)) {
  console.error(
    `Ohlol needs Node.js ${neededNode} or newer and this is ${process.versions.node}: npm ci brought none along for ${process.platform} ${process.arch}, so please install one.`,
  );
  process.exit(1);
}
