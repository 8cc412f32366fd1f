/**
 * training.restoreBest: which epoch is the best, when its weights come back, and that no interruption
 * changes that.
 */
import { describe, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { type Changes, trainer, wheat } from '../documents.ts';

const turning: Changes = {
  // One batch per epoch, so an epoch's loss is that of the weights before its update.
  dataset: {
    ...wheat,
    sequenceLength: 200,
    validation: { text: 'at the wheat, need a hat that thaws' },
    vocabulary: [...'abdehnrstw ,'],
  },
  model: { head: 'linear', hiddenSize: 12, cell: 'gru' },
  training: {
    epochs: 40,
    restoreBest: true,
    optimizer: { name: 'adam', lr: 0.05, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 },
  },
};
const plain: Changes = { ...turning, training: { ...turning.training, restoreBest: false } };

function rowsOf(run: ReturnType<typeof trainer>): EpochRow[] {
  const rows: EpochRow[] = [];
  for (let row = run.stepEpoch(); row !== null; row = run.stepEpoch()) rows.push({ ...row, trainedMs: 0 });
  return rows;
}

function bestOf(rows: EpochRow[], metric: 'loss' | 'validationLoss'): EpochRow {
  return rows.reduce((best, row) => (row[metric]! < best[metric]! ? row : best));
}

describe('the best epoch’s weights', () => {
  const alone = trainer(plain);
  const rows = rowsOf(alone);
  const best = bestOf(rows, 'validationLoss');

  it('come back at the end, as they were after that epoch', () => {
    expect(best.epoch).toBeGreaterThan(1);
    expect(best.epoch).toBeLessThan(40);
    const run = trainer(turning);
    expect(rowsOf(run)).toEqual(rows);
    expect(run.restoredEpoch()).toBe(best.epoch);
    expect(run.trainedBy()).toEqual({ epochs: best.epoch, loss: best.loss });
    const until = trainer(plain);
    for (let e = 0; e < best.epoch; e++) until.stepEpoch();
    expect(run.weights()).toEqual(until.weights());
    expect(run.weights()).not.toEqual(alone.weights());
  });

  it('are by the early stopping metric where there is one', () => {
    const stopping = { metric: 'loss', patience: 100, minDelta: 0 } as const;
    const run = trainer({ ...turning, training: { ...turning.training, earlyStopping: stopping } });
    expect(run.restoredEpoch()).toBeNull();
    rowsOf(run);
    expect(run.restoredEpoch()).toBe(bestOf(rows, 'loss').epoch);
  });

  it('are by the loss where nothing is held back, and many epochs at once are not taken', () => {
    const run = trainer({ training: { restoreBest: true } });
    expect(run.manyEpochs(10, 10)).toBeNull();
    const own = rowsOf(run);
    expect(run.restoredEpoch()).toBe(bestOf(own, 'loss').epoch);
  });

  it('are in the checkpoint: a run that is interrupted anywhere ends the same', () => {
    const whole = trainer(turning);
    rowsOf(whole);
    for (const at of [1, best.epoch, best.epoch + 3, 39]) {
      const first = trainer(turning);
      for (let e = 0; e < at; e++) first.stepEpoch();
      const second = trainer(turning, first.checkpoint());
      rowsOf(second);
      expect(second.checkpoint()).toEqual(whole.checkpoint());
      expect(trainer(turning, second.checkpoint()).restoredEpoch()).toBe(best.epoch);
    }
  });

  it('come back when a changed setting ends the run, and training goes on from them', () => {
    const run = trainer(turning);
    for (let e = 0; e < best.epoch + 2; e++) run.stepEpoch();
    run.change({ epochs: best.epoch + 2 });
    expect(run.state()).toMatchObject({ status: 'finished' });
    expect(run.restoredEpoch()).toBe(best.epoch);
    const restored = run.weights();
    run.change({ epochs: 40 });
    expect(run.weights()).toEqual(restored);
    const next = run.stepEpoch()!;
    expect(run.restoredEpoch()).toBeNull();
    const other = trainer(plain);
    for (let e = 0; e < best.epoch; e++) other.stepEpoch();
    // An epoch's loss is that of the weights before its update: here the weights of the best epoch.
    expect(next.loss).toBe(other.stepEpoch()!.loss);
  });
});
