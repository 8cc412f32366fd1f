/** What packaging fetches from elsewhere: the Electron distribution and the tool that writes a .deb. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

/** Electron's fuses, in their places on the wire, with the state in which it is delivered. */
const DELIVERED_FUSES = {
  runAsNode: '1',
  enableCookieEncryption: '0',
  enableNodeOptionsEnvironmentVariable: '1',
  enableNodeCliInspectArguments: '1',
  enableEmbeddedAsarIntegrityValidation: '0',
  onlyLoadAppFromAsar: '0',
  loadBrowserProcessSpecificV8Snapshot: '0',
  grantFileProtocolExtraPrivileges: '1',
  wasmTrapHandlers: '1',
};
export type FuseName = keyof typeof DELIVERED_FUSES;

/** Before the fuses in the binary: this, version 1, how many there are. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** An unpacked Electron for Linux in all that packaging looks at: an executable with fuses, a version, licences. */
export function makeStandInElectron(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  const fuses = Object.values(DELIVERED_FUSES).join('');
  const wire = Buffer.concat([
    Buffer.from(SENTINEL, 'latin1'),
    Buffer.from([1, fuses.length]),
    Buffer.from(fuses, 'latin1'),
  ]);
  writeFileSync(join(folder, 'electron'), wire, { mode: 0o755 });
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'));
  writeFileSync(join(folder, 'version'), version);
  writeFileSync(join(folder, 'LICENSE'), 'Electron’s licence');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), 'Chromium’s licences');
}

/** Whether each fuse is on in an executable. */
export function readFuses(binary: string): Record<FuseName, boolean> {
  const bytes = readFileSync(binary, 'latin1');
  const from = bytes.indexOf(SENTINEL) + SENTINEL.length + 2;
  const names = Object.keys(DELIVERED_FUSES) as FuseName[];
  return Object.fromEntries(names.map((name, place) => [name, bytes[from + place] === '1'])) as Record<
    FuseName,
    boolean
  >;
}

export interface Deb {
  /** The value after each option; the last where it is given several times. */
  option(name: string): string | undefined;
  /** The text of a file that the package installs, or of a script that it runs; by a part of its path. */
  text(path: string): string;
  /** Where everything goes that is installed. */
  installed: string[];
}

/** An fpm that notes its arguments, and keeps the files among them, which packaging removes. Returns its path. */
export function makeStandInFpm(folder: string): string {
  mkdirSync(folder);
  const fpm = join(folder, 'fpm');
  const script = `#!${process.execPath}
const { copyFileSync, existsSync, statSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2).map((arg, at) => {
  const [, file, target] = /^(\\/[^=]*)(=.*)?$/.exec(arg) ?? [];
  if (!file || !existsSync(file) || statSync(file).isDirectory()) return arg;
  copyFileSync(file, ${JSON.stringify(folder)} + '/' + at);
  return ${JSON.stringify(folder)} + '/' + at + (target ?? '');
});
writeFileSync(${JSON.stringify(join(folder, 'arguments.json'))}, JSON.stringify(args));
writeFileSync(args[args.indexOf('--package') + 1], '');
`;
  writeFileSync(fpm, script, { mode: 0o755 });
  return fpm;
}

/** What {@link makeStandInFpm}'s was asked to write. */
export function readDeb(folder: string): Deb {
  const args = JSON.parse(readFileSync(join(folder, 'arguments.json'), 'utf8')) as string[];
  const files = args
    .filter((arg) => /^\/[^=]*=\//.test(arg))
    .map((arg) => arg.split('=') as [string, string]);
  const option = (name: string) => (args.includes(name) ? args[args.lastIndexOf(name) + 1] : undefined);
  return {
    option,
    text: (path) => {
      const file = path.startsWith('--') ? option(path) : files.find(([, to]) => to.includes(path))?.[0];
      if (file === undefined) throw new Error(`The package has no ${path} among ${args.join('\n')}`);
      return readFileSync(file, 'utf8');
    },
    installed: files.map(([, to]) => to),
  };
}
