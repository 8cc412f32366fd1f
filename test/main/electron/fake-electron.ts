/**
 * The few parts of Electron that the desktop app uses, as far as it uses them: what happens only inside Electron
 * (windows load pages, frames send messages, the system asks for files) a test does by hand.
 *
 *   vi.mock('electron', () => import('./fake-electron.ts'))
 */
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron';

class App extends EventEmitter {
  isPackaged = false;
  hasLock = true;
  lockData: unknown = null;
  paths = new Map<string, string>();
  languages = ['en-US'];
  quits = 0;
  /** The codes of exits that ask nobody. */
  exits: number[] = [];
  ready = Promise.withResolvers<void>();

  whenReady = () => this.ready.promise;
  getPreferredSystemLanguages = () => this.languages;
  setPath = (name: string, path: string) => void this.paths.set(name, path);
  requestSingleInstanceLock(data: unknown): boolean {
    this.lockData = data;
    return this.hasLock;
  }
  exit = (code: number) => void this.exits.push(code);
  /** As in Electron, will-quit can be prevented; then nothing happens. */
  quit(): void {
    const event = new FakeEvent();
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.quits += 1;
  }
}

export class FakeEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export interface FakeFrame {
  url: string;
}

class WebContents extends EventEmitter {
  mainFrame: FakeFrame = { url: '' };
  sent: [channel: string, message: unknown][] = [];
  reloads = 0;
  undone: string[] = [];
  openHandler: ((details: { url: string }) => { action: string }) | null = null;

  send(channel: string, message: unknown): void {
    // Electron sends a clone, which carries the whole buffer behind a view.
    const clone = structuredClone(message);
    this.sent.push([channel, clone]);
    this.emit('sent', channel, clone);
  }
  reload = () => void this.reloads++;
  undo = () => void this.undone.push('undo');
  redo = () => void this.undone.push('redo');
  getURL = () => this.mainFrame.url;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }

  /** A frame of this window sends a message; by default the page itself. */
  receive(channel: string, message: unknown, senderFrame: FakeFrame | null = this.mainFrame): void {
    ipcMain.emit(channel, { sender: this, senderFrame }, structuredClone(message));
  }

  /** Whether a navigation event of this kind is allowed. */
  allows(kind: string, url: string, isMainFrame = true): boolean {
    const event = Object.assign(new FakeEvent(), { url, isMainFrame });
    this.emit(kind, event);
    return !event.defaultPrevented;
  }
}

export class BrowserWindow extends EventEmitter {
  static all: BrowserWindow[] = [];
  static focused: BrowserWindow | null = null;
  static getAllWindows = () => [...BrowserWindow.all];
  static getFocusedWindow = () => BrowserWindow.focused;
  static fromWebContents = (contents: WebContents) =>
    BrowserWindow.all.find((window) => window.webContents === contents) ?? null;

  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new WebContents();
  isShown = false;
  #destroyed = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', new FakeEvent(), this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame = { url };
  }
  show = () => {
    this.isShown = true;
  };
  isMinimized = () => false;
  isDestroyed = () => this.#destroyed;
  focus(): void {
    BrowserWindow.focused = this;
    this.emit('focus');
  }
  close(): void {
    this.#destroyed = true;
    BrowserWindow.all = BrowserWindow.all.filter((window) => window !== this);
    if (BrowserWindow.focused === this) BrowserWindow.focused = null;
    this.emit('closed');
    if (BrowserWindow.all.length === 0) app.emit('window-all-closed');
  }
}

type PageHandler = (request: Request) => Promise<Response>;

