import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** Whether this process can show a window at all. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * A folder that this browser may keep the window's profile in: among the lab's settings, save for Chromium from
 * Ubuntu's snap, which may write only into a folder of its own.
 */
export function profileFolder(browser: string, settingsFolder: string): string {
  const isSnap = basename(browser).startsWith('chromium') && existsSync('/snap/bin/chromium');
  return isSnap ? join(homedir(), 'snap', 'chromium', 'common', 'ohlol') : join(settingsFolder, 'browser');
}

/**
 * Opens the address in an app window: no tabs, no address bar, a profile of its own, so that nothing of the user's
 * browser takes part. The process may hand the window to one that is already there and end at once; who waits for
 * the window waits for its connection, not for this process.
 */
export function openAppWindow(browser: string, address: string, profileFolder: string): ChildProcess {
  const asRoot = process.getuid?.() === 0;
  const child = spawn(
    browser,
    [
      `--app=${address}`,
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
