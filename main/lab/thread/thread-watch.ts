/** Whether a thread answers at all. One that computes without end, or waits for a disk that hangs, does not. */

export interface ThreadWatch {
  isSilent(): boolean;
  /** Resolves when it has been silent for the whole of the patience, counted from now. */
  nextSilence(): Promise<void>;
  end(): void;
}

export interface ThreadPatience {
  beatMs: number;
  /** Silent for so many beats it does not answer. */
  beats: number;
}

/** A large checkpoint on a slow disk takes a second or two. */
export const usualPatience: ThreadPatience = { beatMs: 1000, beats: 10 };

/**
 * Asks at once and at each beat. Beats are counted, not time: a computer that sleeps, or a main thread that is held up itself, has
 * none.
 *
 * @param ask resolves when the thread answers.
 * @param onChange told at the begin and at the end of each silence.
 */
export function watchThread(
  ask: () => Promise<void>,
  onChange: (isSilent: boolean) => void,
  { beatMs, beats }: ThreadPatience,
): ThreadWatch {
  /** A start takes its time, which no window has to hear of. */
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
      // Where it has ended it is followed by another, with a watch of its own.
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
