/** Finds, downloads and starts the Electron binary for `npm start`. Imports no Electron, because it runs under Node. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { deathOf, whyItDied } from './early-death.ts';

/** Time limit of the download of 100 MB, which takes minutes on a slow line; without a network it fails at once. */
const DOWNLOAD_LIMIT_MS = 5 * 60_000;

/** After this time the app counts as started, and its death no longer as a failure to start. */
const STARTING_MS = 10_000;

/** How the desktop app ended. */
export type ElectronEnd =
  | { kind: 'ended'; exitCode: number }
  /** The app died while in use; `why` is a sentence. */
  | { kind: 'died'; exitCode: number; why: string }
  /** The app showed nothing, so another host may be used instead. */
  | { kind: 'not-started'; why: string };

/**
 * Path of the Electron binary: in the folder that ELECTRON_OVERRIDE_DIST_PATH names, as for every Electron app, else in
 * the installed `electron` package; null if it has not been downloaded.
 */
export function findElectron(appFolder: string, env: NodeJS.ProcessEnv = process.env): string | null {
  const folder = join(appFolder, 'node_modules', 'electron');
  const named = env.ELECTRON_OVERRIDE_DIST_PATH;
  try {
    const binary = named
      ? join(named, EXECUTABLE[process.platform] ?? 'electron')
      : join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

const EXECUTABLE: Partial<Record<NodeJS.Platform, string>> = {
  darwin: join('Electron.app', 'Contents', 'MacOS', 'Electron'),
  win32: 'electron.exe',
};

/** Downloads the binary and returns its path; null if that fails or the `electron` package is not installed. */
export function fetchElectron(appFolder: string): string | null {
  const installer = join(appFolder, 'node_modules', 'electron', 'install.js');
  if (!existsSync(installer)) return null;
  spawnSync(process.execPath, [installer], { stdio: 'ignore', timeout: DOWNLOAD_LIMIT_MS });
  return findElectron(appFolder);
}

/**
 * Runs the desktop app until it ends.
 *
 * @param startingMs how long a death counts as a failure to start, in milliseconds.
 */
export function runElectron(
  binary: string,
  appFolder: string,
  project: string | null,
  startingMs = STARTING_MS,
): Promise<ElectronEnd> {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const startedAt = performance.now();
  const child = spawn(
    binary,
    // Chromium refuses to start as root with its sandbox.
    [...(asRoot ? ['--no-sandbox'] : []), appFolder, ...(project === null ? [] : [project])],
    { stdio: 'inherit', env },
  );
  // Ctrl+C also reaches the app; this process waits while it closes its files.
  const wait = () => {};
  const pass = () => void child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', pass);
  return new Promise((resolve) => {
    const end = (how: ElectronEnd) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', pass);
      resolve(how);
    };
    child.once('error', ({ message }) => end({ kind: 'not-started', why: `${NOT_STARTED}: ${message}.` }));
    child.once('exit', (code, signal) =>
      end(howItEnded(code, signal, performance.now() - startedAt < startingMs)),
    );
  });
}

const NOT_STARTED = 'The desktop app’s binary could not be started';

function howItEnded(code: number | null, signal: NodeJS.Signals | null, early: boolean): ElectronEnd {
  const LIBRARY_MISSING = 127;
  if (code === LIBRARY_MISSING) {
    return { kind: 'not-started', why: `${NOT_STARTED}: a library of the system is missing, named above.` };
  }
  const death = deathOf(code, signal);
  if (death !== null && early) return { kind: 'not-started', why: whyItDied(death) };
  // As a shell reports it.
  const exitCode = code ?? 128 + constants.signals[signal!];
  return death === null
    ? { kind: 'ended', exitCode }
    : {
        kind: 'died',
        exitCode,
        why: `The desktop app died of ${death}. Its projects hold what was stored; start it again to go on.`,
      };
}
