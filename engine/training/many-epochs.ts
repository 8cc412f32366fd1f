/** Trains many epochs in one call (fused-epochs.ts), and writes their rows afterwards. */
import type { EpochRow } from '../api.ts';
import { loadBatch } from '../data/batches.ts';
import type { Problem } from '../errors.ts';
import { findBadActivation, findBadGradient, noProgressMade, takeBackUpdate } from './divergence.ts';
import type { FusedEpochs } from './fused-epochs.ts';
import type { Run } from './run.ts';
import { learningRate } from './schedules.ts';

/**
 * Whether the next epochs can be trained without a look in between: no rule judges single epochs, and no epoch is
 * under way.
 */
export function canTrainMany(run: Run): boolean {
  const { earlyStopping, stopWhen, restoreBest } = run.experiment.training;
  const looks =
    restoreBest || earlyStopping !== null || stopWhen.lossBelow !== null || stopWhen.rightFor !== null;
  return run.fused !== null && run.fused.epochs !== null && run.batchesDone === 0 && !looks;
}

export interface ManyEpochs {
  /**
   * Trains for about this many milliseconds, at least one epoch and at most `atMost`, and appends the epochs' rows.
   */
  train(rows: EpochRow[], atMost: number, milliseconds: number): Trained;
}

export interface Trained {
  divergence: Problem | null;
  /** Milliseconds of the training itself, without writing the rows. */
  trainedMs: number;
}

/** `closeEpoch` counts the epoch that run.metrics describes, and returns its row. */
export function createManyEpochs(
  run: Run,
  epochs: FusedEpochs,
  closeEpoch: (lr: number) => EpochRow,
  now: () => number,
): ManyEpochs {
  epochs.makeReady();
  const rates = new Float64Array(epochs.most);
  /** Milliseconds of an epoch, measured by the last call. */
  let msPerEpoch = Infinity;

  function diverged(bad: 'loss' | 'norm' | 'weight'): Problem {
    const { model, batch, valuesBefore } = run;
    const { optimizer } = run.experiment.training;
    const k = epochs.failedBatch();
    const place = { epoch: run.progress.epoch + 1, batch: k + 1 };
    run.batchesDone = k;
    loadBatch(batch, run.training, k, run.order);
    run.loaded = k;
    if (bad === 'loss') return findBadActivation(model, batch.packing, epochs.failedLoss(), place);
    if (bad === 'norm') return findBadGradient(model.parameters, place);
    return takeBackUpdate(model.parameters, valuesBefore, optimizer, place);
  }

  return {
    train(rows, atMost, milliseconds) {
      const { scheduler, optimizer, clipGradNorm, epochs: last } = run.experiment.training;
      // With no time left and epochs that took no time, the quotient is 0 / 0.
      const fit = Math.max(1, Math.floor(milliseconds / msPerEpoch) || 1);
      const count = Math.min(fit, epochs.most, atMost, last - run.progress.epoch);
      for (let e = 0; e < count; e++)
        rates[e] = learningRate(scheduler, optimizer.lr, run.progress.epoch + 1 + e);
      const started = now();
      const { done, bad } = epochs.train(rates, count, clipGradNorm);
      const trainedMs = now() - started;
      for (let e = 0; e < done; e++) {
        run.gradNorm = epochs.readRecord(run.metrics, e, run.training.batchesPerEpoch);
        rows.push(closeEpoch(rates[e]!));
      }
      msPerEpoch = (now() - started) / Math.max(done, 1);
      if (bad === null) {
        const place = { epoch: run.progress.epoch + 1, batch: 1 };
        return { divergence: done > 0 ? null : noProgressMade(place), trainedMs };
      }
      epochs.readRecord(run.metrics, done, epochs.failedBatch());
      return { divergence: diverged(bad), trainedMs };
    },
  };
}
