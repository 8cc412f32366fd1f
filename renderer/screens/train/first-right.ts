import type { RunSummary } from '../../../main/api.ts';
import { t } from '../../text/text.svelte.ts';
import type { TrainState } from './train-state.svelte.ts';

/** `first ohlol, epoch 7` where one short string is learned, else `first all right, epoch 7`. */
export function firstRightText(train: Pick<TrainState, 'sampleCount' | 'dataset'>, epoch: number): string {
  const text = train.sampleCount === 1 ? (train.dataset?.samples[0]?.target ?? '') : '';
  return text !== '' && text.length <= 16
    ? t('train_first_right', { text, epoch })
    : t('train_first_all_right', { epoch });
}

/** Where a branch begins, and whose epoch that is. */
export function branchedText(
  { project }: Pick<TrainState, 'project'>,
  { runId, epoch }: NonNullable<RunSummary['parent']>,
): string {
  const parent = project.runs.find(({ id }) => id === runId);
  return parent ? t('train_branched', { number: parent.number, epoch }) : t('train_branched_gone', { epoch });
}
