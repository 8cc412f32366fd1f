/**
 * The lab as its host has it: in a thread of its own, because committing a checkpoint of a million parameters takes
 * ten times as long as a window may be kept waiting. This thread passes texts between windows and lab, and messages
 * between lab and engine.
 */
import { MessageChannel, Worker } from 'node:worker_threads';
import { type BirpcReturn, createBirpc } from 'birpc';
import type { LabApi, LabEvents } from '../api.ts';
import { labThreadEntry } from '../paths.ts';
import type { EngineChild, Lab, LabHost, WindowLine, WindowSession } from './host.ts';
import {
  type HostCalls,
  postAway,
  type ThreadCalls,
  type ThreadData,
  type ThreadPort,
} from './thread-line.ts';

type Rpc = BirpcReturn<ThreadCalls, HostCalls>;

export function createLab(host: LabHost, entry = labThreadEntry): Lab {
  const data: ThreadData = { kind: host.kind, folders: host.folders };
  const lines = new Map<number, WindowLine>();
  const engines = new Map<number, EngineChild>();
  let connected = 0;

  const calls: HostCalls = {
    ready: () => line.open(),
    post: (window, text) => lines.get(window)?.post(text),
    async showFileDialog(window, request) {
      return (await lines.get(window)?.showFileDialog?.(request)) ?? null;
    },
    forkEngine(engine) {
      const child = host.forkEngine();
      engines.set(engine, child);
      child.onMessage((message) => void thread.engineSaid.asEvent(engine, message));
      child.onExit((code, signal) => {
        engines.delete(engine);
        void thread.engineExited.asEvent(engine, code, signal);
      });
    },
    toEngine: (engine, message) => engines.get(engine)?.post(message),
    killEngine: (engine) => engines.get(engine)?.kill(),
  };
  const line = startThread(entry, data);
  const thread: Rpc = createBirpc<ThreadCalls, HostCalls>(calls, {
    post: line.post,
    on: line.listen,
    timeout: -1,
  });

  return {
    connect(window) {
      connected += 1;
      const number = connected;
      lines.set(number, window);
      void thread.connect.asEvent(number, window.showFileDialog !== null);
      return sessionOf(thread, number, () => lines.delete(number));
    },
    idle: () => thread.idle(),
    async close() {
      try {
        await thread.close();
      } finally {
        await line.end();
      }
    },
  };
}

function sessionOf(thread: Rpc, window: number, onGone: () => void): WindowSession {
  return {
    receive: (text) => void thread.receive.asEvent(window, text),
    events: new Proxy({} as LabEvents, {
      get: (_, name) => (event: unknown) => void thread.tell.asEvent(window, name as keyof LabEvents, event),
    }),
    api: new Proxy({} as LabApi, {
      get:
        (_, method) =>
        (...args: unknown[]) =>
          thread.call(window, method as keyof LabApi, args),
    }),
    allow: (path) => void thread.allow.asEvent(window, path),
    async disconnect() {
      onGone();
      await thread.disconnect(window);
    },
  };
}

interface ThreadLine {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
  /** The other side is up: what has waited goes. */
  open(): void;
  end(): Promise<void>;
}

function startThread(entry: string, data: ThreadData): ThreadLine {
  const worker = new Worker(entry, { workerData: data });
  let port: ThreadPort = worker as unknown as ThreadPort;
  let waiting: unknown[] | null = [];
  let listener: (message: unknown) => void = () => {};
  const listen = (to: ThreadPort) => to.on('message', (message) => listener(message));
  let isEnding = false;

  listen(port);
  worker.on('error', (error) => {
    // A thread that dies at work is a defect, and this process ends as it would without threads.
    if (waiting === null) throw error;
    console.error(`The lab's own thread could not be started (${error}); it shares the windows' thread.`);
    void shareThread();
  });
  worker.on('exit', (code) => {
    if (!isEnding && waiting === null && port === (worker as unknown as ThreadPort)) {
      throw new Error(`The lab's thread ended with ${code}`);
    }
  });

  async function shareThread(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    port = port1 as unknown as ThreadPort;
    listen(port);
    const { serveLab } = await import('./lab-thread.ts');
    serveLab(port2 as unknown as ThreadPort, data);
  }

  return {
    post: (message) => void (waiting ? waiting.push(message) : postAway(port, message)),
    listen: (to) => {
      listener = to;
    },
    open() {
      const queued = waiting ?? [];
      waiting = null;
      for (const message of queued) postAway(port, message);
    },
    async end() {
      isEnding = true;
      if (port === (worker as unknown as ThreadPort)) await worker.terminate();
      else (port as unknown as { close(): void }).close();
    },
  };
}
