/**
 * All that a window has of this computer: a line to the lab that carries texts, and where a dropped file lies.
 * renderer/lab.ts holds its other end.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CHANNEL, DROPPED, LISTENING, type WINDOW_PORT } from './channel.ts';

contextBridge.exposeInMainWorld('ohlol', {
  post(text: string): void {
    // The empty text is this script's own.
    if (typeof text === 'string' && text !== LISTENING) ipcRenderer.send(CHANNEL, text);
  },
  listen(listener: (text: string) => void): void {
    ipcRenderer.removeAllListeners(CHANNEL);
    ipcRenderer.on(CHANNEL, (_event, text: string) => listener(text));
    ipcRenderer.send(CHANNEL, LISTENING);
  },
  /** The path of a file dropped on the window; empty where it is not on a disk. */
  pathOf(file: File): string {
    const path = webUtils.getPathForFile(file);
    if (path !== '') ipcRenderer.send(DROPPED, path);
    return path;
  },
} satisfies Record<(typeof WINDOW_PORT)[number], unknown>);
