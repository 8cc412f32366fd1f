/** Time as the service has it: the engine is pure and is given its clock. */
export interface Clock {
  /** Resolves after the messages that have arrived meanwhile were taken. */
  yieldToMessages: () => Promise<void>;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
  /** Resolves after about so many milliseconds. */
  sleep: (ms: number) => Promise<void>;
}

/** Work between two looks at the messages. A call and its answer take a few looks, and are to take less than 100 ms. */
export const sliceMs = 10;

/** Work that answers a question, with a look at the messages between slices. */
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
