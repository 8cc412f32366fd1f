/**
 * Keeps one engine process alive: starts it, passes on calls and events, checks that it answers, and starts another
 * when it dies. The lab decides what happens to the runs it was working on (`onDeath`).
 */

import { deserialize } from 'node:v8';
import { type BirpcReturn, createBirpc } from 'birpc';
import type { EngineEvents, EpochRow } from '../../engine/api.ts';
import { type Problem, problem } from '../../engine/errors.ts';
import type { EngineStatus, RunningEngine } from '../api.ts';
import { logDefect } from '../defects.ts';
import { onlyOwn } from '../own-calls.ts';
import type { EngineChild } from './engine-child.ts';
import { deathProblem, type EngineDeath, type LastSeen, tellDeath } from './engine-death.ts';
import type { EngineDoor, EngineDoorEvents, EngineProcessDoor } from './engine-door.ts';
import { chooseFlags, type FlagChoice } from './flag-choice.ts';
import { type Asked, keepAsking, type Patience } from './heartbeat.ts';
import { createPiecePoster, joinPieces } from './in-pieces.ts';
import type { FlagSet } from './kernel-flags.ts';

export interface EngineSupervisor {
  /** Calls wait while an engine is starting. They reject with EngineLost if it dies before it answers. */
  readonly api: EngineDoor;
  status(): EngineStatus;
  /** Passes the current value of `threads` to the engine. */
  threadsChanged(): Promise<void>;
  /** Ends the engine for good. */
  close(): void;
}

export interface SupervisorOptions {
  /** Starts an engine process. It sets V8's flags itself, before it compiles its kernels. */
  fork(flags: FlagSet): EngineChild;
  /** The choice of flags; by default, all sets are tried. */
  flags?: FlagChoice;
  /** The number of threads the user wants; null: the automatic number. */
  threads?(): number | null;
  events: EngineEvents;
  onStatus(status: EngineStatus): void;
  /** Called when a process has ended unasked, before its calls are seen to reject. */
  onDeath(death: EngineDeath): void;
  patience?: Patience;
}

const ordinaryPatience: Patience = { betweenBeatsMs: 2000, idleMs: 10_000, busyMs: 60_000 };

/** The engine of a call has died, or none can be started. */
export class EngineLost extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'EngineLost';
    this.problem = problem;
  }
}

const firstRestartMs = 100;
const longestRestartMs = 5000;
/** An engine that lived this long counts as healthy: the count of deaths in a row begins anew. */
const healthyAfterMs = 10_000;
/** After this many processes in a row that die before they describe themselves, no more are started unasked. */
const mostStillborn = 5;

type Rpc = BirpcReturn<EngineProcessDoor, EngineDoorEvents>;

interface Running extends Asked {
  child: EngineChild;
  rpc: Rpc;
  /** The engine has described itself and its flags are good: it may take calls. */
  isReady: boolean;
  /** Its flags were not good, so another is started in its place. */
  isReplaced: boolean;
}

