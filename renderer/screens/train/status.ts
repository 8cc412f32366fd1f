/** What is said about a run: its badge, the line beside it, and how it ended. */
import type { RunState } from '../../../engine/api.ts';
import type { StopRules } from '../../../engine/model/experiment.ts';
import type { TextKey, Words } from '../../text/text.svelte.ts';

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

export function statusBadge(state: RunState): { key: TextKey; tone: Tone } {
  switch (state.status) {
    case 'queued':
      return { key: 'train_status_queued', tone: 'plain' };
    case 'running':
      return { key: 'train_status_running', tone: 'good' };
    case 'paused':
      return { key: 'train_status_paused', tone: 'plain' };
    case 'finished':
      return { key: 'train_status_finished', tone: 'plain' };
    case 'stopped':
      return { key: 'train_status_stopped', tone: 'plain' };
    case 'diverged':
      return { key: 'train_status_diverged', tone: 'bad' };
    case 'interrupted':
      return { key: 'train_status_interrupted', tone: 'warn' };
  }
}

export interface RunFacts {
  state: RunState;
  epoch: number;
  epochs: number;
  streak: number;
  firstRightEpoch: number | null;
  stopWhen: StopRules;
}

/** One phrase beside the badge; null where there is nothing to add. */
export function statusLine({
  state,
  epoch,
  epochs,
  streak,
  firstRightEpoch,
  stopWhen,
}: RunFacts): Words | null {
  switch (state.status) {
    case 'queued':
      return null;
    case 'running':
    case 'paused':
      if (epoch === 0) return { key: 'train_line_ready', values: { epochs } };
      if (streak === 0) return null;
      return stopWhen.rightFor === null
        ? { key: 'train_line_right', values: { count: streak } }
        : { key: 'train_line_right_stops', values: { count: streak, limit: stopWhen.rightFor } };
    case 'finished':
      return finishedLine(state.reason, epoch, firstRightEpoch, stopWhen);
    case 'stopped':
      return { key: 'train_line_stopped', values: { epoch } };
    case 'diverged':
    case 'interrupted':
      return null;
  }
}

function finishedLine(
  reason: Extract<RunState, { status: 'finished' }>['reason'],
  epoch: number,
  firstRightEpoch: number | null,
  stopWhen: StopRules,
): Words {
  switch (reason) {
    case 'epochs':
      return firstRightEpoch === null
        ? { key: 'train_line_epochs_never', values: { epoch } }
        : { key: 'train_line_epochs_right', values: { epoch, first: firstRightEpoch } };
    case 'loss-below':
      return { key: 'train_line_loss_below', values: { limit: stopWhen.lossBelow, epoch } };
    case 'right-for':
      return { key: 'train_line_right_for', values: { count: stopWhen.rightFor, epoch } };
    case 'patience':
      return { key: 'train_line_patience', values: { epoch } };
  }
}
