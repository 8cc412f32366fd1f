/**
 * All that a window has of this computer: a line to the lab that carries texts and bytes, and where a dropped file lies.
 * renderer/lab.ts holds its other end.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { WindowMessage } from '../window-message.ts';
import { CHANNEL, DROPPED, LISTENING, type WINDOW_PORT } from './channel.ts';

contextBridge.exposeInMainWorld('ohlol', {
  post(message: WindowMessage): void {
    // The empty text is this script's own.
    const isText = typeof message === 'string' && message !== LISTENING;
    if (isText || ArrayBuffer.isView(message)) ipcRenderer.send(CHANNEL, message);
  },
  listen(listener: (message: WindowMessage) => void): void {
    ipcRenderer.removeAllListeners(CHANNEL);
    ipcRenderer.on(CHANNEL, (_event, message: WindowMessage) => listener(message));
    ipcRenderer.send(CHANNEL, LISTENING);
  },
  /** The path of a file dropped on the window; empty where it is not on a disk. */
  pathOf(file: File): string {
    const path = webUtils.getPathForFile(file);
    if (path !== '') ipcRenderer.send(DROPPED, path);
    return path;
  },
} satisfies Record<(typeof WINDOW_PORT)[number], unknown>);
