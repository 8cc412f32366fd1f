import type { EngineDoor, EngineProcessDoor } from './engine-door.ts';

/**
 * Adds `setThreads` to the engine's calls. The number never changes while a run is being opened, because the run's
 * memory is planned for a number of threads.
 */
export function withThreads(door: EngineDoor, set: (threads: number | null) => void): EngineProcessDoor {
  const opening = new Set<Promise<unknown>>();
  return {
    ...door,
    openRun(request) {
      const opened = door.openRun(request);
      const settled = opened.then(
        () => void opening.delete(settled),
        () => void opening.delete(settled),
      );
      opening.add(settled);
      return opened;
    },
    async setThreads(threads) {
      while (opening.size > 0) await Promise.all(opening);
      set(threads);
      return door.describe();
    },
  };
}
