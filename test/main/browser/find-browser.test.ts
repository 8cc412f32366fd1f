/** Which installed browser shows the lab, and where the profile of its window is kept. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser } from '../../../main/browser/find-browser.ts';
import { hasDisplay, profileFolder } from '../../../main/browser/launch.ts';

let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'ohlol-browser-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

function install(folder: string, name: string, mode = 0o755): string {
  mkdirSync(join(work, folder), { recursive: true });
  const path = join(work, folder, name);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  const find = (...folders: string[]) =>
    findBrowser({ PATH: folders.map((folder) => join(work, folder)).join(delimiter) });

  it('is the first known one on PATH that can be run, Chrome before Chromium', () => {
    expect(find('a', 'b')).toBe(null);
    const chromium = install('a', 'chromium');
    expect(find('a', 'b')).toBe(chromium);
    install('a', 'google-chrome', 0o644);
    expect(find('a', 'b')).toBe(chromium);
    const chrome = install('b', 'google-chrome');
    expect(find('a', 'b')).toBe(chrome);
  });

  it('needs a display, of X11 or Wayland', () => {
    expect(hasDisplay({})).toBe(false);
    expect(hasDisplay({ DISPLAY: '' })).toBe(false);
    expect(hasDisplay({ DISPLAY: ':0' })).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  });
});

describe('OHLOL_BROWSER', () => {
  it('is the one, or none where it names nothing', () => {
    const own = install('own', 'my-browser');
    expect(findBrowser({ OHLOL_BROWSER: own, PATH: '' })).toBe(own);
    expect(findBrowser({ OHLOL_BROWSER: join(work, 'nothing'), PATH: process.env.PATH })).toBe(null);
  });
});

it('the profile of its window is among the settings of the lab', () => {
  expect(profileFolder(join(work, 'google-chrome'), '/settings')).toBe(join('/settings', 'browser'));
});
