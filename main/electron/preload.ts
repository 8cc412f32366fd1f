/**
 * All that a window can reach of this computer: a connection to the lab that carries texts and bytes, and the paths of
 * dropped files. renderer/lab.ts is its other end.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { WindowMessage } from '../window-message.ts';
import { CHANNEL, DROPPED, LISTENING, type WINDOW_PORT } from './channel.ts';

contextBridge.exposeInMainWorld('ohlol', {
  post(message: WindowMessage): void {
    // The empty text is reserved for this script.
    const isText = typeof message === 'string' && message !== LISTENING;
    if (isText || ArrayBuffer.isView(message)) ipcRenderer.send(CHANNEL, message);
  },
  listen(listener: (message: WindowMessage) => void): void {
    ipcRenderer.removeAllListeners(CHANNEL);
    ipcRenderer.on(CHANNEL, (_event, message: WindowMessage) => listener(message));
    ipcRenderer.send(CHANNEL, LISTENING);
  },
  /** The path of a file dropped on the window; empty if the file is not on a disk. */
  pathOf(file: File): string {
    const path = webUtils.getPathForFile(file);
    if (path !== '') ipcRenderer.send(DROPPED, path);
    return path;
  },
} satisfies Record<(typeof WINDOW_PORT)[number], unknown>);
