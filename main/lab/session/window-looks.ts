/** One window's looks at the past: a new look cancels the previous one. */
import type { QuestionKind } from '../../../engine/questions.ts';
import type { LookProgress, Moment } from '../../api.ts';
import type { BatchMoment } from '../../inspect-api.ts';
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
  /** Begins a question over epochs and cancels the previous one of its kind. */
  over(runId: string, kind: QuestionKind): LookOptions;
  cancelOver(): void;
  /** Cancels everything: the window no longer shows the project. */
  leave(): void;
}

export function createWindowLooks(tell: (progress: LookProgress) => void): WindowLooks {
  let current = new AbortController();
  let stay = new AbortController();
  const overEpochs = new Map<QuestionKind, AbortController>();
  let toldAt = -Infinity;

  function cancel(): void {
    current.abort();
    current = new AbortController();
  }

  function cancelOver(): void {
    for (const asked of overEpochs.values()) asked.abort();
    overEpochs.clear();
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
    over(runId, kind) {
      overEpochs.get(kind)?.abort();
      const asked = new AbortController();
      overEpochs.set(kind, asked);
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