class Session {
  handlers = new Map<string, PageHandler>();
  protocol = { handle: (scheme: string, handler: PageHandler) => void this.handlers.set(scheme, handler) };
  onRequest: ((contents: WebContents, permission: string, grant: (granted: boolean) => void) => void) | null =
    null;
  onCheck: ((contents: WebContents | null, permission: string) => boolean) | null = null;
  onDevice: (() => boolean) | null = null;
  setPermissionRequestHandler(handler: Session['onRequest']): void {
    this.onRequest = handler;
  }
  setPermissionCheckHandler(handler: Session['onCheck']): void {
    this.onCheck = handler;
  }
  setDevicePermissionHandler(handler: Session['onDevice']): void {
    this.onDevice = handler;
  }
}

export class FakeUtilityProcess extends EventEmitter {
  pid = 4321;
  posted: unknown[] = [];
  killed = false;
  readonly entry: string;
  readonly args: string[];
  constructor(entry: string, args: string[]) {
    super();
    this.entry = entry;
    this.args = args;
  }
  postMessage = (message: unknown) => void this.posted.push(message);
  kill(): boolean {
    this.killed = true;
    return true;
  }
}

export let app: App;
export let ipcMain: EventEmitter;
export let session: { defaultSession: Session };
export let protocol: { schemes: unknown[]; registerSchemesAsPrivileged(schemes: unknown[]): void };
export let nativeTheme: { shouldUseDarkColors: boolean };
export let Menu: {
  shown: MenuItemConstructorOptions[];
  buildFromTemplate(template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[];
  setApplicationMenu(menu: MenuItemConstructorOptions[]): void;
};
export let dialog: {
  asked: { properties?: string[]; defaultPath: string; filters: { extensions: string[] }[] }[];
  answer: { canceled: boolean; filePath: string; filePaths: string[] };
  errors: string[];
  showErrorBox(title: string, content: string): void;
  showOpenDialog(window: BrowserWindow, options: never): Promise<typeof dialog.answer>;
  showSaveDialog(window: BrowserWindow, options: never): Promise<typeof dialog.answer>;
};
export let utilityProcess: {
  forked: FakeUtilityProcess[];
  fork(entry: string, args: string[]): FakeUtilityProcess;
};
export let ipcRenderer: EventEmitter & {
  sent: [string, unknown][];
  send(channel: string, message: unknown): void;
};
/** The path of a file that was dropped on the page. */
export const webUtils = { getPathForFile: (file: { name: string }) => `/dropped/${file.name}` };
export let contextBridge: {
  exposed: Map<string, unknown>;
  exposeInMainWorld(name: string, value: unknown): void;
};

/** Starts a new Electron. */
export function resetElectron(): void {
  app = new App();
  ipcMain = new EventEmitter();
  session = { defaultSession: new Session() };
  const schemes: unknown[] = [];
  protocol = { schemes, registerSchemesAsPrivileged: (added) => void schemes.push(...added) };
  nativeTheme = { shouldUseDarkColors: false };
  Menu = {
    shown: [],
    buildFromTemplate: (template) => template,
    setApplicationMenu(menu) {
      this.shown = menu;
    },
  };
  const answer = async (_window: BrowserWindow, options: never) => {
    dialog.asked.push(options);
    return dialog.answer;
  };
  dialog = {
    asked: [],
    answer: { canceled: true, filePath: '', filePaths: [] },
    errors: [],
    showErrorBox: (_title, content) => void dialog.errors.push(content),
    showOpenDialog: answer,
    showSaveDialog: answer,
  };
  const forked: FakeUtilityProcess[] = [];
  utilityProcess = {
    forked,
    fork(entry, args) {
      const child = new FakeUtilityProcess(entry, args);
      forked.push(child);
      return child;
    },
  };
  const sent: [string, unknown][] = [];
  ipcRenderer = Object.assign(new EventEmitter(), {
    sent,
    send: (channel: string, message: unknown) => void sent.push([channel, message]),
  });
  const exposed = new Map<string, unknown>();
  contextBridge = { exposed, exposeInMainWorld: (name, value) => void exposed.set(name, value) };
  BrowserWindow.all = [];
  BrowserWindow.focused = null;
}

resetElectron();
