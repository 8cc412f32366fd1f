import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EngineDoor } from './engine-door.ts';

/** A run's threads have ended by then; before, they hold its memory, too. */
const threadsGoneMs = 500;

/**
 * A door whose runs' memory goes back to the system when they are closed. V8 does not feel how large a WebAssembly
 * memory is, and would collect gigabytes of closed runs only when its own small heap is full. Takes about 10 ms.
 */
export function withFreedMemory(door: EngineDoor): EngineDoor {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return {
    ...door,
    async closeRun(runId) {
      await door.closeRun(runId);
      setImmediate(collect);
      setTimeout(collect, threadsGoneMs).unref();
    },
  };
}
