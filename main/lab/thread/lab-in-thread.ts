/**
 * The lab as its host sees it: in a thread of its own, because committing a checkpoint of a million parameters takes
 * ten times as long as a window may be kept waiting. The host's thread passes messages between windows and lab, and
 * between lab and engine processes. A lab thread that dies is reported and replaced, and the windows connect anew;
 * after several deaths in a row the host ends. If the thread does not answer, the windows are told and the user may end
 * it; when the app quits, it is ended without asking.
 */
import { type BirpcReturn, createBirpc } from 'birpc';
import { type Problem, problem } from '../../../engine/errors.ts';
import type { LabApi, LabEvents } from '../../api.ts';
import { logDefect } from '../../defects.ts';
import type { EngineChild } from '../../engine-process/engine-child.ts';
import { isCall, onlyOwn } from '../../own-calls.ts';
import { labThreadEntry } from '../../paths.ts';
import type { WindowMessage } from '../../window-message.ts';
import type { Lab, LabHost, WindowLine, WindowSession } from '../host.ts';
import { LabLost, startThread, type ThreadLine } from './start-thread.ts';
import type { HostCalls, ThreadCalls } from './thread-line.ts';
import { type ThreadPatience, type ThreadWatch, usualPatience, watchThread } from './thread-watch.ts';

type Rpc = BirpcReturn<ThreadCalls, HostCalls>;

export interface ThreadedLabHost extends LabHost {
  /** Called when there is no lab any more and there will be none; the host can only report it and end. */
  onLabGone(why: Problem): void;
}

/** A lab that lived this long counts as healthy: the count of deaths in a row begins anew. */
const healthyAfterMs = 10_000;
const mostDeathsInARow = 3;
/** How long ending a thread may take. A thread in a system call that never returns does not end. */
const mostEndingMs = 4000;

/** One life of the lab's thread and what belongs to it. */
interface Life {
  thread: Rpc;
  line: ThreadLine;
  lines: Map<number, WindowLine>;
  engines: Map<number, EngineChild>;
  watch: ThreadWatch;
  startedAt: number;
  /** Why the previous thread died, and how many of its windows have yet to be told. */
  news: { why: Problem; windows: number } | null;
}

/**
 * Starts the lab's thread and returns a lab that passes calls on to it. Calls reject with LabLost if the thread ends.
 */
