/**
 * Keeps one engine process alive: starts it, carries calls and events, and starts another when it has died. What
 * becomes of the runs that it was working on is the lab's to say (`onDeath`).
 */
import { type BirpcReturn, createBirpc } from 'birpc';
import type { EngineApi, EngineEvents } from '../../engine/api.ts';
import { problem } from '../../engine/errors.ts';
import type { EngineStatus } from '../api.ts';
import type { EngineChild } from '../lab/host.ts';

export interface EngineSupervisor {
  /** Calls wait for an engine that is starting; they reject with EngineLost when it dies before it answers. */
  readonly api: EngineApi;
  status(): EngineStatus;
  /** The process as it is now; for those who want to see it die. */
  pid(): number | undefined;
  /** Ends the engine for good. */
  close(): void;
}

export interface SupervisorOptions {
  fork(): EngineChild;
  events: EngineEvents;
  onStatus(status: EngineStatus): void;
  /** Called after a process has gone that nobody asked to go; the next one is started already. */
  onDeath(reason: string): void;
}

export class EngineLost extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'EngineLost';
  }
}

const firstRestartMs = 100;
const longestRestartMs = 5000;
/** An engine that lived so long has shown that it can. */
const healthyAfterMs = 10_000;
/** Deaths in a row, each soon after the start, until it is given up. */
const mostDeaths = 5;

type Rpc = BirpcReturn<EngineApi, EngineEvents>;

export function superviseEngine({ fork, events, onStatus, onDeath }: SupervisorOptions): EngineSupervisor {
  let status: EngineStatus = { status: 'starting' };
  let child: EngineChild | null = null;
  let rpc: Rpc | null = null;
  let closed = false;
  let deaths = 0;
  let restart: NodeJS.Timeout | null = null;
  const waiting: { resolve(rpc: Rpc): void; reject(error: Error): void }[] = [];

  function setStatus(next: EngineStatus): void {
    status = next;
    onStatus(next);
  }

  function start(): void {
    const startedAt = performance.now();
    const started = fork();
    child = started;
    const line = createBirpc<EngineApi, EngineEvents>(events, {
      post: (message) => started.post(message),
      on: (listener) => started.onMessage(listener),
      // A forward pass of a large model takes its time; a dead engine ends its calls itself.
      timeout: -1,
    });
    rpc = line;
    for (const { resolve } of waiting.splice(0)) resolve(line);

    started.onExit((code, signal) => {
      const reason = signal ? `killed by ${signal}` : `ended with exit code ${code}`;
      rpc = null;
      child = null;
      line.$rejectPendingCalls(({ reject }) => reject(new EngineLost(`The engine was ${reason}`)));
      if (closed) return;
      deaths = performance.now() - startedAt > healthyAfterMs ? 1 : deaths + 1;
      if (deaths > mostDeaths) return giveUp(reason);
      setStatus({ status: 'starting' });
      restart = setTimeout(start, Math.min(longestRestartMs, firstRestartMs * 2 ** (deaths - 1)));
      onDeath(reason);
    });

    line.describe().then(
      (engine) => child === started && setStatus({ status: 'ready', engine }),
      // It died before it could say who it is; onExit has seen it.
      (error) => error instanceof EngineLost || Promise.reject(error),
    );
  }

  function giveUp(reason: string): void {
    const message = `the engine ${reason} ${deaths} times in a row and was not started again; restart the lab`;
    setStatus({ status: 'failed', problem: problem('engine-failed', '', message, { reason, deaths }) });
    for (const { reject } of waiting.splice(0)) reject(new EngineLost(message));
    onDeath(reason);
  }

  function connection(): Promise<Rpc> {
    if (rpc) return Promise.resolve(rpc);
    if (closed) return Promise.reject(new EngineLost('The engine was ended'));
    if (status.status === 'failed') return Promise.reject(new EngineLost(status.problem.message));
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  }

  const api = new Proxy({} as EngineApi, {
    get:
      (_, method: string) =>
      async (...args: unknown[]) =>
        (await connection()).$callRaw({ method, args }),
  });

  start();
  return {
    api,
    status: () => status,
    pid: () => child?.pid,
    close() {
      closed = true;
      if (restart) clearTimeout(restart);
      for (const { reject } of waiting.splice(0)) reject(new EngineLost('The engine was ended'));
      child?.kill();
    },
  };
}
