/** What a window may reach, and which permissions it gets. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { confineAllContents, secureSession } from '../../../main/electron/security.ts';
import * as electron from './fake-electron.ts';

vi.mock('electron', () => import('./fake-electron.ts'));

let work: string;
let contents: electron.BrowserWindow['webContents'];

beforeEach(async () => {
  electron.resetElectron();
  work = mkdtempSync(join(tmpdir(), 'ohlol-security-'));
  mkdirSync(join(work, 'renderer'));
  writeFileSync(join(work, 'renderer', 'index.html'), '<title>Ohlol</title>');
  writeFileSync(join(work, 'secret.json'), 'secret');
  confineAllContents();
  secureSession(electron.session.defaultSession as never, join(work, 'renderer'));
  const window = new electron.BrowserWindow({});
  await window.loadURL('app://ohlol/');
  contents = window.webContents;
});

afterEach(() => rmSync(work, { recursive: true, force: true }));

describe('navigation', () => {
  it('stays on the page', () => {
    for (const kind of ['will-navigate', 'will-redirect']) {
      expect(contents.allows(kind, 'app://ohlol/')).toBe(true);
      for (const url of [
        'https://example.com/',
        'app://other/',
        'file:///etc/passwd',
        'javascript:1',
        'data:,x',
      ]) {
        expect(contents.allows(kind, url)).toBe(false);
      }
    }
    expect(contents.allows('will-frame-navigate', 'app://ohlol/', false)).toBe(false);
  });

  it('opens no windows and no webviews', () => {
    expect(contents.openHandler?.({ url: 'https://example.com/' })).toEqual({ action: 'deny' });
    expect(contents.openHandler?.({ url: 'app://ohlol/' })).toEqual({ action: 'deny' });
    expect(contents.allows('will-attach-webview', '')).toBe(false);
  });
});

describe('permissions', () => {
  const asked = (permission: string) => {
    const grant = vi.fn();
    electron.session.defaultSession.onRequest?.(contents, permission, grant);
    const [[granted]] = grant.mock.calls as [[boolean]];
    expect(electron.session.defaultSession.onCheck?.(contents, permission)).toBe(granted);
    return granted;
  };

  it('are none but writing to the clipboard, and that for the page alone', () => {
    for (const permission of [
      'media',
      'geolocation',
      'clipboard-read',
      'fileSystem',
      'openExternal',
      'usb',
    ]) {
      expect(asked(permission)).toBe(false);
    }
    expect(asked('clipboard-sanitized-write')).toBe(true);
    contents.mainFrame = { url: 'https://example.com/' };
    expect(asked('clipboard-sanitized-write')).toBe(false);
    expect(electron.session.defaultSession.onCheck?.(null, 'clipboard-sanitized-write')).toBe(false);
    expect(electron.session.defaultSession.onDevice?.()).toBe(false);
  });
});

describe('app://', () => {
  const get = (url: string) => electron.session.defaultSession.handlers.get('app')!(new Request(url));

  it('is the built window under its policy', async () => {
    const page = await get('app://ohlol/');
    expect(page.status).toBe(200);
    expect(await page.text()).toBe('<title>Ohlol</title>');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  });

  it.each([
    'app://ohlol/..%2fsecret.json',
    'app://ohlol/../secret.json',
    'app://other/',
    'app://ohlol/none.js',
  ])('has no %s', async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('');
  });
});
