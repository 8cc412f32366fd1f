// Plain JavaScript for any Node: says in a sentence what an old one would say in a syntax error. npm puts the
// Node 24 of node_modules/.bin first on the path where there is one for this system.
const NEEDED = 24;
if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  console.error(
    `Ohlol needs Node.js ${NEEDED} or later and this is ${process.versions.node}: npm ci brought none along for ${process.platform} ${process.arch}, so please install one.`,
  );
  process.exit(1);
}
