/** What packaging fetches from elsewhere: the Electron distribution and the tool that writes a .deb. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

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
  writeFileSync(join(folder, 'electron'), fuseWire(), { mode: 0o755 });
  writeReleaseFiles(folder);
}

/** The same for macOS: the app, its framework with the fuses, its helpers. */
export function makeStandInMacElectron(folder: string): void {
  const app = join(folder, 'Electron.app');
  makeBundle(app, 'Electron');
  mkdirSync(join(app, 'Contents', 'Resources'));
  for (const kind of ['', ' (Renderer)', ' (Plugin)', ' (GPU)']) {
    const name = `Electron Helper${kind}`;
    makeBundle(join(app, 'Contents', 'Frameworks', `${name}.app`), name);
  }
  mkdirSync(dirname(macFuseFile(app)), { recursive: true });
  writeFileSync(macFuseFile(app), fuseWire());
  writeReleaseFiles(folder);
}

/** Where an app for macOS has its fuses. */
export function macFuseFile(app: string): string {
  const name = 'Electron Framework';
  return join(app, 'Contents', 'Frameworks', `${name}.framework`, name);
}

function makeBundle(bundle: string, name: string): void {
  mkdirSync(join(bundle, 'Contents', 'MacOS'), { recursive: true });
  writeFileSync(join(bundle, 'Contents', 'MacOS', name), '');
  const properties = `<dict><key>CFBundleExecutable</key><string>${name}</string></dict>`;
  writeFileSync(join(bundle, 'Contents', 'Info.plist'), `<plist version="1.0">${properties}</plist>`);
}

function fuseWire(): Buffer {
  const fuses = Object.values(DELIVERED_FUSES).join('');
  return Buffer.concat([
    Buffer.from(SENTINEL, 'latin1'),
    Buffer.from([1, fuses.length]),
    Buffer.from(fuses, 'latin1'),
  ]);
}

/** What lies in a distribution beside the app. */
function writeReleaseFiles(folder: string): void {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'));
  writeFileSync(join(folder, 'version'), version);
  writeFileSync(join(folder, 'LICENSE'), 'Electron’s licence');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), 'Chromium’s licences');
}

/** An icon tool and a codesign that notes its arguments and the fuses as it found them, for the environment. */
export function makeStandInMacTools(folder: string): NodeJS.ProcessEnv {
  mkdirSync(folder);
  const iconTool = `const out = process.argv.find((arg) => arg.startsWith('--out=')).slice(6);
require('node:fs').writeFileSync(out + '/icon.icns', '');
`;
  writeFileSync(join(folder, 'icon-tool.js'), iconTool);
  const codesign = `#!/bin/sh
for app; do :; done
cp "$app/Contents/Frameworks/Electron Framework.framework/Electron Framework" '${folder}/signed'
printf '%s\\n' "$@" > '${folder}/arguments'
`;
  writeFileSync(join(folder, 'codesign'), codesign, { mode: 0o755 });
  return { ELECTRON_BUILDER_ICONS_TOOLSET_DIR: folder, PATH: `${folder}:${process.env.PATH}` };
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
