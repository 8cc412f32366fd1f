import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Whether this process can show a window at all. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Folder for the profile of the lab's browser window: among the lab's settings, or for Chromium from Ubuntu's snap in
 * the snap's own folder, because it may write only there.
 */
export function profileFolder(browser: string, settingsFolder: string): string {
  const isSnap = basename(browser).startsWith('chromium') && existsSync('/snap/bin/chromium');
  return isSnap ? join(homedir(), 'snap', 'chromium', 'common', 'ohlol') : join(settingsFolder, 'browser');
}

/**
 * Writes a page that redirects to the address and that only this user may read: a command line would show the address
 * to every user of the computer. The file lies in the profile's folder, which each browser can read. Remove it once the
 * window is connected.
 */
export function writeLaunchFile(address: string, folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') chmodSync(folder, 0o700);
  const path = join(folder, `open-${process.pid}.html`);
  rmSync(path, { force: true });
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${address}"><title>Ohlol</title>`;
  writeFileSync(path, page, { mode: 0o600, flag: 'wx' });
  return path;
}

/**
 * Opens the page in an app window: without tabs and address bar, and with its own profile, so that the user's browser
 * is not involved. The process may hand the window to a running one and end at once; wait for the window's connection,
 * not for this process.
 */
export function openAppWindow(browser: string, launchFile: string, profileFolder: string): ChildProcess {
  const asRoot = process.getuid?.() === 0;
  const child = spawn(
    browser,
    [
      `--app=${pathToFileURL(launchFile)}`,
      `--user-data-dir=${profileFolder}`,
      '--window-size=1280,800',
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-sync',
      '--hide-crash-restore-bubble',
      // Chromium refuses to start as root with its sandbox.
      ...(asRoot ? ['--no-sandbox'] : []),
    ],
    { stdio: 'ignore', detached: process.platform !== 'win32' },
  );
  child.unref();
  return child;
}
