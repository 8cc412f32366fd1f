/** The connections between windows and the lab. */
import { BrowserWindow, type IpcMainEvent, ipcMain } from 'electron';
import type { FileDialogRequest } from '../api.ts';
import { logDefect } from '../defects.ts';
import type { Lab, WindowSession } from '../lab/host.ts';
import type { WindowMessage } from '../window-message.ts';
import { CHANNEL, DROPPED, LISTENING } from './channel.ts';
import { isOurPage } from './security.ts';

export interface WindowLines {
  /** The window's session; null if its page does not listen yet. */
  sessionOf(window: BrowserWindow): WindowSession | null;
}

export interface WindowLinesOptions {
  lab: Lab;
  showFileDialog(window: BrowserWindow, request: FileDialogRequest): Promise<string | null>;
  /** Called when a window's page listens, for the first time or after a reload. */
  onConnect(window: BrowserWindow, session: WindowSession): void;
}

/**
 * Connects windows. Messages are accepted only from the main frame of our windows showing our page; all others are
 * dropped.
 */
export function connectWindows(options: WindowLinesOptions): WindowLines {
  const sessions = new Map<BrowserWindow, WindowSession>();
  const known = new WeakSet<BrowserWindow>();

  ipcMain.on(CHANNEL, (event, message: unknown) => {
    const window = senderOf(event);
    if (window === null || !isMessage(message)) return;
    if (message === LISTENING) connect(window);
    else sessions.get(window)?.receive(message);
  });

  ipcMain.on(DROPPED, (event, path: unknown) => {
    const window = senderOf(event);
    if (window !== null && typeof path === 'string') sessions.get(window)?.allow(path);
  });

  function connect(window: BrowserWindow): void {
    if (!known.has(window)) {
      known.add(window);
      window.once('closed', () => disconnect(window));
      window.webContents.on('render-process-gone', () => disconnect(window));
    }
    disconnect(window);
    const session = options.lab.connect({
      post: (message) => {
        if (!window.isDestroyed()) window.webContents.send(CHANNEL, message);
      },
      connectAnew() {
        if (!window.isDestroyed()) window.webContents.reload();
      },
      showFileDialog: (request) => options.showFileDialog(window, request),
    });
    sessions.set(window, session);
    options.onConnect(window, session);
  }

  function disconnect(window: BrowserWindow): void {
    void sessions.get(window)?.disconnect().catch(logDefect);
    sessions.delete(window);
  }

  return { sessionOf: (window) => sessions.get(window) ?? null };
}

const isMessage = (message: unknown): message is WindowMessage =>
  typeof message === 'string' || message instanceof Uint8Array;

function senderOf(event: IpcMainEvent): BrowserWindow | null {
  const { sender, senderFrame } = event;
  if (senderFrame === null || senderFrame !== sender.mainFrame || !isOurPage(senderFrame.url)) return null;
  return BrowserWindow.fromWebContents(sender);
}
