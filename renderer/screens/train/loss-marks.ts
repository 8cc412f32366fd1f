import type { EpochMark } from '../../charts/loss-option.ts';
import { t } from '../../text/text.svelte.ts';
import { branchedText, firstRightText } from './first-right.ts';
import type { TrainState } from './train-state.svelte.ts';

/** The epochs at which something happened: where the run branched off, the first right one, the best one. */
export function lossMarks(train: TrainState): EpochMark[] {
  const first = train.run.summary?.firstRightEpoch ?? null;
  const branch = train.run.summary?.parent ?? null;
  const least = train.leastValidation;
  return [
    ...(branch === null
      ? []
      : [{ epoch: Math.max(1, branch.epoch), text: branchedText(train, branch), plain: true }]),
    ...(first === null ? [] : [{ epoch: first, text: firstRightText(train, first) }]),
    ...(least === null ? [] : [{ epoch: least, text: t('train_least_validation', { epoch: least }) }]),
  ];
}
