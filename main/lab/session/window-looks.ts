/** What one window looks at: another look ends the one before. */
import type { LookProgress, Moment } from '../../api.ts';
import type { LookOptions } from '../inspecting/time-machine.ts';

/** 20 events a second. */
const eventGapMs = 50;

export interface WindowLooks {
  /** A new look; the one before is given up. */
  begin(runId: string, at: Moment): LookOptions;
  /** What goes on beside the look, and ends with it. */
  join(runId: string, at: Moment): LookOptions;
  /** What goes on whatever is looked at meanwhile, until it is left. */
  apart(runId: string, at: Moment): LookOptions;
  cancel(): void;
  /** The window shows the project no longer. */
  leave(): void;
}

export function createWindowLooks(tell: (progress: LookProgress) => void): WindowLooks {
  let current = new AbortController();
  let stay = new AbortController();
  let toldAt = -Infinity;

  function cancel(): void {
    current.abort();
    current = new AbortController();
  }

  const options = ({ signal }: AbortController, runId: string, at: Moment): LookOptions => ({
    signal,
    onProgress(epoch, done, of) {
      if (signal.aborted || performance.now() - toldAt < eventGapMs) return;
      toldAt = performance.now();
      tell({ runId, at, epoch, done, of });
    },
  });

  return {
    begin(runId, at) {
      cancel();
      return options(current, runId, at);
    },
    join: (runId, at) => options(current, runId, at),
    apart: (runId, at) => options(stay, runId, at),
    cancel,
    leave() {
      cancel();
      stay.abort();
      stay = new AbortController();
    },
  };
}
