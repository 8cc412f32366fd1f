import type { StopReason } from '../api.ts';
import type { TrainingSpec } from '../model/experiment.ts';

/** What the stop rules remember from epoch to epoch. */
export interface Progress {
  /** Whole epochs done. */
  epoch: number;
  loss: number | null;
  /** Epochs in a row in which every string was right. */
  rightEpochs: number;
  /**
   * Best value of the early stopping metric; `epochsSinceBest` counts the epochs since it improved by more than
   * minDelta.
   */
  best: number | null;
  epochsSinceBest: number;
  /** The epoch with the least metric so far, and its loss; null until there is one, or where restoreBest is off. */
  bestEpoch: { epoch: number; metric: number; loss: number } | null;
  /** The epoch whose weights were put back when the run ended; null while the run has its last weights. */
  restoredEpoch: number | null;
}

export function noProgress(): Progress {
  return {
    epoch: 0,
    loss: null,
    rightEpochs: 0,
    best: null,
    epochsSinceBest: 0,
    bestEpoch: null,
    restoredEpoch: null,
  };
}

/**
 * Notes the epoch just counted where it is the best so far, and returns whether it is. The metric is that of early
 * stopping, else the validation loss, else the loss. Among equal epochs the first is the best.
 */
export function noteBest(progress: Progress, training: TrainingSpec, validationLoss: number | null): boolean {
  const { epoch, loss, bestEpoch } = progress;
  const byLoss = training.earlyStopping?.metric === 'loss' || validationLoss === null;
  const metric = byLoss ? loss! : validationLoss;
  if (bestEpoch !== null && metric >= bestEpoch.metric) return false;
  progress.bestEpoch = { epoch, metric, loss: loss! };
  return true;
}

/** Counts an epoch that is done. */
export function countEpoch(
  progress: Progress,
  training: TrainingSpec,
  loss: number,
  validationLoss: number | null,
  allRight: boolean,
): void {
  progress.epoch++;
  progress.loss = loss;
  progress.rightEpochs = allRight ? progress.rightEpochs + 1 : 0;
  if (training.earlyStopping === null) return;
  const metric = training.earlyStopping.metric === 'loss' ? loss : (validationLoss ?? loss);
  if (progress.best === null || metric < progress.best - training.earlyStopping.minDelta) {
    progress.best = metric;
    progress.epochsSinceBest = 0;
  } else {
    progress.epochsSinceBest++;
  }
}

/** The rule that ends the run here; null where the run goes on. */
export function stopReason(progress: Progress, training: TrainingSpec): StopReason | null {
  const { lossBelow, rightFor } = training.stopWhen;
  if (lossBelow !== null && progress.loss !== null && progress.loss < lossBelow) return 'loss-below';
  if (rightFor !== null && progress.rightEpochs >= rightFor) return 'right-for';
  if (training.earlyStopping !== null && progress.epochsSinceBest >= training.earlyStopping.patience)
    return 'patience';
  return progress.epoch >= training.epochs ? 'epochs' : null;
}
