/** Tracks calls that need a project's file, which is closed only when they are done. */
import { failure, type Problem, type Result } from '../../../engine/errors.ts';

/** How long closing waits. Copying a large project to a slow disk takes a while. */
const mostSettlingMs = 30_000;

export interface WorkUnderWay {
  /** Runs work, or fails after `close`. */
  use<T>(work: () => Promise<Result<T>>): Promise<Result<T>>;
  /** Refuses all further work. */
  close(): void;
  /** Resolves when all work is done, or after 30 seconds: a call may never end if its engine or disk hangs. */
  settled(): Promise<void>;
}

/** `whyClosed` gives the problem with which work is refused after `close`. */
export function trackWork(whyClosed: () => Problem): WorkUnderWay {
  const atWork = new Set<Promise<unknown>>();
  let isClosing = false;
  return {
    async use(work) {
      if (isClosing) return failure(whyClosed());
      const done = work();
      atWork.add(done);
      try {
        return await done;
      } finally {
        atWork.delete(done);
      }
    },
    close() {
      isClosing = true;
    },
    async settled() {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise((resolve) => {
        timer = setTimeout(resolve, mostSettlingMs);
      });
      await Promise.race([Promise.allSettled(atWork), patience]);
      clearTimeout(timer);
    },
  };
}
