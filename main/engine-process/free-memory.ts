import { runInNewContext } from 'node:vm';
import type { EngineDoor } from './engine-door.ts';

/** Time after which a closed run's threads have ended; until then they hold its memory, too. */
const threadsGoneMs = 500;

/**
 * Wraps the engine's calls so that the memory of closed runs returns to the system. V8 does not count the size of a
 * WebAssembly memory, so it would free gigabytes of closed runs only when its own small heap is full. Collecting takes
 * about 10 ms. If V8's collector cannot be called (`--expose-gc`), V8 frees the memory when it collects by itself, and
 * the log says so.
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

/** Collects once for all runs that are closed together; a thousand may be, with their project. */
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
    // The context has no `gc`.
  }
  console.error(
    "Ohlol engine: V8's collector cannot be called; closed runs' memory is freed when V8 collects",
  );
  return null;
}
