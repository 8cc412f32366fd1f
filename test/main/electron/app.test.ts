/** The desktop app from start to end, on a fake Electron. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MenuItemConstructorOptions } from 'electron';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import type { ThreadedLabHost } from '../../../main/lab/thread/lab-in-thread.ts';
import { patience } from '../../patience.ts';
import { makeStandInLab, type StandInLab, type StandInSession } from './stand-in-lab.ts';

let electron: typeof import('./fake-electron.ts');
let lab: StandInLab;
let cannotStart: string | null = null;
const argv = process.argv;
/** The listeners that this process had before the app was loaded in it. */
const uncaught = ['unhandledRejection', 'uncaughtException'];
let before: Set<unknown>;

// Paths as this system writes them: with a drive letter on Windows.
const [A, B, CHINESE] = ['a', 'b', '你好'].map((name) => resolve('/projects', `${name}.ohlol`)) as [
  string,
  string,
  string,
];

vi.mock('electron', () => import('./fake-electron.ts'));
vi.mock('../../../main/lab/thread/lab-in-thread.ts', () => ({
  createLab: (host: ThreadedLabHost) => {
    if (cannotStart) throw new Error(cannotStart);
    lab = makeStandInLab(host);
    return lab;
  },
}));

beforeEach(async () => {
  vi.resetModules();
  // The instance that main.ts gets after the reset of modules.
  electron = (await import('electron')) as unknown as typeof import('./fake-electron.ts');
  electron.resetElectron();
  process.argv = ['/app/electron', '/app'];
  cannotStart = null;
  before = new Set(uncaught.flatMap((name) => process.listeners(name as never)));
});

afterEach(() => {
  for (const name of uncaught) {
    const added = process.listeners(name as never).filter((listener) => !before.has(listener));
    for (const listener of added) process.off(name, listener);
  }
  process.argv = argv;
});

/** Evaluates main.ts as Electron does, before Electron is ready. */
async function load(): Promise<void> {
  await import('../../../main/electron/main.ts');
}

async function becomeReady(): Promise<void> {
  electron.app.ready.resolve();
  await vi.waitFor(() => expect(electron.BrowserWindow.all.length).toBeGreaterThan(0), patience);
}

/** The page of the n-th window has loaded and listens; returns its session with the lab. */
function listen(place = 0): StandInSession {
  electron.BrowserWindow.all[place]!.webContents.receive('ohlol', '');
  return lab.sessions.at(-1)!;
}

function menuItem(label: string): MenuItemConstructorOptions {
  const items = electron.Menu.shown.flatMap((menu) => menu.submenu as MenuItemConstructorOptions[]);
  const item = items.find((item) => item.label === label);
  if (!item) throw new Error(`No menu item ${label} among ${items.map((item) => item.label).join(', ')}`);
  return item;
}

function click(label: string, event = { triggeredByAccelerator: false }): void {
  menuItem(label).click?.(null as never, electron.BrowserWindow.focused as never, event as never);
}

