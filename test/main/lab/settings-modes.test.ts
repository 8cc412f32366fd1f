/** Who may read the files in which the lab keeps a user's settings. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSettings } from '../../../main/lab/settings.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ohlol-settings-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const modeOf = (...path: string[]) => statSync(join(home, ...path)).mode & 0o777;
const recent = (path: string) => ({ path, name: 'a', openedAt: '2026-01-01T00:00:00Z', lastRun: null });

it.skipIf(process.platform === 'win32')('its user alone, of new settings', async () => {
  const settings = openSettings(join(home, 'settings'));
  await settings.setPreferences({ language: 'zh' });
  await settings.remember(recent('/a.ohlol'));
  expect(modeOf('settings')).toBe(0o700);
  expect(modeOf('settings', 'preferences.json')).toBe(0o600);
  expect(modeOf('settings', 'recent.json')).toBe(0o600);
});

it.skipIf(process.platform === 'win32')('its user alone, of those that an older lab has left', () => {
  mkdirSync(join(home, 'settings'));
  writeFileSync(join(home, 'settings', 'recent.json'), '[]');
  chmodSync(join(home, 'settings'), 0o755);
  chmodSync(join(home, 'settings', 'recent.json'), 0o644);
  openSettings(join(home, 'settings'));
  expect(modeOf('settings')).toBe(0o700);
  expect(modeOf('settings', 'recent.json')).toBe(0o600);
});
