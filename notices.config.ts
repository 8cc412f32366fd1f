/**
 * The last step of `npm run build`: the licences of everything that the bundles contain, as one text for the window
 * (About) and the installers. Vite says what it has bundled; what else their licences want shown along, NOTICE files
 * and the licences of parts, is added from the packages.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;

/** An entry of Vite's `build.license`. */
export interface BundledPackage {
  name: string;
  version: string;
  /** SPDX; the package.json need not have one. */
  identifier?: string;
  text?: string;
}

/** In dist/renderer: the page reads it where it was loaded from. */
export const NOTICES_FILE = 'third-party-notices.txt';

/** What a bundle has without importing it: the standard library that is compiled into the kernels. */
const COMPILED_IN = ['assemblyscript'];

/**
 * The text of all notices, one part a package, sorted.
 *
 * @param packages as the builds tell them; one in several bundles is shown once.
 * @param root the folder of the package-lock.json by which they were installed.
 * @throws where a package has no licence text: it could not be given away.
 */
export function noticesText(packages: BundledPackage[], root: string): string {
  const all = new Map(packages.map((bundled) => [`${bundled.name} ${bundled.version}`, bundled]));
  const parts = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bundled]) => part(bundled, root));
  return [INTRODUCTION, ...parts].join(`\n\n${'─'.repeat(80)}\n\n`).concat('\n');
}

const INTRODUCTION = `Ohlol is under the MIT licence. It contains the software below, under its own licences.
The desktop app also contains Electron and Chromium, whose licences lie beside it as
LICENSE.electron.txt and LICENSES.chromium.html.`;

function part(bundled: BundledPackage, root: string): string {
  const { name, version, identifier, text } = bundled;
  if (!text) {
    throw new Error(`${name} ${version} is bundled and brings no licence text, which must be shown with it.`);
  }
  const title = `${name} ${version}${identifier ? ` (${identifier})` : ''}`;
  return [title, text, ...further(folderOf(bundled, root))].map((each) => each.trim()).join('\n\n');
}

/** The package's own folder: several versions of one name may lie in several places, and the lock file knows them. */
function folderOf({ name, version }: BundledPackage, root: string): string {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const path = Object.keys(packages).find(
    (path) => path.endsWith(`node_modules/${name}`) && packages[path]!.version === version,
  );
  if (path === undefined) throw new Error(`${name} ${version} is bundled and is not in package-lock.json.`);
  return join(root, path);
}

/** NOTICE files, which Apache's licence wants passed on, and the licences of what a package itself contains. */
function further(folder: string): string[] {
  const notices = readdirSync(folder).filter((name) => /^notice/i.test(name));
  const ofParts = existsSync(join(folder, 'licenses'))
    ? readdirSync(join(folder, 'licenses')).map((name) => join('licenses', name))
    : [];
  return [...notices, ...ofParts].map((name) => readFileSync(join(folder, name), 'utf8'));
}

function compiledIn(name: string): BundledPackage {
  const folder = join(here, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { name, version, identifier: license, text: readFileSync(join(folder, 'LICENSE'), 'utf8') };
}

if (import.meta.main) {
  const folders = ['renderer', 'main'].map((name) => join(here, 'dist', name, '.vite'));
  const bundled = folders.flatMap(
    (folder) => JSON.parse(readFileSync(join(folder, 'license.json'), 'utf8')) as BundledPackage[],
  );
  const packages = [...bundled, ...COMPILED_IN.map((name) => compiledIn(name))];
  writeFileSync(join(here, 'dist', 'renderer', NOTICES_FILE), noticesText(packages, here));
  for (const folder of folders) rmSync(folder, { recursive: true });
}