/** Starts an engine process at once and keeps one running until `close`. */
export function superviseEngine(options: SupervisorOptions): EngineSupervisor {
  const { fork, threads = () => null, events, onStatus, onDeath, patience = ordinaryPatience } = options;
  const { flags = chooseFlags() } = options;
  let status: EngineStatus = { status: 'starting' };
  let running: Running | null = null;
  let closed = false;
  let deathsInARow = 0;
  let stillborn = 0;
  let restart: NodeJS.Timeout | null = null;
  const waiting: { resolve(running: Running): void; reject(error: Error): void }[] = [];

  function setStatus(next: EngineStatus): void {
    status = next;
    onStatus(next);
  }

  function start(): void {
    restart = null;
    const startedAt = performance.now();
    const child = fork(flags.next());
    const seen: LastSeen = { dying: null, silentSeconds: null };
    // Late messages of a dead process must not count as messages of its successor, which has its runs now.
    const ifAlive =
      <E>(take: (event: E) => void) =>
      (event: E) => {
        if (running?.child === child) take(event);
      };
    const started = { child, calls: 0, seen, heard: false, isReady: false, isReplaced: false } as Running;
    const rpc = createBirpc<EngineProcessDoor, EngineDoorEvents>(
      onlyOwn<EngineDoorEvents>({
        epochs: ifAlive(({ runId, rows }) => events.epochs({ runId, rows: deserialize(rows) as EpochRow[] })),
        checkpoint: ifAlive(events.checkpoint),
        state: ifAlive(events.state),
        dying: (words) => {
          seen.dying = words;
        },
      }),
      {
        post: createPiecePoster((part) => void child.post(part)).post,
        on: (listener) => {
          const take = joinPieces(listener);
          child.onMessage((message) => {
            started.heard = true;
            take(message);
          });
        },
        // No timeout: a forward pass of a large model takes long, and a dead engine's calls are rejected below.
        timeout: -1,
      },
    );
    started.rpc = rpc;
    running = started;
    // Sent before the calls that wait for an engine can open runs.
    if (threads() !== null) rpc.setThreads.asEvent(threads()).catch(logDefect);
    const beats = keepAsking(started, () => status.status === 'ready', patience);

    child.onExit((code, signal) => {
      clearInterval(beats);
      const death = tellDeath(code, signal, seen);
      running = null;
      const lost = new EngineLost(deathProblem(death));
      rpc.$rejectPendingCalls(({ reject }) => reject(lost));
      if (closed) return;
      // Nothing is lost, because the engine had not been asked anything yet.
      if (started.isReplaced || (!started.isReady && flags.diedAtStart(death))) {
        start();
        return;
      }
      if (!started.isReady) rejectWaiting(lost);
      deathsInARow = performance.now() - startedAt > healthyAfterMs ? 1 : deathsInARow + 1;
      stillborn = status.status === 'ready' ? 0 : stillborn + 1;
      if (stillborn >= mostStillborn) giveUp(lost.problem);
      else {
        setStatus({ status: 'starting', after: lost.problem });
        const delayMs = Math.min(longestRestartMs, firstRestartMs * 2 ** (deathsInARow - 1));
        restart = setTimeout(start, delayMs);
      }
      onDeath(death);
    });

    rpc.describe().then(
      (engine) => running === started && judge(started, engine),
      // The engine died before it described itself, and onExit has handled that.
      (error) => error instanceof EngineLost || Promise.reject(error),
    );
  }

  function judge(started: Running, engine: RunningEngine): void {
    if (flags.judge(engine) === 'replace') {
      started.isReplaced = true;
      started.child.kill();
      return;
    }
    started.isReady = true;
    setStatus({ status: 'ready', engine });
    for (const { resolve } of waiting.splice(0)) resolve(started);
  }

  function rejectWaiting(error: Error): void {
    for (const { reject } of waiting.splice(0)) reject(error);
  }

  function giveUp(last: Problem): void {
    const message = `${last.message}, ${stillborn} times in a row at its start; it is tried again when it is needed`;
    const details = { ...last.details, cause: last.code };
    setStatus({ status: 'failed', problem: problem('engine-failed', '', message, details) });
    rejectWaiting(new EngineLost(last));
  }

  function connection(): Promise<Running> {
    if (running?.isReady) return Promise.resolve(running);
    if (closed) return Promise.reject(new EngineLost(problem('engine-closed', '', 'the engine was ended')));
    const connected = new Promise<Running>((resolve, reject) => waiting.push({ resolve, reject }));
    // Somebody needs an engine: one more try.
    if (status.status === 'failed') {
      setStatus({ status: 'starting', after: status.problem });
      start();
    }
    return connected;
  }

  const api = new Proxy({} as EngineDoor, {
    get:
      (_, method: string) =>
      async (...args: unknown[]) => {
        const engine = await connection();
        engine.calls += 1;
        try {
          return await engine.rpc.$callRaw({ method, args });
        } finally {
          engine.calls -= 1;
        }
      },
  });

  start();
  return {
    api,
    status: () => status,
    async threadsChanged() {
      const asked = running;
      if (asked === null) return;
      // An engine that is started later, or in this one's place, gets the number at its start.
      const engine = await asked.rpc.setThreads(threads()).catch((error) => {
        if (!(error instanceof EngineLost)) throw error;
      });
      if (engine && asked.isReady && running === asked) setStatus({ status: 'ready', engine });
    },
    close() {
      closed = true;
      if (restart) clearTimeout(restart);
      rejectWaiting(new EngineLost(problem('engine-closed', '', 'the engine was ended')));
      running?.child.kill();
    },
  };
}
