/**
 * The lab as its host has it: in a thread of its own, because committing a checkpoint of a million parameters takes
 * ten times as long as a window may be kept waiting. This thread passes on what windows and lab say to each other, and messages
 * between lab and engine. A lab's thread that dies is told of and followed by another, to which the windows connect anew;
 * where that dies, too, again and again, the host ends. Of one that does not answer the windows are told, and a user may
 * end it; it is ended by itself where the app is to end.
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
  /** There is no lab any more and there will be none: nothing is left but to say so and end. */
  onLabGone(why: Problem): void;
}

/** A lab that lived so long has shown that it can. */
const healthyAfterMs = 10_000;
const mostDeathsInARow = 3;
/** A thread ends when its JavaScript does; a call of the system that never returns keeps it. */
const mostEndingMs = 4000;

/** One life of the lab's thread, with what it has. */
interface Life {
  thread: Rpc;
  line: ThreadLine;
  lines: Map<number, WindowLine>;
  engines: Map<number, EngineChild>;
  watch: ThreadWatch;
  startedAt: number;
  /** What the one before died of, for each window that it had. */
  news: { why: Problem; windows: number } | null;
}

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

  /** Ends a thread that does not answer, so that another can follow. */
  async function abandon(silent: Life): Promise<void> {
    if (life !== silent || state !== 'open' || !silent.watch.isSilent()) return;
    const reason = 'it did not answer, and was ended';
    if (await endWithin(silent.line)) died(silent, reason);
    else goFor(silent, labStuck());
  }

  /** There will be no lab any more. */
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
      // When the window listens to what comes of this call.
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
      // What trained in the background has ended with the thread.
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
        // Those of a thread that had to be ended are still there.
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

/** What a window is told of a thread that cannot tell it itself, as a text of birpc. */
function silence(isSilent: boolean): string {
  const event: Parameters<LabEvents['labSilent']>[0] = { isSilent };
  return JSON.stringify({ t: 'q', m: 'labSilent' satisfies keyof LabEvents, a: [event] });
}

/** Other calls wait for the thread. */
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

/** The process cannot end in order either: it would wait for the thread. */
function labStuck(): Problem {
  const message =
    'the lab does not answer and cannot be ended by itself, so all of it ends; what it said was saved is saved';
  return problem('lab-stuck', '', message);
}
