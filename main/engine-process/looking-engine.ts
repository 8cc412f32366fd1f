/**
 * The engine process that looks at what is over: beside the one that trains, which goes on as if nobody looked. It is
 * started by the first look, and ends when nobody has looked for a while.
 */
import type { EngineEvents } from '../../engine/api.ts';
import type { EngineDoor } from './engine-door.ts';
import type { FlagChoice } from './flag-choice.ts';
import { type EngineSupervisor, type SupervisorOptions, superviseEngine } from './supervisor.ts';

const idleMs = 120_000;

export interface LookingEngine {
  readonly api: EngineDoor;
  threadsChanged(): Promise<void>;
  close(): void;
}

export interface LookingEngineOptions extends Pick<SupervisorOptions, 'fork' | 'threads'> {
  flags(): FlagChoice;
  /** How long it waits for another look. */
  idleMs?: number;
}

/** It trains no runs, so it reports of none. */
const noEvents: EngineEvents = { epochs() {}, checkpoint() {}, state() {} };

export function createLookingEngine({ flags, ...options }: LookingEngineOptions): LookingEngine {
  let running: EngineSupervisor | null = null;
  let calls = 0;
  let idle: NodeJS.Timeout | null = null;

  function start(): EngineSupervisor {
    return superviseEngine({
      fork: options.fork,
      ...(options.threads ? { threads: options.threads } : {}),
      flags: flags(),
      events: noEvents,
      onStatus() {},
      // Who waits for an answer is told; nothing else is lost with it.
      onDeath() {},
    });
  }

  function end(): void {
    running?.close();
    running = null;
  }

  function endWhenIdle(): void {
    if (idle) clearTimeout(idle);
    idle = setTimeout(() => calls === 0 && end(), options.idleMs ?? idleMs);
    idle.unref();
  }

  const api = new Proxy({} as EngineDoor, {
    get:
      (_, method: keyof EngineDoor) =>
      async (...args: unknown[]) => {
        running ??= start();
        calls++;
        try {
          return await (running.api[method] as (...args: unknown[]) => Promise<unknown>)(...args);
        } finally {
          calls--;
          endWhenIdle();
        }
      },
  });

  return {
    api,
    threadsChanged: async () => running?.threadsChanged(),
    close() {
      if (idle) clearTimeout(idle);
      end();
    },
  };
}
