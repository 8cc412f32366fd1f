/**
 * The lab in a browser on this computer: one server, one session per window, one engine process. It prints its address,
 * opens a window if it can, and ends with that window or by Ctrl+C.
 */
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { WebSocket } from 'ws';
import { defectProblem, logDefect, onDefect } from '../defects.ts';
import { forkEngine } from '../engine-process/fork-node.ts';
import { labFolders } from '../folders.ts';
import type { Lab, WindowSession } from '../lab/host.ts';
import { createLab } from '../lab/thread/lab-in-thread.ts';
import { checkerEntry, engineEntry, rendererFolder } from '../paths.ts';
import { findBrowser } from './find-browser.ts';
import { watchLastWindow } from './last-window.ts';
import { hasDisplay, openAppWindow, profileFolder, writeLaunchFile } from './launch.ts';
import { startWindowServer } from './server.ts';

export interface BrowserHostOptions {
  /** Whether to open a window, if there is a display and a browser. */
  open: boolean;
  /** The project to open in the first window. */
  project: string | null;
  /** For development: the page comes from another server, which forwards requests to this one. */
  development?: { origin: string; secret: string; port: number };
}

/** Resolves when the lab is up; the process ends by itself later, with its window or a signal. */
export async function runBrowserHost(options: BrowserHostOptions): Promise<void> {
  const folders = labFolders();
  const lab = createLab({
    kind: 'browser',
    folders,
    forkEngine: (flags) => forkEngine(engineEntry, flags),
    forkChecker: () => forkEngine(checkerEntry, []),
    onLabGone({ code, message }) {
      console.error(`Ohlol cannot go on: ${message}.`);
      browserProcess?.kill();
      removeLaunchFile();
      endNow(code);
    },
  });
  let endsWithWindows = false;
  let browserProcess: ChildProcess | null = null;
  const lastWindow = watchLastWindow(() => endsWithWindows && void endWhenIdle());
  let project = options.project;
  let hadWindow = false;
  let launchFile: string | null = null;
  /** Removes the launch file, whose key is used up or no longer needed. */
  function removeLaunchFile(): void {
    if (launchFile !== null) rmSync(launchFile, { force: true });
    launchFile = null;
  }

  const server = await startWindowServer({
    rendererFolder,
    port: options.development?.port,
    development: options.development,
    onConnection(socket) {
      hadWindow = true;
      removeLaunchFile();
      lastWindow.connected();
      socket.once('close', lastWindow.disconnected);
      const session = connectWindow(lab, socket);
      if (project !== null) session.events.command({ kind: 'open-path', path: project });
      project = null;
    },
  });

  // Set only now, so that a lab that cannot start ends with its error.
  onDefect((error) => lab.tellDefect(defectProblem(error)));

  let ending = false;
  let waitsForIdle = false;
  /** Ends the process once the runs that train in the background have ended, unless a window has come back. */
  async function endWhenIdle(): Promise<void> {
    if (waitsForIdle) return;
    waitsForIdle = true;
    await lab.idle();
    waitsForIdle = false;
    if (lastWindow.isGone()) await end();
  }
  async function end(): Promise<void> {
    // A second Ctrl+C ends the process at once.
    if (ending) process.exit(1);
    ending = true;
    // The window that we opened is of no use without the server.
    browserProcess?.kill();
    removeLaunchFile();
    await server.close();
    try {
      await lab.close();
    } catch (error) {
      logDefect(error);
      process.exit(1);
    }
    process.exit(0);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

  if (options.development) return;
  console.log(`Ohlol is at ${server.address}`);
  const browser = options.open && hasDisplay() ? findBrowser() : null;
  if (browser === null) {
    console.log(`${whyNoWindow(options.open)}${HOW_TO_OPEN}`);
    return;
  }

  endsWithWindows = true;
  const name = basename(browser);
  const profile = profileFolder(browser, folders.settings);
  launchFile = writeLaunchFile(server.address, profile);
  browserProcess = openAppWindow(browser, launchFile, profile);
  const failed = () => {
    if (hadWindow || ending) return;
    removeLaunchFile();
    endsWithWindows = false;
    console.log(`${name} could not be started. ${HOW_TO_OPEN}`);
  };
  browserProcess.once('error', failed);
  browserProcess.once('exit', (code) => code !== 0 && failed());
  console.log(`It opens in a window of ${name}; the lab ends with that window, or by Ctrl+C.`);
}

/** Ends the process at once. An exit in order would wait for the lab's thread, which may be stuck. */
function endNow(code: string): void {
  if (code === 'lab-stuck') process.kill(process.pid, 'SIGKILL');
  else process.exit(1);
}

const HOW_TO_OPEN = 'Open that address in a browser on this computer; Ctrl+C ends the lab.';

function whyNoWindow(wanted: boolean): string {
  if (!wanted) return '';
  return hasDisplay()
    ? 'No Chrome, Edge or Chromium was found. '
    : 'There is no display to open a window on. ';
}

function connectWindow(lab: Lab, socket: WebSocket): WindowSession {
  const session = lab.connect({
    post: (message) => socket.send(message),
    // The page reconnects by itself.
    connectAnew: () => socket.close(1012, 'The lab was started again'),
    showFileDialog: null,
  });
  socket.on('message', (data, isBinary) => {
    session.receive(isBinary ? (data as Buffer<ArrayBuffer>) : data.toString());
  });
  socket.once('close', () => void session.disconnect().catch(logDefect));
  return session;
}
