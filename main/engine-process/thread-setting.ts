import type { EngineDoor, EngineProcessDoor } from './engine-door.ts';

/** A door with a setting for threads, which never changes while a run is opened: its memory is planned for a number of them. */
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
