import { runInNewContext } from 'node:vm';
import type { EngineDoor } from './engine-door.ts';

/** A run's threads have ended by then; before, they hold its memory, too. */
const threadsGoneMs = 500;

/**
 * A door whose runs' memory goes back to the system when they are closed. V8 does not feel how large a WebAssembly
 * memory is, and would collect gigabytes of closed runs only when its own small heap is full. Takes about 10 ms.
 * Where V8 does not give its collector away (`--expose-gc`) it comes when V8 pleases, and the log says so.
 */
export function withFreedMemory<Door extends EngineDoor>(door: Door): Door {
  const collect = findCollector();
  if (collect === null) return door;
  const soon = coalesced(collect);
  return {
    ...door,
    async closeRun(runId) {
      await door.closeRun(runId);
      soon();
    },
  };
}

/** Once for all runs that are closed together: a thousand are, with their project. */
export function coalesced(collect: () => void): () => void {
  let next: NodeJS.Timeout | null = null;
  let last = Number.NEGATIVE_INFINITY;
  const run = () => {
    last = performance.now();
    collect();
  };
  return () => {
    if (next === null && performance.now() - last > threadsGoneMs) setImmediate(run);
    if (next !== null) clearTimeout(next);
    next = setTimeout(() => {
      next = null;
      run();
    }, threadsGoneMs);
    next.unref();
  };
}

function findCollector(): (() => void) | null {
  try {
    const collect: unknown = runInNewContext('gc');
    if (typeof collect === 'function') return () => void collect();
  } catch {
    // No such name there.
  }
  console.error(
    "Ohlol engine: V8's collector cannot be called; closed runs' memory is freed when V8 collects",
  );
  return null;
}
