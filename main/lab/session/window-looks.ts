/** One window's looks at the past: a new look cancels the previous one. */
import type { LookProgress, Moment } from '../../api.ts';
import type { AskRunOver, BatchMoment } from '../../inspect-api.ts';
import type { LookOptions } from '../inspecting/time-machine.ts';

/** At most 20 events a second. */
const eventGapMs = 50;

export interface WindowLooks {
  /** Begins a look and cancels the previous one. */
  begin(runId: string, at: Moment): LookOptions;
  /** Options for work that belongs to the current look and is cancelled with it. */
  join(runId: string, at: Moment | BatchMoment): LookOptions;
  /** Options for work that continues whatever is looked at, until the window leaves the project. */
  apart(runId: string, at: Moment): LookOptions;
  cancel(): void;
  /** Begins a question over epochs and cancels the previous one of its group. */
  over(asked: AskRunOver): LookOptions;
  /** Cancels the question over epochs of this group; absent: all. */
  cancelOver(group?: string): void;
  /** Cancels everything: the window no longer shows the project. */
  leave(): void;
}

export function createWindowLooks(tell: (progress: LookProgress) => void): WindowLooks {
  let current = new AbortController();
  let stay = new AbortController();
  const overEpochs = new Map<string, AbortController>();
  let toldAt = -Infinity;

  function cancel(): void {
    current.abort();
    current = new AbortController();
  }

  function cancelOver(group?: string): void {
    for (const [own, asked] of overEpochs) {
      if (group !== undefined && own !== group) continue;
      asked.abort();
      overEpochs.delete(own);
    }
  }

  const options = ({ signal }: AbortController, runId: string, at: LookProgress['at']): LookOptions => ({
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
    over({ runId, question: { kind }, group = kind }) {
      cancelOver(group);
      const asked = new AbortController();
      overEpochs.set(group, asked);
      return options(asked, runId, { over: kind });
    },
    cancelOver,
    leave() {
      cancel();
      cancelOver();
      stay.abort();
      stay = new AbortController();
    },
  };
}
