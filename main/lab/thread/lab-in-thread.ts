/**
 * The lab as its host has it: in a thread of its own, because committing a checkpoint of a million parameters takes
 * ten times as long as a window may be kept waiting. This thread passes texts between windows and lab, and messages
 * between lab and engine. A lab's thread that dies is told of and followed by another, to which the windows connect anew;
 * where that dies, too, again and again, the host ends.
 */
import { type BirpcReturn, createBirpc } from 'birpc';
import { type Problem, problem } from '../../../engine/errors.ts';
import type { LabApi, LabEvents } from '../../api.ts';
import { logDefect } from '../../defects.ts';
import type { EngineChild } from '../../engine-process/engine-child.ts';
import { onlyOwn } from '../../own-calls.ts';
import { labThreadEntry } from '../../paths.ts';
import type { Lab, LabHost, WindowLine, WindowSession } from '../host.ts';
import { LabLost, startThread, type ThreadLine } from './start-thread.ts';
import type { HostCalls, ThreadCalls } from './thread-line.ts';

type Rpc = BirpcReturn<ThreadCalls, HostCalls>;

export interface ThreadedLabHost extends LabHost {
  /** There is no lab any more and there will be none: nothing is left but to say so and end. */
  onLabGone(why: Problem): void;
}

/** A lab that lived so long has shown that it can. */
const healthyAfterMs = 10_000;
const mostDeathsInARow = 3;

/** One life of the lab's thread, with what it has. */
interface Life {
  thread: Rpc;
  line: ThreadLine;
  lines: Map<number, WindowLine>;
  engines: Map<number, EngineChild>;
  startedAt: number;
  /** What the one before died of, for each window that it had. */
  news: { why: Problem; windows: number } | null;
}

export function createLab(host: ThreadedLabHost, entry = labThreadEntry): Lab {
  let connected = 0;
  let deathsInARow = 0;
  let state: 'open' | 'closing' | 'gone' = 'open';
  let life: Life = begin(null);

  function begin(news: Life['news']): Life {
    const lines: Life['lines'] = new Map();
    const engines: Life['engines'] = new Map();
    const line = startThread(entry, { kind: host.kind, folders: host.folders });
    const thread: Rpc = createBirpc<ThreadCalls, HostCalls>(
      onlyOwn(hostCalls(host, lines, engines, line, () => thread)),
      { post: line.post, on: line.listen, timeout: -1 },
    );
    const begun: Life = { thread, line, lines, engines, startedAt: performance.now(), news };
    line.onDeath((why) => died(begun, why));
    return begun;
  }

  function died(dead: Life, reason: string): void {
    if (life !== dead || state === 'gone') return;
    console.error(`The lab's thread has ended: ${reason}`);
    dead.thread.$rejectPendingCalls(({ reject }) => reject(new LabLost(reason)));
    for (const engine of dead.engines.values()) engine.kill();
    const windows = [...dead.lines.values()];
    dead.lines.clear();
    deathsInARow = performance.now() - dead.startedAt > healthyAfterMs ? 1 : deathsInARow + 1;
    if (state === 'closing' || deathsInARow >= mostDeathsInARow) {
      const wasClosing = state === 'closing';
      state = 'gone';
      if (!wasClosing) host.onLabGone(labGone(deathsInARow, reason));
      return;
    }
    life = begin({ why: labDied(reason), windows: windows.length });
    for (const window of windows) quietly(() => window.connectAnew());
  }

  return {
    connect(window) {
      const { thread, lines, news } = life;
      connected += 1;
      const number = connected;
      lines.set(number, window);
      tell(thread.connect.asEvent(number, window.showFileDialog !== null));
      if (news && news.windows > 0) {
        news.windows -= 1;
        tell(thread.tell.asEvent(number, 'defectFound', news.why));
      }
      return sessionOf(thread, number, () => lines.delete(number));
    },
    tellDefect: (found) => tell(life.thread.tellDefect.asEvent(found)),
    async idle() {
      if (state === 'gone') return;
      // What trained in the background has ended with the thread.
      await life.thread.idle().catch(onlyLost);
    },
    async close() {
      if (state !== 'open') return;
      state = 'closing';
      try {
        await life.thread.close().catch(onlyLost);
      } finally {
        state = 'gone';
        await life.line.end();
      }
    },
  };
}

function hostCalls(
  host: LabHost,
  lines: Life['lines'],
  engines: Life['engines'],
  line: ThreadLine,
  thread: () => Rpc,
): HostCalls {
  return {
    ready: () => line.open(),
    post(window, text) {
      try {
        lines.get(window)?.post(text);
      } catch (error) {
        console.error('A window is gone:', error);
        lines.delete(window);
        tell(thread().disconnect.asEvent(window));
      }
    },
    async showFileDialog(window, request) {
      return (await lines.get(window)?.showFileDialog?.(request)) ?? null;
    },
    forkEngine: (engine, flags) => adopt(engine, host.forkEngine(flags)),
    forkChecker: (engine) => adopt(engine, host.forkChecker()),
    toEngine: (engine, message) => engines.get(engine)?.post(message),
    killEngine: (engine) => engines.get(engine)?.kill(),
  };
  function adopt(engine: number, child: EngineChild): void {
    engines.set(engine, child);
    child.onMessage((message) => tell(thread().engineSaid.asEvent(engine, message)));
    child.onExit((code, signal) => {
      engines.delete(engine);
      tell(thread().engineExited.asEvent(engine, code, signal));
    });
  }
}

function sessionOf(thread: Rpc, window: number, onGone: () => void): WindowSession {
  return {
    receive: (text) => tell(thread.receive.asEvent(window, text)),
    events: new Proxy({} as LabEvents, {
      get: (_, name) => (event: unknown) => tell(thread.tell.asEvent(window, name as keyof LabEvents, event)),
    }),
    api: new Proxy({} as LabApi, {
      get:
        (_, method) =>
        (...args: unknown[]) =>
          thread.call(window, method as keyof LabApi, args),
    }),
    allow: (path) => tell(thread.allow.asEvent(window, path)),
    async disconnect() {
      onGone();
      await thread.disconnect(window).catch(onlyLost);
    },
  };
}

/** What does not reach a thread that has died is lost with it. */
function tell(told: Promise<void>): void {
  told.catch((error) => error instanceof LabLost || logDefect(error));
}

function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    logDefect(error);
  }
}

function onlyLost(error: unknown): void {
  if (!(error instanceof LabLost)) throw error;
}

function labDied(reason: string): Problem {
  const message =
    'the lab failed in itself and was started again; what it said was saved is saved, and runs wait';
  return problem('lab-died', '', message, { reason });
}

function labGone(times: number, reason: string): Problem {
  const message = `the lab failed in itself ${times} times in a row and ends; what it said was saved is saved`;
  return problem('lab-gone', '', message, { times, reason });
}
