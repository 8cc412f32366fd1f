/** Calls that need a project's file while they run: it is closed when they are done. */
import { failure, type Problem, type Result } from '../../../engine/errors.ts';

/** A copy of a large project to a slow disk takes its time. */
const mostSettlingMs = 30_000;

export interface WorkUnderWay {
  /** Refused once nothing more is taken. */
  use<T>(work: () => Promise<Result<T>>): Promise<Result<T>>;
  /** Takes nothing more from now on. */
  close(): void;
  /** Resolves when all is done; a call that never ends, of an engine or a disk that hangs, is not waited for. */
  settled(): Promise<void>;
}

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