export function createLab(
  host: ThreadedLabHost,
  entry = labThreadEntry,
  patience: ThreadPatience = usualPatience,
): Lab {
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
    const watch = watchThread(
      () => thread.ping(),
      (isSilent) => {
        if (isSilent) console.error("The lab's thread does not answer");
        for (const window of lines.values()) quietly(() => window.post(silence(isSilent)));
      },
      patience,
    );
    const begun: Life = { thread, line, lines, engines, watch, startedAt: performance.now(), news };
    line.onDeath((why) => died(begun, why));
    return begun;
  }

  /** Ends a thread that does not answer, and begins another. If it cannot be ended, the host ends. */
  async function abandon(silent: Life): Promise<void> {
    if (life !== silent || state !== 'open' || !silent.watch.isSilent()) return;
    const reason = 'it did not answer, and was ended';
    if (await endWithin(silent.line)) died(silent, reason);
    else goFor(silent, labStuck());
  }

  /** Ends for good: there will be no lab any more. */
  function goFor(last: Life, why: Problem): void {
    if (state === 'gone') return;
    state = 'gone';
    last.watch.end();
    for (const engine of last.engines.values()) engine.kill();
    host.onLabGone(why);
  }

  function died(dead: Life, reason: string): void {
    if (life !== dead || state === 'gone') return;
    console.error(`The lab's thread has ended: ${reason}`);
    dead.watch.end();
    dead.thread.$rejectPendingCalls(({ reject }) => reject(new LabLost(reason)));
    for (const engine of dead.engines.values()) engine.kill();
    const windows = [...dead.lines.values()];
    dead.lines.clear();
    deathsInARow = performance.now() - dead.startedAt > healthyAfterMs ? 1 : deathsInARow + 1;
    if (state === 'closing' || deathsInARow >= mostDeathsInARow) {
      if (state === 'closing') state = 'gone';
      else goFor(dead, labGone(deathsInARow, reason));
      return;
    }
    life = begin({ why: labDied(reason), windows: windows.length });
    for (const window of windows) quietly(() => window.connectAnew());
  }

  return {
    connect(window) {
      const connectedTo = life;
      const { thread, lines, news, watch } = connectedTo;
      connected += 1;
      const number = connected;
      lines.set(number, window);
      tell(thread.connect.asEvent(number, window.showFileDialog !== null));
      if (news && news.windows > 0) {
        news.windows -= 1;
        tell(thread.tell.asEvent(number, 'defectFound', news.why));
      }
      // Delayed until the caller listens to the window.
      queueMicrotask(() => watch.isSilent() && quietly(() => window.post(silence(true))));
      const session = sessionOf(thread, number, () => lines.delete(number));
      return {
        ...session,
        receive(message) {
          if (watch.isSilent() && asksToEnd(message)) abandon(connectedTo).catch(logDefect);
          else session.receive(message);
        },
      };
    },
    tellDefect: (found) => tell(life.thread.tellDefect.asEvent(found)),
    async idle() {
      if (state === 'gone') return;
      // If the thread is lost, what trained in the background has ended with it.
      await Promise.race([life.thread.idle().catch(onlyLost), life.watch.nextSilence()]);
    },
    async close() {
      if (state !== 'open') return;
      state = 'closing';
      try {
        await Promise.race([life.thread.close().catch(onlyLost), life.watch.nextSilence()]);
      } finally {
        life.watch.end();
        const hasEnded = await endWithin(life.line);
        // A thread that had to be ended has not ended its engines.
        for (const engine of life.engines.values()) engine.kill();
        if (hasEnded) state = 'gone';
        else goFor(life, labStuck());
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
    post(window, message) {
      try {
        lines.get(window)?.post(message);
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
    receive: (message) => tell(thread.receive.asEvent(window, message)),
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

/** The event that tells a window whether the thread is silent, in birpc's format; the silent thread cannot send it. */
function silence(isSilent: boolean): string {
  const event: Parameters<LabEvents['labSilent']>[0] = { isSilent };
  return JSON.stringify({ t: 'q', m: 'labSilent' satisfies keyof LabEvents, a: [event] });
}

/** Whether a message is the call `endLab`. Other calls wait for the thread. */
function asksToEnd(text: WindowMessage): boolean {
  if (typeof text !== 'string' || text.length > 1000) return false;
  try {
    const message: unknown = JSON.parse(text);
    return isCall(message) && (message as { m: unknown }).m === ('endLab' satisfies keyof LabApi);
  } catch {
    return false;
  }
}

async function endWithin(line: ThreadLine): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), mostEndingMs);
  });
  const ended = await Promise.race([line.end().then(() => true as const), late]);
  clearTimeout(timer);
  return ended;
}

/** Ignores that a message did not reach a thread that has died: it is lost with the thread. */
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
    'the lab ended because of an error of its own and was started again; what it said was saved is saved, and runs wait';
  return problem('lab-died', '', message, { reason });
}

function labGone(times: number, reason: string): Problem {
  const message = `the lab ended ${times} times in a row because of errors of its own, and is closed; what it said was saved is saved`;
  return problem('lab-gone', '', message, { times, reason });
}

/**
 * The problem of a thread that cannot be ended. The process cannot exit in order either, because it would wait for the
 * thread.
 */
function labStuck(): Problem {
  const message =
    'the lab does not answer and cannot be ended by itself, so all of it ends; what it said was saved is saved';
  return problem('lab-stuck', '', message);
}
