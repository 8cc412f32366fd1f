/** Training 5 epochs, saving, loading and training 5 more gives the bytes of training 10. */
import { describe, expect, it } from 'vitest';
import type { OptimizerSpec } from '../../../engine/model/experiment.ts';
import { createTrainer, type Trainer } from '../../../engine/training/trainer.ts';
import { type Changes, experiment, reversal, trainer, wheat } from '../documents.ts';

const optimizers: OptimizerSpec[] = [
  { name: 'sgd', lr: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
  { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  { name: 'adam', lr: 0.05, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
  { name: 'adamw', lr: 0.05, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
  { name: 'rmsprop', lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0.9, weightDecay: 0.01 },
];
const twoLayers = { cell: 'lstm', numLayers: 2, hiddenSize: 6, head: 'linear', dropout: 0.3 } as const;
const jobs: { name: string; changes: Changes }[] = [
  ...optimizers.map((optimizer) => ({
    name: `${optimizer.name} ${JSON.stringify('momentum' in optimizer ? optimizer.momentum : '')}, shuffled, dropout`,
    changes: {
      dataset: { ...reversal, validation: { fraction: 0.2, seed: 1 } },
      model: twoLayers,
      training: { optimizer, batchSize: 2, shuffle: true, clipGradNorm: 0.5 },
    },
  })),
  {
    name: 'windows of a text, learned states, a schedule, patience',
    changes: {
      dataset: wheat,
      model: { ...twoLayers, initialState: 'learned' },
      training: {
        batchSize: 3,
        scheduler: { name: 'step', stepSize: 2, gamma: 0.5 },
        earlyStopping: { metric: 'loss', patience: 50, minDelta: 0.1 },
      },
    },
  },
  { name: 'hello', changes: {} },
];

/** The same run in a new trainer, as in another process. */
function reopen(changes: Changes, { checkpoint }: Trainer): Trainer {
  return trainer(changes, structuredClone(checkpoint()));
}

function stepBatches(run: Trainer, count: number) {
  return Array.from({ length: count }, () => run.stepBatch()).filter((row) => row !== null);
}

const timeless = (rows: object[]) => rows.map((row) => ({ ...row, trainedMs: 0 }));

describe.each(jobs)('$name', ({ changes }) => {
  const batches = trainer(changes).progress().batchesPerEpoch;
  const total = 10 * batches;

  it.each([0, 1, batches, 5 * batches, 5 * batches + 1, 7 * batches - 1])(
    'stopped after %i batches',
    (stop) => {
      const whole = trainer(changes);
      const rows = stepBatches(whole, total);
      const first = trainer(changes);
      const rowsBefore = stepBatches(first, stop);
      const second = reopen(changes, first);
      expect(second.progress()).toMatchObject({ epoch: Math.floor(stop / batches), batch: stop % batches });
      expect(second.checkpoint()).toEqual(first.checkpoint());
      const rowsAfter = stepBatches(second, total - stop);
      expect(timeless([...rowsBefore, ...rowsAfter])).toEqual(timeless(rows));
      expect(second.checkpoint()).toEqual(whole.checkpoint());
      expect(second.weights()).toEqual(whole.weights());
    },
  );
});

describe('a checkpoint that cannot be used', () => {
  const run = trainer();
  run.stepEpoch();
  const bytes = run.checkpoint();
  const messageOf = (changes: Changes, checkpoint: Uint8Array) => {
    const made = createTrainer(experiment(changes), checkpoint);
    return made.ok ? null : made.problems.map(({ message }) => message).join();
  };
  const malformed = 'the checkpoint is not one of Ohlol version 1, or is cut off';
  const otherDocument = 'the checkpoint belongs to another document: model, data or optimizer differ';

  it.each([0, 5, 12, 100, bytes.length - 1])('cut off after %i bytes', (length) => {
    expect(messageOf({}, bytes.slice(0, length))).toBe(malformed);
  });

  it('random bytes, or one too many', () => {
    expect(
      messageOf(
        {},
        bytes.map((byte) => byte ^ 0x55),
      ),
    ).toBe(malformed);
    expect(messageOf({}, Uint8Array.of(...bytes, 0))).toBe(malformed);
  });

  it.each<{ name: string; changes: Changes }>([
    { name: 'another size', changes: { model: { hiddenSize: 5, head: 'linear' } } },
    {
      name: 'another optimizer',
      changes: {
        training: { optimizer: { name: 'adamw', lr: 0.1, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 } },
      },
    },
  ])('of $name', ({ changes }) => {
    expect(messageOf(changes, bytes)).toBe(otherDocument);
  });

  it('mid-epoch, of a document with fewer batches', () => {
    const changes = { dataset: reversal, model: { head: 'linear' as const } };
    const two = trainer({ ...changes, training: { batchSize: 2 } });
    stepBatches(two, 3);
    expect(messageOf({ ...changes, training: { batchSize: 100 } }, two.checkpoint())).toBe(otherDocument);
  });

  it('damaged at any byte of the header, it is refused or read, never thrown', () => {
    for (let i = 0; i < 900; i++) {
      const damaged = bytes.slice();
      damaged[i] = damaged[i]! ^ 0x11;
      expect(() => messageOf({}, damaged)).not.toThrow();
    }
  });
});
