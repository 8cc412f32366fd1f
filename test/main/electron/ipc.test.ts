/** Whose messages reach the lab: only those of our page in the main frame of one of our windows. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connectWindows } from '../../../main/electron/ipc.ts';
import { makeWindow } from '../../../main/electron/window.ts';
import * as electron from './fake-electron.ts';
import { makeStandInLab, type StandInLab } from './stand-in-lab.ts';

vi.mock('electron', () => import('./fake-electron.ts'));

let lab: StandInLab;
let window: electron.BrowserWindow;

beforeEach(() => {
  electron.resetElectron();
  lab = makeStandInLab(null as never);
  connectWindows({ lab, showFileDialog: async () => '/chosen', onConnect: () => {} });
  window = makeWindow() as unknown as electron.BrowserWindow;
});

describe('the line of a window', () => {
  it('carries texts both ways from when the page listens', () => {
    window.webContents.receive('ohlol', 'too early');
    expect(lab.sessions).toEqual([]);
    window.webContents.receive('ohlol', '');
    window.webContents.receive('ohlol', '{"m":"describe"}');
    expect(lab.sessions[0]?.received).toEqual(['{"m":"describe"}']);
    lab.sessions[0]?.line.post('{"r":1}');
    expect(window.webContents.sent).toEqual([['ohlol', '{"r":1}']]);
  });

  it('carries bytes both ways', () => {
    window.webContents.receive('ohlol', Uint8Array.of(0));
    expect(lab.sessions).toEqual([]);
    window.webContents.receive('ohlol', '');
    window.webContents.receive('ohlol', Uint8Array.of(1, 2));
    expect(lab.sessions[0]?.received).toEqual([Uint8Array.of(1, 2)]);
    lab.sessions[0]?.line.post(Uint8Array.of(3));
    expect(window.webContents.sent).toEqual([['ohlol', Uint8Array.of(3)]]);
  });

  it('has the dialogs of the system', async () => {
    window.webContents.receive('ohlol', '');
    const request = { kind: 'open', purpose: 'project', suggestedName: null, folder: null } as const;
    expect(await lab.sessions[0]?.line.showFileDialog?.(request)).toBe('/chosen');
  });

  it.each([
    ['a frame inside the page', { url: 'app://ohlol/' }],
    ['a frame that is gone', null],
  ])('takes nothing from %s', (_, frame) => {
    window.webContents.receive('ohlol', '', frame);
    expect(lab.sessions).toEqual([]);
    window.webContents.receive('ohlol', '');
    window.webContents.receive('ohlol', 'text', frame);
    expect(lab.sessions[0]?.received).toEqual([]);
  });

  it.each(['https://evil.example/', 'app://other/', 'app://ohlol.evil/', 'file:///index.html', ''])(
    'takes nothing from a window that shows %s',
    (url) => {
      window.webContents.mainFrame = { url };
      window.webContents.receive('ohlol', '');
      expect(lab.sessions).toEqual([]);
    },
  );

  it('takes nothing from contents without a window, and nothing but texts and bytes', () => {
    const foreign = new electron.BrowserWindow({});
    foreign.webContents.mainFrame = { url: 'app://ohlol/' };
    electron.BrowserWindow.all = [window];
    foreign.webContents.receive('ohlol', '');
    expect(lab.sessions).toEqual([]);
    window.webContents.receive('ohlol', '');
    const others = [
      null,
      undefined,
      7,
      { text: 'x' },
      ['x'],
      new ArrayBuffer(1),
      Float32Array.of(1),
      [Uint8Array.of(1)],
    ];
    for (const message of others) window.webContents.receive('ohlol', message);
    expect(lab.sessions[0]?.received).toEqual([]);
  });

  it('is a new one after a reload and a crash, and none after the window', () => {
    window.webContents.receive('ohlol', '');
    window.webContents.receive('ohlol', '');
    expect(lab.sessions.map((session) => session.isConnected)).toEqual([false, true]);
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(window.webContents.reloads).toBe(1);
    expect(lab.sessions[1]?.isConnected).toBe(false);
    window.webContents.receive('ohlol', '');
    window.webContents.receive('ohlol', 'after');
    expect(lab.sessions[2]?.received).toEqual(['after']);
    window.close();
    expect(lab.sessions[2]?.isConnected).toBe(false);
    lab.sessions[2]?.line.post('too late');
    expect(window.webContents.sent).toEqual([]);
  });

  it('lets a page that always crashes stay gone', () => {
    for (let crash = 0; crash < 10; crash += 1) {
      window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    }
    expect(window.webContents.reloads).toBe(3);
  });
});
