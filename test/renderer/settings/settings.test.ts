import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTraining } from '../../../engine/data/check-training.ts';
import { optimizerDefaults, trainingDefaults } from '../../../engine/data/defaults.ts';
import type { OptimizerSpec, TrainingSpec } from '../../../engine/model/experiment.ts';
import { rules, wrongWith } from '../../../renderer/screens/settings/setting-rules.ts';
import {
  liveDifference,
  newScheduler,
  otherOptimizer,
  takenSettings,
  waitingDifference,
} from '../../../renderer/screens/settings/settings.ts';
import { exactText } from '../../../renderer/text/exact-text.ts';

/** For each rule, the training settings with that number replaced. */
const places: Record<keyof typeof rules, (value: number) => TrainingSpec> = {
  lr: (lr) => withOptimizer({ ...optimizerDefaults.adam, lr }),
  beta: (beta) => withOptimizer({ ...optimizerDefaults.adam, betas: [beta, 0.9] }),
  eps: (eps) => withOptimizer({ ...optimizerDefaults.adam, eps }),
  weightDecay: (weightDecay) => withOptimizer({ ...optimizerDefaults.adam, weightDecay }),
  momentum: (momentum) => withOptimizer({ ...optimizerDefaults.sgd, momentum }),
  alpha: (alpha) => withOptimizer({ ...optimizerDefaults.rmsprop, alpha }),
  clipGradNorm: (clipGradNorm) => ({ ...trainingDefaults, clipGradNorm }),
  epochs: (epochs) => ({ ...trainingDefaults, epochs }),
  batchSize: (batchSize) => ({ ...trainingDefaults, batchSize }),
  seed: (seed) => ({ ...trainingDefaults, seed }),
  stepSize: (stepSize) => ({ ...trainingDefaults, scheduler: { name: 'step', stepSize, gamma: 0.5 } }),
  gamma: (gamma) => ({ ...trainingDefaults, scheduler: { name: 'exponential', gamma } }),
  tMax: (tMax) => ({ ...trainingDefaults, scheduler: { name: 'cosine', tMax, etaMin: 0 } }),
  etaMin: (etaMin) => ({ ...trainingDefaults, scheduler: { name: 'cosine', tMax: 9, etaMin } }),
  patience: (patience) => ({ ...trainingDefaults, earlyStopping: { metric: 'loss', patience, minDelta: 0 } }),
  minDelta: (minDelta) => ({ ...trainingDefaults, earlyStopping: { metric: 'loss', patience: 3, minDelta } }),
  rightFor: (rightFor) => ({ ...trainingDefaults, stopWhen: { lossBelow: null, rightFor } }),
  lossBelow: (lossBelow) => ({ ...trainingDefaults, stopWhen: { lossBelow, rightFor: null } }),
};

function withOptimizer(optimizer: OptimizerSpec): TrainingSpec {
  return { ...trainingDefaults, optimizer };
}

describe('the rules of the fields', () => {
  it.each(Object.keys(rules) as (keyof typeof rules)[])('%s takes what the engine takes', (name) => {
    const numbers = fc.oneof(
      fc.constantFrom(0, -1, 1, 0.5, 1.5, 1e9, 2 ** 53, -0.001, 1e-30),
      fc.integer({ min: -5, max: 2_000_000_000 }),
      fc.double({ noNaN: true, min: -2, max: 2 }),
    );
    fc.assert(
      fc.property(numbers, (value) => {
        expect(wrongWith(value, rules[name]) === null).toBe(checkTraining(places[name](value)).length === 0);
      }),
    );
  });
});

describe('a change of live settings', () => {
  const change = { lr: 0.1, epochs: 40 };

  it('reaches a run that may go on', () => {
    for (const status of ['queued', 'running', 'paused'] as const) {
      expect(takenSettings({ status }, 5, change)).toEqual(change);
    }
  });

  it('gives a run that has done its epochs more of them and nothing else', () => {
    const finished = { status: 'finished', reason: 'epochs' } as const;
    expect(takenSettings(finished, 20, change)).toEqual({ epochs: 40 });
    expect(takenSettings(finished, 40, change)).toBeNull();
    expect(takenSettings(finished, 20, { lr: 0.1 })).toBeNull();
    expect(takenSettings({ status: 'stopped' }, 5, change)).toBeNull();
  });

  it('is what draft and run differ in', () => {
    const run = { ...trainingDefaults, stopWhen: { lossBelow: null, rightFor: 10 } };
    expect(liveDifference(trainingDefaults, trainingDefaults)).toBeNull();
    expect(liveDifference(trainingDefaults, run)).toEqual({ stopWhen: trainingDefaults.stopWhen });
  });
});

describe('settings that wait for a reset', () => {
  it('are all the fields that a document has and a run does not take while it goes on', () => {
    const draft: TrainingSpec = {
      ...trainingDefaults,
      shuffle: true,
      carryState: false,
      restoreBest: true,
      scheduler: { name: 'step', stepSize: 30, gamma: 0.1 },
      earlyStopping: { metric: 'validationLoss', patience: 7, minDelta: 0.5 },
      optimizer: { ...optimizerDefaults.adam, eps: 1e-3, betas: [0.5, 0.6], weightDecay: 0.25 },
    };
    expect(waitingDifference(trainingDefaults, draft)).toEqual({
      shuffle: 'on',
      carryState: 'off',
      restoreBest: 'on',
      scheduler: 'StepLR(step_size=30, gamma=0.1)',
      earlyStopping: '7 epochs (validation loss), min_delta 0.5',
      eps: '0.001',
      betas: '0.5, 0.6',
      weightDecay: '0.25',
    });
    const sgd = (nesterov: boolean) => withOptimizer({ ...optimizerDefaults.sgd, momentum: 0.9, nesterov });
    expect(waitingDifference(sgd(false), sgd(true))).toEqual({ nesterov: 'on' });
  });

  it.each(['step', 'exponential', 'cosine'] as const)(
    'a new schedule by %s is one that the engine takes',
    (name) => {
      for (const epochs of [1, 2, 20, 300]) {
        expect(checkTraining({ ...trainingDefaults, epochs, scheduler: newScheduler(name, epochs) })).toEqual(
          [],
        );
      }
    },
  );

  it('say what the run has instead', () => {
    const draft = { ...trainingDefaults, seed: 3, loss: 'sum' as const };
    expect(waitingDifference(draft, trainingDefaults)).toEqual({ seed: '0', loss: 'mean' });
  });

  it('keep the learning rate when the optimizer changes', () => {
    const sgd = withOptimizer(otherOptimizer('sgd', 0.05));
    expect(sgd.optimizer).toEqual({ ...optimizerDefaults.sgd, lr: 0.05 });
    expect(waitingDifference(sgd, trainingDefaults)).toEqual({ optimizer: 'Adam' });
  });
});

describe('exactText', () => {
  it('is the shortest text of a float32, and of a double', () => {
    expect(exactText(Math.fround(0.1))).toBe('0.1');
    expect(exactText(0.1)).toBe('0.1');
    expect(exactText(1 / 3)).toBe('0.3333333333333333');
    expect(exactText(-1.5)).toBe('−1.5');
    expect(exactText(Number.NaN)).toBe('NaN');
  });
});
