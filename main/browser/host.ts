/**
 * The lab in a browser on this computer: one server, one session a window, one engine process. It prints its
 * address, opens a window of its own where it can, and ends with that window, or by Ctrl+C.
 */
import { basename, join } from 'node:path';
import type { WebSocket } from 'ws';
import { labFolders } from '../folders.ts';
import type { Lab } from '../lab/host.ts';
import { createLab } from '../lab/lab.ts';
import { engineEntry, rendererFolder } from '../paths.ts';
import { findBrowser } from './find-browser.ts';
import { forkEngine } from './fork-engine.ts';
import { hasDisplay, openAppWindow } from './launch.ts';
import { startWindowServer } from './server.ts';

/** How long the lab outlives its last window: a reload is back much sooner, a slept computer's window soon. */
const LINGER_MS = 5000;

export interface BrowserHostOptions {
  /** Open a window, where there is a display and a browser. */
  open: boolean;
  /** Opened in the first window. */
  project: string | null;
  /** The page comes from another server, which passes on to this one. */
  development?: { origin: string; secret: string; port: number };
}

/** Resolves when the lab is up; the process then ends by itself, with the window or a signal. */
export async function runBrowserHost(options: BrowserHostOptions): Promise<void> {
  const folders = labFolders();
  const lab = createLab({ kind: 'browser', folders, forkEngine: () => forkEngine(engineEntry) });
  const windows = new Set<WebSocket>();
  let project = options.project;
  let endsWithWindows = false;
  let linger: NodeJS.Timeout | undefined;

  const server = await startWindowServer({
    rendererFolder,
    port: options.development?.port,
    development: options.development,
    onConnection(socket) {
      clearTimeout(linger);
      windows.add(socket);
      const session = connectWindow(lab, socket);
      if (project !== null) session.events.command({ kind: 'open-path', path: project });
      project = null;
      socket.once('close', () => {
        windows.delete(socket);
        if (windows.size === 0 && endsWithWindows) linger = setTimeout(end, LINGER_MS);
      });
    },
  });

  let ending = false;
  async function end(): Promise<void> {
    // A second Ctrl+C means: now.
    if (ending) process.exit(1);
    ending = true;
    clearTimeout(linger);
    await server.close();
    await lab.close();
    process.exit(0);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

  if (options.development) return;
  console.log(`Ohlol is at ${server.address}`);
  const browser = options.open && hasDisplay() ? findBrowser() : null;
  if (browser === null) {
    console.log(
      `${whyNoWindow(options.open)}Open that address in a browser on this computer; Ctrl+C ends the lab.`,
    );
    return;
  }
  endsWithWindows = true;
  const child = openAppWindow(browser, server.address, join(folders.settings, 'browser'));
  const failed = () => {
    if (windows.size > 0) return;
    endsWithWindows = false;
    console.log(
      `${basename(browser)} could not be started. Open that address in another browser; Ctrl+C ends the lab.`,
    );
  };
  child.once('error', failed);
  child.once('exit', (code) => code !== 0 && failed());
  console.log(`It is open in a window of ${basename(browser)}; the lab ends with that window, or by Ctrl+C.`);
}

function whyNoWindow(wanted: boolean): string {
  if (!wanted) return '';
  return hasDisplay()
    ? 'No Chrome, Edge or Chromium was found. '
    : 'There is no display to open a window on. ';
}

function connectWindow(lab: Lab, socket: WebSocket) {
  const session = lab.connect({ post: (text) => socket.send(text), showFileDialog: null });
  socket.on('message', (data, isBinary) => {
    if (isBinary) socket.close(1003, 'Messages are texts');
    else session.receive(data.toString());
  });
  socket.once('close', () => void session.disconnect());
  return session;
}
