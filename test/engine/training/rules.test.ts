/** Schedules, clipping and stop rules, each as a small table. */
import { describe, expect, it } from 'vitest';
import type { SchedulerSpec, TrainingSpec } from '../../../engine/model/experiment.ts';
import { clipGradients, totalNorm } from '../../../engine/training/clip.ts';
import { learningRate } from '../../../engine/training/schedules.ts';
import { countEpoch, noProgress, noteBest, stopReason } from '../../../engine/training/stop-rules.ts';
import { experiment, trainer } from '../documents.ts';

describe('learning rate of epochs 1, 2, 3, 4, 5', () => {
  it.each<{ scheduler: SchedulerSpec | null; rates: number[] }>([
    { scheduler: null, rates: [8, 8, 8, 8, 8] },
    { scheduler: { name: 'step', stepSize: 2, gamma: 0.5 }, rates: [8, 8, 4, 4, 2] },
    { scheduler: { name: 'exponential', gamma: 0.5 }, rates: [8, 4, 2, 1, 0.5] },
    { scheduler: { name: 'cosine', tMax: 4, etaMin: 2 }, rates: [8, 7.12132, 5, 2.87868, 2] },
  ])('$scheduler.name', ({ scheduler, rates }) => {
    for (const [i, rate] of rates.entries()) expect(learningRate(scheduler, 8, i + 1)).toBeCloseTo(rate, 5);
  });
});

it('of epochs with the same metric the first is the best', () => {
  const { training } = experiment({});
  const progress = { ...noProgress(), epoch: 3, loss: 0.5 };
  expect(noteBest(progress, training, null)).toBe(true);
  progress.epoch = 4;
  expect(noteBest(progress, training, null)).toBe(false);
  expect(progress.bestEpoch).toMatchObject({ epoch: 3 });
  progress.loss = 0.25;
  expect(noteBest(progress, training, null)).toBe(true);
});

describe('clipping', () => {
  it('scales all gradients where their norm is above the limit', () => {
    const gradients = Float64Array.of(3, 4);
    expect(totalNorm(gradients)).toBe(5);
    clipGradients(gradients, 5, 1);
    expect(totalNorm(gradients)).toBeCloseTo(1, 6);
    expect(gradients[0]! / gradients[1]!).toBeCloseTo(0.75, 12);
  });

  it('leaves them alone where it is not', () => {
    const gradients = Float64Array.of(3, 4);
    clipGradients(gradients, 5, 5.1);
    expect([...gradients]).toEqual([3, 4]);
  });

  it('is told of a gradient that is no number', () => {
    expect(totalNorm(Float32Array.of(1, Number.NaN))).toBeNaN();
    expect(totalNorm(Float32Array.of(1, -Infinity))).toBe(Infinity);
  });
});

describe('stop rules', () => {
  const base = experiment({ training: { epochs: 100 } }).training;

  /** The epoch at which these losses end the run, and the reason. */
  function run(training: Partial<TrainingSpec>, epochs: { loss: number; held?: number; right?: boolean }[]) {
    const progress = noProgress();
    const settings = { ...base, ...training };
    for (const { loss, held, right } of epochs) {
      countEpoch(progress, settings, loss, held ?? null, right ?? false);
      const reason = stopReason(progress, settings);
      if (reason !== null) return `${reason} at ${progress.epoch}`;
    }
    return 'goes on';
  }
  const losses = (...values: number[]) => values.map((loss) => ({ loss }));
  const rights = (...values: boolean[]) => values.map((right) => ({ loss: 1, right }));
  const patience = (n: number, minDelta = 0) => ({
    earlyStopping: { metric: 'loss' as const, patience: n, minDelta },
  });

  it.each([
    [{ epochs: 2 }, losses(3, 2, 1), 'epochs at 2'],
    [{}, losses(3, 2, 1), 'goes on'],
    [{ stopWhen: { lossBelow: 2, rightFor: null } }, losses(3, 2, 1), 'loss-below at 3'],
    [{ stopWhen: { lossBelow: null, rightFor: 2 } }, rights(true, false, true, true), 'right-for at 4'],
    [patience(2), losses(3, 2, 2, 2), 'patience at 4'],
    [patience(2), losses(3, 2, 2, 1, 1), 'goes on'],
    [patience(2, 0.5), losses(3, 2.9, 2.8), 'patience at 3'],
    [patience(2, 0.5), losses(3, 2.4, 2.3), 'goes on'],
    [{ ...patience(1), epochs: 2 }, losses(3, 3), 'patience at 2'],
  ])('%j: %j → %s', (training, epochs, expected) => {
    expect(run(training, epochs)).toBe(expected);
  });

  it('patience watches the held-back loss where it is told to', () => {
    const earlyStopping = { metric: 'validationLoss' as const, patience: 1, minDelta: 0 };
    const epochs = [
      { loss: 3, held: 3 },
      { loss: 2, held: 4 },
    ];
    expect(run({ earlyStopping }, epochs)).toBe('patience at 2');
  });

  it('end a run by themselves, and more epochs let it go on', () => {
    const run = trainer({ training: { epochs: 100, stopWhen: { lossBelow: null, rightFor: 3 } } });
    while (run.state().status === 'paused') run.stepEpoch();
    expect(run.state()).toEqual({ status: 'finished', reason: 'right-for' });
    expect(run.stepBatch()).toBeNull();
    expect(run.stepEpoch()).toBeNull();
    const { epoch } = run.progress();
    expect(run.change({ stopWhen: { lossBelow: null, rightFor: null }, epochs: epoch + 1 })).toEqual([]);
    expect(run.stepEpoch()).toMatchObject({ epoch: epoch + 1 });
    expect(run.state()).toEqual({ status: 'finished', reason: 'epochs' });
  });
});
