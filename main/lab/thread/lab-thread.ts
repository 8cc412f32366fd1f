/** The entry of the lab's own thread, in which slow files keep no window waiting. */
import { parentPort, workerData } from 'node:worker_threads';
import { createBirpc } from 'birpc';
import { defectProblem, logDefect, onDefect } from '../../defects.ts';
import type { EngineChild } from '../../engine-process/engine-child.ts';
import { onlyOwn } from '../../own-calls.ts';
import type { WindowMessage } from '../../window-message.ts';
import type { Lab, WindowSession } from '../host.ts';
import { createLocalLab } from '../lab.ts';
import {
  type HostCalls,
  postAway,
  type ThreadCalls,
  type ThreadData,
  type ThreadPort,
} from './thread-line.ts';

interface EngineListeners {
  message: (message: unknown) => void;
  exit: (code: number | null, signal: string | null) => void;
}

/** Creates a lab and serves its calls on this port. */
export function serveLab(port: ThreadPort, { kind, folders }: ThreadData): Pick<Lab, 'tellDefect'> {
  const windows = new Map<number, WindowSession>();
  const lost = (sent: Promise<void>) => void sent.catch(logDefect);
  const engines = new Map<number, EngineListeners>();
  let forked = 0;

  function fork(start: (engine: number) => Promise<void>): EngineChild {
    forked += 1;
    const engine = forked;
    const listeners: EngineListeners = { message: () => {}, exit: () => {} };
    engines.set(engine, listeners);
    lost(start(engine));
    return {
      pid: undefined,
      post: (message) => lost(main.toEngine.asEvent(engine, message)),
      onMessage: (listener) => {
        listeners.message = listener;
      },
      onExit: (listener) => {
        listeners.exit = listener;
      },
      kill: () => lost(main.killEngine.asEvent(engine)),
    };
  }

  const calls: ThreadCalls = {
    connect(window, hasDialogs) {
      const line = {
        post: (message: WindowMessage) => lost(main.post.asEvent(window, message)),
        showFileDialog: hasDialogs ? main.showFileDialog.bind(null, window) : null,
        // The main thread, which outlives this one, tells windows to connect anew.
        connectAnew() {},
      };
      windows.set(window, lab.connect(line));
    },
    receive: (window, message) => windows.get(window)?.receive(message),
    tell(window, name, event) {
      windows.get(window)?.events[name](event as never);
    },
    async call(window, method, args) {
      const api = windows.get(window)?.api as Record<string, (...args: unknown[]) => unknown> | undefined;
      const called = api?.[method];
      if (!called) throw new Error(`window ${window} is gone, or has no ${method}`);
      return called(...args);
    },
    allow: (window, path) => windows.get(window)?.allow(path),
    async disconnect(window) {
      await windows.get(window)?.disconnect();
      windows.delete(window);
    },
    engineSaid: (engine, message) => engines.get(engine)?.message(message),
    engineExited(engine, code, signal) {
      engines.get(engine)?.exit(code, signal);
      engines.delete(engine);
    },
    tellDefect: (found) => lab.tellDefect(found),
    ping() {},
    idle: () => lab.idle(),
    close: () => lab.close(),
  };
  const main = createBirpc<HostCalls, ThreadCalls>(onlyOwn(calls), {
    post: (message) => postAway(port, message),
    on: (listener) => port.on('message', listener),
    timeout: -1,
  });
  const lab = createLocalLab({
    kind,
    folders,
    forkEngine: (flags) => fork((engine) => main.forkEngine.asEvent(engine, flags)),
    forkChecker: () => fork((engine) => main.forkChecker.asEvent(engine)),
  });
  lost(main.ready.asEvent());
  return lab;
}

if (parentPort && isOurs(workerData)) {
  const lab = serveLab(parentPort as ThreadPort, workerData);
  onDefect((error) => lab.tellDefect(defectProblem(error)));
}

/** Whether this thread was started for the lab: other threads may load this file as well. */
function isOurs(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'folders' in data && 'kind' in data;
}