describe('starting', () => {
  it('registers its page before it is ready and opens one confined window after', async () => {
    await load();
    expect(electron.protocol.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    expect(electron.BrowserWindow.all).toEqual([]);
    await becomeReady();
    const [window, ...others] = electron.BrowserWindow.all;
    expect(others).toEqual([]);
    expect(window!.options).toMatchObject({
      width: 1280,
      height: 800,
      minWidth: 1024,
      minHeight: 700,
      show: false,
    });
    expect(window!.options.webPreferences).toMatchObject({
      preload: expect.stringMatching(/dist[\\/]main[\\/]preload\.cjs$/),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    expect(window!.webContents.mainFrame.url).toBe('app://ohlol/');
    expect(window!.isShown).toBe(false);
    window!.emit('ready-to-show');
    expect(window!.isShown).toBe(true);
  });

  it('leaves at once where another one runs, and tells it its project', async () => {
    electron.app.hasLock = false;
    process.argv = ['/app/electron', '--no-sandbox', '/app', A];
    await load();
    expect(electron.app.quits).toBe(1);
    expect(electron.app.lockData).toEqual({ project: A });
    electron.app.ready.resolve();
    await Promise.resolve();
    expect(electron.BrowserWindow.all).toEqual([]);
  });

  it('quits once the lab has closed its files, and not before', async () => {
    await load();
    await becomeReady();
    electron.BrowserWindow.all[0]!.close();
    await vi.waitFor(() => expect(lab.isClosing).toBe(true), patience);
    expect(electron.app.quits).toBe(0);
    electron.app.quit();
    expect(electron.app.quits).toBe(0);
    lab.letClose();
    await vi.waitFor(() => expect(electron.app.quits).toBe(1), patience);
  });
});

describe('what fails', () => {
  let said: MockInstance;
  beforeEach(() => {
    said = vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(() => said.mockRestore());

  it('at the start ends the app with a sentence, in the language of the system', async () => {
    cannotStart = 'no disk';
    electron.app.languages = ['zh-CN'];
    await load();
    electron.app.ready.resolve();
    await vi.waitFor(() => expect(electron.app.exits).toEqual([1]), { timeout: 20_000 });
    expect(electron.dialog.errors).toEqual([expect.stringMatching(/^Ohlol 无法启动，.*。$/)]);
    expect(electron.dialog.errors[0]).not.toMatch(/no disk|Error/);
    expect(said.mock.calls.join()).toContain('no disk');
    expect(electron.BrowserWindow.all).toEqual([]);
  });

  it('again and again in the lab ends the app with a sentence', async () => {
    await load();
    await becomeReady();
    lab.host.onLabGone({ code: 'lab-gone', path: '', message: 'x', details: { reason: 'exit 7' } });
    expect(electron.dialog.errors).toEqual([
      expect.stringMatching(/^Ohlol ended again and again because of errors of its own, and is closed\./),
    ]);
    expect(electron.dialog.errors[0]).not.toContain('exit 7');
    expect(said.mock.calls.join()).toContain('exit 7');
    expect(electron.app.exits).toEqual([1]);
  });

  it('and cannot even be said ends the app all the same', async () => {
    await load();
    await becomeReady();
    electron.dialog.showErrorBox = () => {
      throw new Error('no display');
    };
    const gone = { code: 'lab-gone', path: '', message: 'x', details: { reason: 'exit 7' } };
    expect(() => lab.host.onLabGone(gone)).toThrow('no display');
    expect(electron.app.exits).toEqual([1]);
  });

  it('in a lab that neither answers nor can be ended ends the whole process with a sentence', async () => {
    await load();
    await becomeReady();
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => true);
    lab.host.onLabGone({ code: 'lab-stuck', path: '', message: 'x', details: {} });
    expect(electron.dialog.errors).toEqual([
      'Ohlol does not answer and ends. What it said was saved is saved.',
    ]);
    // A regular exit would wait for the thread.
    expect(electron.app.exits).toEqual([]);
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
    kill.mockRestore();
  });

  it('and is caught by nobody is told to the windows, and the app goes on', async () => {
    await load();
    await becomeReady();
    const listeners = process.listeners('unhandledRejection').filter((listener) => !before.has(listener));
    expect(listeners).toHaveLength(1);
    listeners[0]!(new Error('EIO: i/o error'), Promise.resolve());
    expect(lab.defects).toMatchObject([{ code: 'lab-defect' }]);
    expect(lab.defects[0]!.message).not.toContain('EIO');
  });

  it('in the closing lab does not keep the app from quitting', async () => {
    await load();
    await becomeReady();
    lab.close = () => Promise.reject(new Error('the disk is gone'));
    electron.app.quit();
    await vi.waitFor(() => expect(electron.app.quits).toBe(1), { timeout: 20_000 });
  });

  it('in a lab that is followed by another makes its windows load again', async () => {
    await load();
    await becomeReady();
    const session = listen();
    session.line.connectAnew();
    expect(electron.BrowserWindow.all[0]!.webContents.reloads).toBe(1);
    electron.BrowserWindow.all[0]!.close();
    session.line.connectAnew();
  });
});

describe('a project from outside', () => {
  const open = (path: string) => [{ kind: 'open-path', path }];

  it('named on the command line opens in the first window', async () => {
    process.argv = ['/app/electron', '--inspect=0', '/app', A];
    await load();
    await becomeReady();
    expect(listen().commands).toEqual(open(A));
    expect(electron.BrowserWindow.all.length).toBe(1);
    // A reload of that window does not open the project again.
    expect(listen().commands).toEqual([]);
  });

  it('named to a packaged app, as a file URL', async () => {
    electron.app.isPackaged = true;
    process.argv = ['/opt/Ohlol/ohlol', pathToFileURL(CHINESE).href];
    await load();
    await becomeReady();
    expect(listen().commands).toEqual(open(CHINESE));
  });

  it('double-clicked before the app was up opens in the first window', async () => {
    await load();
    const event = new electron.FakeEvent();
    electron.app.emit('open-file', event, B);
    expect(event.defaultPrevented).toBe(true);
    await becomeReady();
    expect(listen().commands).toEqual(open(B));
    expect(electron.BrowserWindow.all.length).toBe(1);
  });

  it('opens in a window that shows none, else in a new one, and never twice', async () => {
    await load();
    await becomeReady();
    const first = listen();
    const hand = (project: string | null) =>
      electron.app.emit('second-instance', new electron.FakeEvent(), [], '/', { project });

    hand(A);
    await vi.waitFor(() => expect(first.commands).toEqual(open(A)), patience);
    first.project = A;

    hand(B);
    await vi.waitFor(() => expect(electron.BrowserWindow.all.length).toBe(2), patience);
    const second = listen(1);
    expect(second.commands).toEqual(open(B));
    second.project = B;

    hand(A);
    await vi.waitFor(
      () => expect(electron.BrowserWindow.focused).toBe(electron.BrowserWindow.all[0]),
      patience,
    );
    expect(electron.BrowserWindow.all.length).toBe(2);
    expect(first.commands.length).toBe(1);
    expect(second.commands.length).toBe(1);

    hand(null);
    expect(electron.BrowserWindow.all.length).toBe(2);
  });
});

describe('the menu', () => {
  it('sends its commands to the window in front, and takes none of the keys of the page', async () => {
    await load();
    await becomeReady();
    const first = listen();
    click('New Window');
    const second = listen(1);
    electron.BrowserWindow.all[1]!.focus();
    for (const label of ['New Project…', 'Open…', 'Export…', 'Close Project', 'Undo', 'Redo', 'About Ohlol'])
      click(label);
    expect(second.commands.map((command) => command.kind)).toEqual([
      'new',
      'open',
      'export',
      'close',
      'undo',
      'redo',
      'about',
    ]);
    expect(first.commands).toEqual([]);
    for (const label of ['New Project…', 'Open…', 'Export…', 'Undo', 'Redo']) {
      expect(menuItem(label).registerAccelerator).toBe(false);
    }
  });

  it('gives an undo key that the page left alone to the text', async () => {
    await load();
    await becomeReady();
    const session = listen();
    electron.BrowserWindow.all[0]!.focus();
    click('Undo', { triggeredByAccelerator: true });
    expect(electron.BrowserWindow.all[0]!.webContents.undone).toEqual(['undo']);
    expect(session.commands).toEqual([]);
  });

  it('speaks the language of the system, then the chosen one', async () => {
    electron.app.languages = ['zh-CN', 'en-US'];
    await load();
    await becomeReady();
    expect(electron.Menu.shown.map((menu) => menu.label)).toContain('文件');
    listen();
    lab.preferences.language = 'en';
    electron.BrowserWindow.all[0]!.focus();
    await vi.waitFor(() => expect(electron.Menu.shown.map((menu) => menu.label)).toContain('File'), patience);
  });
});
