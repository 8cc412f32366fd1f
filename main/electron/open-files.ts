/**
 * Projects that the system asks the app to open: named on the command line, or double-clicked before or after the app
 * is up. They wait until there is a listener.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';

export interface AskedProjects {
  /** The project on the command line; a second instance hands it to the first. */
  named: string | null;
  /** Calls `open` for each project asked for so far, `named` first, and for later ones as they come. Call it once. */
  forEach(open: (path: string) => void): void;
}

/** Listens for projects. Call it before the app is ready, because macOS may ask as early as that. */
export function listenForProjects(argv: string[], workingFolder: string): AskedProjects {
  const named = projectOf(argv, workingFolder);
  let open: ((path: string) => void) | null = null;
  const early: string[] = named === null ? [] : [named];
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (open) open(path);
    else early.push(path);
  });
  return {
    named,
    forEach(listener) {
      open = listener;
      for (const path of early.splice(0)) listener(path);
    },
  };
}

/**
 * The project among the arguments: the first argument that is not a switch (Chromium's may be in any place), after the
 * executable and, if the app is not packaged, its folder. Linux file managers may pass a file URL.
 */
function projectOf(argv: string[], workingFolder: string): string | null {
  const given = argv.filter((argument) => !argument.startsWith('-'))[app.isPackaged ? 1 : 2];
  if (given === undefined) return null;
  return given.startsWith('file:') ? fileURLToPath(given) : resolve(workingFolder, given);
}
