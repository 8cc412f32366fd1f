/** The preload script, the engine's fork and the file dialogs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Language, languages } from '../../../engine/formats/languages.ts';
import type { FileDialogRequest } from '../../../main/api.ts';
import { WINDOW_PORT } from '../../../main/electron/channel.ts';
import { showFileDialog } from '../../../main/electron/dialogs.ts';
import { forkEngine } from '../../../main/electron/fork-engine.ts';
import { menuTemplate } from '../../../main/electron/menu.ts';
import type { WindowMessage } from '../../../main/window-message.ts';
import * as electron from './fake-electron.ts';

vi.mock('electron', () => import('./fake-electron.ts'));

beforeEach(() => electron.resetElectron());

describe('the preload script', () => {
  it('gives the page a line for texts and bytes, the place of a dropped file, and nothing else', async () => {
    await import('../../../main/electron/preload.ts');
    expect([...electron.contextBridge.exposed.keys()]).toEqual(['ohlol']);
    const port = electron.contextBridge.exposed.get('ohlol') as {
      post(message: WindowMessage): void;
      listen(listener: (message: WindowMessage) => void): void;
      pathOf(file: File): string;
    };
    expect(Object.keys(port)).toEqual([...WINDOW_PORT]);
    expect(port.pathOf(new File([], 'hello.ohlol'))).toBe('/dropped/hello.ohlol');
    // Main is told of the file before the page can ask for it.
    expect(electron.ipcRenderer.sent.splice(0)).toEqual([['ohlol-dropped', '/dropped/hello.ohlol']]);

    const heard: WindowMessage[] = [];
    port.listen((...args) => heard.push(...args));
    expect(electron.ipcRenderer.sent).toEqual([['ohlol', '']]);
    electron.ipcRenderer.emit('ohlol', { sender: 'not for the page' }, 'text');
    electron.ipcRenderer.emit('ohlol', { sender: 'not for the page' }, Uint8Array.of(1));
    expect(heard).toEqual(['text', Uint8Array.of(1)]);

    port.post('hello');
    port.post('');
    port.post(Uint8Array.of(2));
    port.post({ not: 'a text' } as never);
    expect(electron.ipcRenderer.sent.slice(1)).toEqual([
      ['ohlol', 'hello'],
      ['ohlol', Uint8Array.of(2)],
    ]);
  });
});

describe('the engine', () => {
  it('is a utility process on the entry, with messages, exit and end', () => {
    const engine = forkEngine('/app/engine-process.js', ['--no-liftoff']);
    const [child] = electron.utilityProcess.forked;
    expect(child?.entry).toBe('/app/engine-process.js');
    expect(child?.args).toEqual(['--no-liftoff']);
    expect(engine.pid).toBe(4321);

    const heard = vi.fn();
    engine.onMessage(heard);
    const message = { bytes: new Float32Array([1, 2]) };
    child?.emit('message', message);
    expect(heard).toHaveBeenCalledExactlyOnceWith(message);
    engine.post(message);
    expect(child?.posted).toEqual([message]);
    // Electron's clone carries the whole buffer behind a view.
    engine.post({ call: [Buffer.from('from a pool'), new Float32Array(100).subarray(10, 12)] });
    const { call } = child!.posted[1] as { call: ArrayBufferView[] };
    expect(call.map(({ buffer }) => buffer.byteLength)).toEqual([11, 8]);

    const gone = vi.fn();
    engine.onExit(gone);
    engine.kill();
    expect(child?.killed).toBe(true);
    child?.emit('exit', 9);
    const byPlatform = process.platform === 'win32' ? [9, null] : [null, 'SIGKILL'];
    expect(gone).toHaveBeenCalledExactlyOnceWith(...byPlatform);
  });

  it('whose V8 gives up is heard, and does not end the app', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const gone = vi.fn();
    forkEngine('/app/engine-process.js', []).onExit(gone);
    const child = electron.utilityProcess.forked.at(-1);
    // An 'error' event without a listener would be thrown here.
    child?.emit('error', 'FatalError', 'Heap::Allocate', '{}');
    expect(said).toHaveBeenCalledWith(expect.stringContaining('Heap::Allocate'));
    expect(gone).not.toHaveBeenCalled();
    child?.emit('exit', 11);
    expect(gone).toHaveBeenCalledOnce();
    said.mockRestore();
  });

  it('exits in order, or by a code of its own', () => {
    for (const code of [0, 1]) {
      const gone = vi.fn();
      forkEngine('/app/engine-process.js', []).onExit(gone);
      electron.utilityProcess.forked.at(-1)?.emit('exit', code);
      expect(gone).toHaveBeenCalledExactlyOnceWith(code, null);
    }
  });

  it.skipIf(process.platform === 'win32')('is killed by a signal, its memory dumped or not', () => {
    for (const code of [5, 128 + 5]) {
      const gone = vi.fn();
      forkEngine('/app/engine-process.js', []).onExit(gone);
      electron.utilityProcess.forked.at(-1)?.emit('exit', code);
      expect(gone).toHaveBeenCalledExactlyOnceWith(null, 'SIGTRAP');
    }
  });
});

describe('the menu of a Mac', () => {
  const itemsOf = (menu: Electron.MenuItemConstructorOptions | undefined) =>
    (menu?.submenu ?? []) as Electron.MenuItemConstructorOptions[];
  const rolesOf = (menu: Electron.MenuItemConstructorOptions | undefined) =>
    itemsOf(menu).flatMap((item) => item.role ?? []);
  const actions = { command: () => {}, openWindow: () => {} };

  it.each(languages)('hides, shows and quits under the app’s name, and has its windows: %s', (language) => {
    const menus = menuTemplate(language, 'darwin', actions);
    expect(menus[0]?.label).toBe('Ohlol');
    expect(rolesOf(menus[0])).toEqual(['hide', 'hideOthers', 'unhide', 'quit']);
    const windows = menus.find((menu) => menu.role === 'window');
    expect(rolesOf(windows)).toEqual(['minimize', 'zoom', 'front']);
  });

  it.each(['darwin', 'win32', 'linux'] as const)(
    'or of any other, %s, has a label for each item in each language',
    (platform) => {
      const labels = (language: Language) =>
        menuTemplate(language, platform, actions).flatMap((menu) => [
          menu.label,
          ...itemsOf(menu)
            .filter((item) => item.type !== 'separator')
            .map((item) => item.label),
        ]);
      // An item without a label of its own would show Electron's English text.
      expect(labels('en')).not.toContain(undefined);
      const [en, zh] = [labels('en'), labels('zh')];
      expect(en.filter((label, place) => label === zh[place])).toEqual(
        platform === 'darwin' ? ['Ohlol'] : [],
      );
    },
  );

  it('is of a Mac alone', () => {
    expect(menuTemplate('en', 'linux', actions).map((menu) => menu.label)).toEqual([
      'File',
      'Edit',
      'View',
      'Help',
    ]);
  });
});

describe('the file dialogs', () => {
  const ask = (request: FileDialogRequest, answer: Partial<typeof electron.dialog.answer> = {}) => {
    electron.dialog.answer = { canceled: false, filePath: '', filePaths: [], ...answer };
    return showFileDialog(null as never, request, '/projects', 'en');
  };

  it('open what the purpose takes', async () => {
    const request = { kind: 'open', purpose: 'project', suggestedName: null, folder: null } as const;
    expect(await ask(request, { filePaths: ['/a.ohlol'] })).toBe('/a.ohlol');
    expect(electron.dialog.asked[0]).toMatchObject({ properties: ['openFile'], defaultPath: '/projects' });
    expect(electron.dialog.asked[0]?.filters[0]?.extensions).toEqual(['ohlol', 'json']);
    expect(await ask(request, { canceled: true, filePaths: ['/a.ohlol'] })).toBe(null);
  });

  it('suggest a name and its ending to save', async () => {
    const request = { kind: 'save', purpose: 'export', suggestedName: 'hello.csv', folder: null } as const;
    expect(await ask(request, { filePath: '/x/hello.csv' })).toBe('/x/hello.csv');
    expect(electron.dialog.asked[0]?.defaultPath).toBe(join('/projects', 'hello.csv'));
    expect(electron.dialog.asked[0]?.filters[0]?.extensions).toEqual(['csv']);
    expect(await ask(request, { canceled: true })).toBe(null);
  });

  it('open where they are asked to', async () => {
    const [open, save] = [
      { kind: 'open', purpose: 'weights', suggestedName: null, folder: '/lessons' },
      { kind: 'save', purpose: 'export', suggestedName: 'hello.csv', folder: '/lessons' },
    ] as const;
    await ask(open);
    expect(electron.dialog.asked.at(-1)?.defaultPath).toBe('/lessons');
    expect(electron.dialog.asked.at(-1)?.filters[0]?.extensions).toEqual(['json', 'safetensors']);
    await ask(save);
    expect(electron.dialog.asked.at(-1)?.defaultPath).toBe(join('/lessons', 'hello.csv'));
  });

  it('add a missing ending, but never so that it names a file one was not asked about', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ohlol-dialog-'));
    const request = { kind: 'save', purpose: 'project', suggestedName: 'hello.ohlol', folder: null } as const;
    expect(await ask(request, { filePath: join(folder, 'hello') })).toBe(join(folder, 'hello.ohlol'));
    writeFileSync(join(folder, 'hello.ohlol'), '');
    expect(await ask(request, { filePath: join(folder, 'hello') })).toBe(join(folder, 'hello'));
    rmSync(folder, { recursive: true });
  });
});
