/** Finds, fetches and starts the Electron binary for `npm start`. Knows no Electron; it runs under Node. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A slow line needs minutes for its 100 MB; no line at all fails at once. */
const DOWNLOAD_LIMIT_MS = 5 * 60_000;

/** The binary of the installed `electron` package; null where its download has not taken place. */
export function findElectron(appFolder: string): string | null {
  const folder = join(appFolder, 'node_modules', 'electron');
  try {
    const binary = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/** Downloads the binary, where the `electron` package is installed at all. */
export function fetchElectron(appFolder: string): string | null {
  const installer = join(appFolder, 'node_modules', 'electron', 'install.js');
  if (!existsSync(installer)) return null;
  spawnSync(process.execPath, [installer], { stdio: 'ignore', timeout: DOWNLOAD_LIMIT_MS });
  return findElectron(appFolder);
}

/**
 * Runs the desktop app until it ends.
 *
 * @returns its exit code; null where it could not start, for want of a system library, say.
 */
export function runElectron(
  binary: string,
  appFolder: string,
  project: string | null,
): Promise<number | null> {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const child = spawn(
    binary,
    // Chromium refuses to start as root with its sandbox.
    [...(asRoot ? ['--no-sandbox'] : []), appFolder, ...(project === null ? [] : [project])],
    { stdio: 'inherit', env },
  );
  // Ctrl+C reaches the app too; this process waits for it to close its files.
  const wait = () => {};
  process.on('SIGINT', wait);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const LIBRARY_MISSING = 127;
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => {
      process.off('SIGINT', wait);
      resolve(code === LIBRARY_MISSING ? null : (code ?? 1));
    });
  });
}
