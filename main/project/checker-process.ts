/** The process in which project files are checked before a lab opens them; it can be killed at any time. */
import { Worker } from 'node:worker_threads';
import { parentWatchEntry } from '../paths.ts';
import { checkFile } from './check-file.ts';
import { checkerReady } from './checker-ready.ts';

/** The port of Electron's utility processes; Node's types lack it. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

watchParent();
const { parentPort } = process as unknown as { parentPort?: ParentPort };
if (parentPort) {
  parentPort.on('message', ({ data }) => parentPort.postMessage(checkFile(String(data))));
  parentPort.postMessage(checkerReady);
} else {
  process.on('message', (path) => void process.send?.(checkFile(String(path))));
  process.on('disconnect', () => process.exit(0));
  process.send?.(checkerReady);
}

function watchParent(): void {
  const watch = new Worker(parentWatchEntry, { workerData: process.ppid });
  watch.unref();
  // Files can be checked without the watch.
  watch.on('error', (error) => console.error('Nobody watches whether the parent is there:', error));
}
