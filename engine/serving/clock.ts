/** Time as the service sees it. The engine is pure: its clock is passed in. */
export interface Clock {
  /** Resolves after the messages that have arrived meanwhile have been handled. */
  yieldToMessages: () => Promise<void>;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
  /** Resolves after about this many milliseconds. */
  sleep: (ms: number) => Promise<void>;
}

/**
 * Milliseconds of work between two rounds of messages. A call and its answer take a few rounds and must take less
 * than 100 ms.
 */
export const sliceMs = 10;

/** Does work that answers a question, and handles messages between slices of `sliceMs`. */
export async function inSlices<T>(work: Generator<void, T>, { now, yieldToMessages }: Clock): Promise<T> {
  let until = now() + sliceMs;
  let piece = work.next();
  for (; !piece.done; piece = work.next()) {
    if (now() < until) continue;
    await yieldToMessages();
    until = now() + sliceMs;
  }
  return piece.value;
}
