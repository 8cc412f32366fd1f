/**
 * Projects that the system asks the app to open: named on the command line, double-clicked before it was up,
 * or while it was. They wait until there is somebody to open them.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';

export interface AskedProjects {
  /** From the command line; what a second instance hands to the first. */
  named: string | null;
  /** What was asked for so far, `named` first, and from now on each as it comes. Once. */
  forEach(open: (path: string) => void): void;
}

/** Before the app is ready: macOS asks as early as that. */
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
 * The project among the arguments: the first that is no switch (Chromium's come along, in any place), after the
 * executable and, where the app is not packaged, its folder. Linux file managers may pass a file URL.
 */
function projectOf(argv: string[], workingFolder: string): string | null {
  const given = argv.filter((argument) => !argument.startsWith('-'))[app.isPackaged ? 1 : 2];
  if (given === undefined) return null;
  return given.startsWith('file:') ? fileURLToPath(given) : resolve(workingFolder, given);
}
