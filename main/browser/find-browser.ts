import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Path of an installed browser that can show the lab in a window of its own: OHLOL_BROWSER if it is set; else Chrome,
 * Edge, Chromium or Brave in their usual places, on Linux on PATH. null if it does not exist.
 */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.OHLOL_BROWSER) return existsSync(env.OHLOL_BROWSER) ? env.OHLOL_BROWSER : null;
  return candidates(env).find(isExecutable) ?? null;
}

function candidates(env: NodeJS.ProcessEnv): string[] {
  switch (process.platform) {
    case 'darwin':
      return ['/Applications', join(env.HOME ?? '', 'Applications')].flatMap((folder) =>
        ['Google Chrome', 'Microsoft Edge', 'Chromium', 'Brave Browser'].map((name) =>
          join(folder, `${name}.app`, 'Contents', 'MacOS', name),
        ),
      );
    case 'win32':
      return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
        .filter((folder) => folder !== undefined)
        .flatMap((folder) =>
          [
            ['Google', 'Chrome', 'Application', 'chrome.exe'],
            ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
            ['Chromium', 'Application', 'chrome.exe'],
            ['BraveSoftware', 'Brave-Browser', 'Application', 'brave.exe'],
          ].map((parts) => join(folder, ...parts)),
        );
    default:
      return [
        'google-chrome-stable',
        'google-chrome',
        'chromium',
        'chromium-browser',
        'microsoft-edge',
        'brave-browser',
      ].flatMap((name) => (env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)));
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
