/** Watches whether a thread answers. A thread that computes without end, or waits for a disk that hangs, does not. */

export interface ThreadWatch {
  isSilent(): boolean;
  /** Resolves when the thread has been silent for the whole of the patience, counted from now. */
  nextSilence(): Promise<void>;
  end(): void;
}

export interface ThreadPatience {
  beatMs: number;
  /** A thread that misses this many beats in a row counts as silent. */
  beats: number;
}

/** Ten seconds: a large checkpoint on a slow disk takes one or two. */
export const usualPatience: ThreadPatience = { beatMs: 1000, beats: 10 };

/**
 * Asks the thread at once and at each beat. Beats are counted, not time, because a computer that sleeps, or a main
 * thread that is held up itself, has no beats.
 *
 * @param ask resolves when the thread answers.
 * @param onChange called at the beginning and at the end of each silence, but not before the first answer.
 */
export function watchThread(
  ask: () => Promise<void>,
  onChange: (isSilent: boolean) => void,
  { beatMs, beats }: ThreadPatience,
): ThreadWatch {
  /** Whether the thread has answered once. A slow start is not reported to windows. */
  let isUp = false;
  let waits = false;
  let missed = 0;
  let waiting: { beats: number; resolve: () => void }[] = [];
  const isSilent = () => missed >= beats;

  function answered(): void {
    const wasSilent = isSilent();
    isUp = true;
    waits = false;
    missed = 0;
    for (const one of waiting) one.beats = 0;
    if (wasSilent) onChange(false);
  }

  function beat(): void {
    if (!waits) {
      waits = true;
      // A thread that has ended is replaced by another, which has its own watch.
      ask().then(answered, () => {});
      return;
    }
    for (const one of waiting) one.beats += 1;
    const over = waiting.filter((one) => one.beats >= beats);
    waiting = waiting.filter((one) => one.beats < beats);
    for (const { resolve } of over) resolve();
    if (!isUp) return;
    missed += 1;
    if (missed === beats) onChange(true);
  }

  beat();
  const timer = setInterval(beat, beatMs);
  return {
    isSilent,
    nextSilence: () => new Promise((resolve) => waiting.push({ beats: 0, resolve })),
    end: () => clearInterval(timer),
  };
}
