/** The end of an epoch, after its batches (`step.ts`). */
import type { EpochRow } from '../api.ts';
import type { Floats } from '../tensor/floats.ts';
import type { Run } from './run.ts';
import type { Evaluation } from './step.ts';
import { countEpoch, noteBest, stopReason } from './stop-rules.ts';

/**
 * Counts the epoch, keeps or restores the best weights, and returns the epoch's row. Its `trainedMs` is 0; the
 * caller fills it in.
 *
 * @param lr learning rate of the epoch.
 * @param held evaluation of the held-back data; null where nothing is held back.
 * @param writePredictions called after the epoch is counted.
 */
export function closeEpoch(
  run: Run,
  lr: number,
  held: Evaluation | null,
  writePredictions: () => string[],
): EpochRow {
  const { metrics, progress, experiment: document } = run;
  run.batchesDone = 0;
  const loss = Math.fround(
    document.training.loss === 'mean' ? metrics.lossSum / metrics.tokens : metrics.lossSum,
  );
  countEpoch(progress, document.training, loss, held?.loss ?? null, metrics.right === metrics.tokens);
  if (run.best !== null && noteBest(progress, document.training, held?.loss ?? null))
    run.best.set(run.model.parameters.values);
  restoreBestAtEnd(run);
  return {
    epoch: progress.epoch,
    loss,
    lr,
    gradNorm: Math.fround(run.gradNorm),
    accuracy: metrics.right / metrics.tokens,
    validationLoss: held?.loss ?? null,
    validationAccuracy: held?.accuracy ?? null,
    predictions: writePredictions(),
    probabilities: listOf(metrics.probabilities),
    trainedMs: 0,
  };
}

/** Puts the best epoch's weights back where a rule has ended the run and restoreBest is on. */
export function restoreBestAtEnd({ best, progress, model, fused, experiment }: Run): void {
  if (best === null || progress.bestEpoch === null || progress.restoredEpoch !== null) return;
  if (stopReason(progress, experiment.training) === null) return;
  model.parameters.values.set(best);
  fused?.weightsChanged();
  progress.restoredEpoch = progress.bestEpoch.epoch;
}

/** Does what Array.from does, in a tenth of the time; null for no values. */
function listOf(values: Floats): number[] | null {
  if (values.length === 0) return null;
  const list = new Array<number>(values.length);
  for (let i = 0; i < values.length; i++) list[i] = values[i]!;
  return list;
}
