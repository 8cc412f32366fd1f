/** Whole trainings against PyTorch's: every epoch's numbers and strings, the weights before and after. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkExperiment } from '../../engine/formats/experiment.ts';
import type { SequenceExperiment, WeightsJson } from '../../engine/model/experiment.ts';
import { createTrainer } from '../../engine/training/trainer.ts';
import { everyBackend } from '../engine/backends.ts';
import { expectAgreement, readFixture } from './agree.ts';

interface TrainingFixture {
  experiment: unknown;
  pytorch: {
    initialWeights: WeightsJson;
    epochs: {
      loss: number;
      gradNorm: number;
      lr: number;
      predictions: string[];
      validationLoss?: number;
      validationAccuracy?: number;
    }[];
    finalWeights: WeightsJson;
  };
}

const folder = join(import.meta.dirname, '..', 'fixtures', 'pytorch');
const files = readdirSync(folder).filter((name) => name.startsWith('train-'));

/** docs/engine.md, "Agreement asked for". */
const hello = {
  loss: { absolute: 0, relative: 1e-6 },
  norm: { absolute: 0, relative: 1e-5 },
  weights: { absolute: 5e-6, relative: 0 },
};
const others = {
  loss: { absolute: 1e-3 * 2e-4, relative: 2e-4 },
  norm: { absolute: 1e-3 * 2e-3, relative: 2e-3 },
  weights: { absolute: 1e-4, relative: 0 },
};

describe('trainings agree with PyTorch', () => {
  it('finds the fixtures', () => {
    expect(files.length).toBeGreaterThanOrEqual(40);
  });

  it.each(everyBackend().flatMap((backend) => files.map((file) => ({ name: backend.name, backend, file }))))(
    '$name, $file',
    ({ backend, file }) => {
      const { experiment, pytorch } = readFixture<TrainingFixture>(file);
      const tolerance = file.includes('hello') ? hello : others;
      const read = checkExperiment(experiment);
      if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
      const made = createTrainer(read.value as SequenceExperiment, null, { backend });
      if (!made.ok) throw new Error(made.problems.map(({ message }) => message).join('; '));
      const trainer = made.value;

      expectSameWeights(trainer.weights(), pytorch.initialWeights, { absolute: 3e-7, relative: 0 });
      const rows = pytorch.epochs.map(() => trainer.stepEpoch()!);
      expect(trainer.state()).toEqual({ status: 'finished', reason: 'epochs' });
      expect(rows.map((row) => row.predictions)).toEqual(pytorch.epochs.map((epoch) => epoch.predictions));
      const column = (key: 'loss' | 'gradNorm' | 'lr') =>
        [rows.map((row) => row[key]), pytorch.epochs.map((epoch) => epoch[key])] as const;
      expectAgreement(...column('loss'), tolerance.loss, 'loss');
      expectAgreement(...column('gradNorm'), tolerance.norm, 'gradient norm');
      expectAgreement(...column('lr'), { absolute: 0, relative: 1e-12 }, 'learning rate');
      for (const [i, { validationLoss, validationAccuracy }] of pytorch.epochs.entries()) {
        expect(rows[i]!.validationAccuracy).toBe(validationAccuracy ?? null);
        if (validationLoss === undefined) expect(rows[i]!.validationLoss).toBeNull();
        else expectAgreement([rows[i]!.validationLoss!], [validationLoss], tolerance.loss, 'validation loss');
      }
      expectSameWeights(trainer.weights(), pytorch.finalWeights, tolerance.weights);
    },
  );
});

function expectSameWeights(
  actual: WeightsJson,
  expected: WeightsJson,
  tolerance: { absolute: number; relative: number },
): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [key, { shape, data }] of Object.entries(expected)) {
    expect(actual[key]!.shape, key).toEqual(shape);
    expectAgreement(actual[key]!.data, data, tolerance, key);
  }
}
