/** Starts the lab's thread and the line to it. If no thread can be started, the lab shares the windows' thread. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { postAway, type ThreadData, type ThreadPort } from './thread-line.ts';

/** The thread ended before it was called or before it answered. */
export class LabLost extends Error {}

export interface ThreadLine {
  /** Throws LabLost after the end. */
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
  /** Sends the messages that have waited, once the other side is up. */
  open(): void;
  /** Called once, with the reason, if the thread ends without having been asked to. */
  onDeath(listener: (why: string) => void): void;
  end(): Promise<void>;
}

/** Starts the thread; messages wait until `open` is called. */
export function startThread(entry: string, data: ThreadData): ThreadLine {
  const worker = new Worker(entry, { workerData: data });
  let port: ThreadPort = worker as unknown as ThreadPort;
  let waiting: unknown[] | null = [];
  let listener: (message: unknown) => void = () => {};
  let tellDeath: (why: string) => void = () => {};
  const listen = (to: ThreadPort) => to.on('message', (message) => listener(message));
  const isShared = () => port !== (worker as unknown as ThreadPort);
  let isOver = false;

  function die(why: string): void {
    if (isOver) return;
    isOver = true;
    waiting = null;
    tellDeath(why);
  }

  listen(port);
  worker.on('error', (error) => {
    if (waiting === null) return die(String(error));
    console.error(`The lab's own thread could not be started (${error}); it shares the windows' thread.`);
    shareThread().catch((another) => die(String(another)));
  });
  worker.on('exit', (code) => {
    if (!isShared()) die(`it ended with ${code}`);
  });

  async function shareThread(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    port = port1 as unknown as ThreadPort;
    listen(port);
    const { serveLab } = await import('./lab-thread.ts');
    serveLab(port2 as unknown as ThreadPort, data);
  }

  return {
    post(message) {
      if (isOver) throw new LabLost("the lab's thread has ended");
      if (waiting) waiting.push(message);
      else postAway(port, message);
    },
    listen: (to) => {
      listener = to;
    },
    open() {
      const queued = waiting ?? [];
      waiting = null;
      for (const message of queued) postAway(port, message);
    },
    onDeath(to) {
      tellDeath = to;
    },
    async end() {
      isOver = true;
      if (isShared()) (port as unknown as { close(): void }).close();
      else await worker.terminate();
    },
  };
}
