/**
 * The engine process that replays past epochs, beside the one that trains and is not disturbed. The first look starts
 * it, and it ends when nobody has looked for two minutes.
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
  /** How long it waits for another look, in milliseconds. */
  idleMs?: number;
}

/** The engine trains no runs, so it reports no events. */
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
      // Callers that wait for an answer get the error; nothing else is lost.
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
