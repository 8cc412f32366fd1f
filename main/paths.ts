/** Paths of the app's parts, the same for the source (`main/*.ts`) and the build (`dist/main/**.js`). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const isBuilt = !import.meta.filename.endsWith('.ts');

/** The folder of package.json: the repository, or the packaged app's asar. The build may put this file into a chunk. */
export const appFolder = findUpwards(import.meta.dirname);

/** The built window. */
export const rendererFolder = join(appFolder, 'dist', 'renderer');

/** The engine process's entry. Without a build, Node runs the source itself. */
export const engineEntry = isBuilt
  ? join(appFolder, 'dist', 'main', 'engine-process.js')
  : join(appFolder, 'main', 'engine-process', 'engine-process.ts');

/** The entry of the process in which project files are checked. */
export const checkerEntry = isBuilt
  ? join(appFolder, 'dist', 'main', 'checker-process.js')
  : join(appFolder, 'main', 'project', 'checker-process.ts');

/** The entry of that process's thread that watches whether its parent is there. */
export const parentWatchEntry = isBuilt
  ? join(appFolder, 'dist', 'main', 'parent-watch.js')
  : join(appFolder, 'main', 'project', 'parent-watch.ts');

/** The entry of the lab's own thread. */
export const labThreadEntry = isBuilt
  ? join(appFolder, 'dist', 'main', 'lab-thread.js')
  : join(appFolder, 'main', 'lab', 'thread', 'lab-thread.ts');

/** The entry of the thread that reads users' files. */
export const readerEntry = isBuilt
  ? join(appFolder, 'dist', 'main', 'reader-thread.js')
  : join(appFolder, 'main', 'reader', 'reader-thread.ts');

/** The preload script. It exists only in the build, because a sandboxed window accepts nothing but CommonJS. */
export const preloadFile = join(appFolder, 'dist', 'main', 'preload.cjs');

function findUpwards(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (folder === dirname(folder)) throw new Error(`No package.json in ${import.meta.dirname} or above it`);
  return findUpwards(dirname(folder));
}
