/** What is told about a batch, compared with the run that trains it. */
import { describe, expect, it } from 'vitest';
import type { BatchStory, SettingsChange } from '../../../engine/api.ts';
import { type Backend, referenceBackend } from '../../../engine/kernels/backend.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type { OptimizerSpec } from '../../../engine/model/experiment.ts';
import { type BatchSource, explainBatchInPieces } from '../../../engine/training/batch-story.ts';
import { everyBackend } from '../backends.ts';
import { type Changes, experiment, reversal, trainer, wheat } from '../documents.ts';
import { expectSum } from '../inspect/random-models.ts';

const optimizers: OptimizerSpec[] = [
  { name: 'sgd', lr: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
  { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0.01 },
  { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0 },
  { name: 'adam', lr: 0.05, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.02 },
  { name: 'adamw', lr: 0.05, betas: [0.8, 0.99], eps: 1e-8, weightDecay: 0.1 },
  { name: 'rmsprop', lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, weightDecay: 0 },
  { name: 'rmsprop', lr: 0.01, alpha: 0.9, eps: 1e-6, momentum: 0.8, weightDecay: 0.01 },
];
const named = optimizers.map((optimizer) => [JSON.stringify(optimizer), optimizer] as const);

const deep: Changes = {
  dataset: reversal,
  model: {
    cell: 'gru',
    hiddenSize: 3,
    numLayers: 2,
    dropout: 0.3,
    head: 'linear',
    embedding: 2,
    initialState: 'learned',
  },
  training: {
    batchSize: 3,
    shuffle: true,
    clipGradNorm: 0.5,
    scheduler: { name: 'exponential', gamma: 0.9 },
  },
};

function explain(
  changes: Changes,
  asked: Partial<BatchSource>,
  backend: Backend = referenceBackend,
): BatchStory {
  const source = {
    experiment: experiment(changes),
    checkpoint: null,
    changes: [],
    batch: 0,
    keys: null,
    ...asked,
  };
  const told = finish(explainBatchInPieces(source, backend));
  if (!told.ok) throw new Error(told.problems.map(({ message }) => message).join());
  return told.value;
}

const columnsOf = (story: BatchStory, key: string) => {
  const { columns } = story.parameters.find((parameter) => parameter.key === key)!;
  return Object.fromEntries(columns.map(({ quantity, data }) => [quantity, data]));
};

describe.each(named)('with %s', (_, optimizer) => {
  const changes = { ...deep, training: { ...deep.training, optimizer } };

  it('a batch is what the run itself did with it, on all kernels, and is made of what is answered', () => {
    for (const backend of everyBackend()) {
      const run = trainer(changes, null, backend);
      const [first, second] = [run.stepEpoch()!, run.checkpoint()];
      expect(first.epoch).toBe(1);
      const asked = { checkpoint: second, experiment: run.experiment };
      const { batchSize } = run.experiment.training;
      for (const batch of [0, 1, 2]) {
        const before = run.weights();
        const row = run.stepBatch();
        const after = run.weights();
        const story = explain(changes, { ...asked, batch }, backend);
        expect(story).toMatchObject({ epoch: 2, batch, batchesPerEpoch: 3 });
        expect(story.lr).toBeCloseTo(optimizer.lr * 0.9, 12);
        if (row) expect(Math.fround(story.gradNorm)).toBe(row.gradNorm);
        for (const { key, steps } of story.parameters) {
          const columns = columnsOf(story, key);
          expect([...columns.value!], key).toEqual(before[key]!.data);
          expect([...columns.valueAfter!], key).toEqual(after[key]!.data);
          checkColumns(optimizer, story, columns, steps);
        }
        const norm = Math.hypot(...story.parameters.map(({ gradientNorm }) => gradientNorm));
        expect(norm).toBeCloseTo(story.gradNorm, 5);
        const losses = story.sequences.reduce((sum, { loss }) => sum + loss, 0);
        expect(losses / story.tokens).toBeCloseTo(story.loss, 5);
        const chosen = story.order!.subarray(batch * batchSize, (batch + 1) * batchSize);
        expect([...chosen].sort()).toEqual(story.sequences.map(({ sample }) => sample!).sort());
        const words = story.sequences.map(({ inputTokens }) => inputTokens.join(''));
        expect(words).toEqual(story.sequences.map(({ sample }) => reversal.samples![sample!]!.input));
      }
      run.close();
    }
  });
});

/** Checks each column of an optimizer's step against the columns before it. */
function checkColumns(
  spec: OptimizerSpec,
  { clip, lr }: BatchStory,
  columns: Record<string, Float32Array>,
  steps: number,
): void {
  const c = columns;
  expect(c.clipped !== undefined).toBe(clip < 1);
  const start = c.clipped ?? c.gradient!;
  const g = c.decayed ?? start;
  const check = (name: string, terms: (i: number) => number[]) => {
    for (const [i, found] of (c[name] ?? new Float32Array()).entries())
      expectSum(found, terms(i), `${name}[${i}]`);
  };
  const { weightDecay } = spec;
  check('clipped', (i) => [c.gradient![i]! * clip]);
  check('decayed', (i) => [start[i]!, weightDecay * c.value![i]!]);
  check('shrunk', (i) => [c.value![i]!, -lr * weightDecay * c.value![i]!]);
  check('valueAfter', (i) => [(c.shrunk ?? c.value!)[i]!, c.delta![i]!]);
  if (spec.name === 'adam' || spec.name === 'adamw') {
    const [b1, b2] = spec.betas;
    check('m', (i) => [b1 * c.mBefore![i]!, (1 - b1) * g[i]!]);
    check('v', (i) => [b2 * c.vBefore![i]!, (1 - b2) * g[i]! ** 2]);
    check('mHat', (i) => [c.m![i]! / (1 - b1 ** steps)]);
    check('vHat', (i) => [c.v![i]! / (1 - b2 ** steps)]);
    check('delta', (i) => [(-lr * c.mHat![i]!) / (Math.sqrt(c.vHat![i]!) + spec.eps)]);
  } else if (spec.name === 'sgd') {
    check('buffer', (i) => [spec.momentum * c.bufferBefore![i]!, g[i]!]);
    check('direction', (i) => [g[i]!, spec.momentum * c.buffer![i]!]);
    check('delta', (i) => [-lr * (c.direction ?? c.buffer ?? g)[i]!]);
  } else if (spec.name === 'rmsprop') {
    check('squares', (i) => [spec.alpha * c.squaresBefore![i]!, (1 - spec.alpha) * g[i]! ** 2]);
    check('scaled', (i) => [g[i]! / (Math.sqrt(c.squares![i]!) + spec.eps)]);
    check('buffer', (i) => [spec.momentum * c.bufferBefore![i]!, c.scaled![i]!]);
    check('delta', (i) => [-lr * (c.buffer ?? c.scaled!)[i]!]);
  }
}

describe('a batch', () => {
  it('of a text carries its state on, and leaves a learned initial state alone after the first', () => {
    const changes: Changes = {
      dataset: wheat,
      model: { cell: 'lstm', hiddenSize: 4, head: 'linear', initialState: 'learned' },
      training: { batchSize: 2 },
    };
    const run = trainer(changes, null, referenceBackend);
    run.stepEpoch();
    run.stepBatch();
    const checkpoint = run.checkpoint();
    run.stepBatch();
    const story = explain(changes, { checkpoint, batch: 1 });
    expect(story.order).toBeNull();
    expect(story.sequences.map(({ stream, sample }) => [stream, sample])).toEqual([
      [0, null],
      [1, null],
    ]);
    expect(story.sequences[0]!.inputTokens).toEqual([...wheat.text!.slice(7, 14)]);
    for (const key of ['rnn.weight_hh_l0', 'head.bias'])
      expect([...columnsOf(story, key).valueAfter!]).toEqual(run.weights()[key]!.data);
    expect(story.parameters.find(({ key }) => key === 'h0')).toMatchObject({ isUpdated: false, columns: [] });
    const before = explain(changes, { checkpoint, batch: 2 });
    expect([...columnsOf(before, 'head.bias').value!]).toEqual(run.weights()['head.bias']!.data);
  });

  it('is trained with the settings that were changed before it, and tells the loss after', () => {
    const changes: Changes = { dataset: reversal, model: { hiddenSize: 5 }, training: { batchSize: 3 } };
    const live: SettingsChange[] = [
      { epoch: 0, batch: 1, settings: { lr: 0.2 } },
      { epoch: 0, batch: 2, settings: { lr: 0.3, clipGradNorm: 0.1 } },
    ];
    const [one, two] = [1, 2].map((batch) => explain(changes, { batch, changes: live }));
    expect([one!.lr, one!.clip, two!.lr]).toEqual([0.2, 1, 0.3]);
    expect(two!.clip).toBeCloseTo(0.1 / (two!.gradNorm + 1e-6), 12);
    const gentle = explain(changes, { batch: 0 });
    expect(gentle.lossAfter!).toBeLessThan(gentle.loss);
  });

  it('is answered for the tensors that are asked for, and refused where it is not there', () => {
    const some = explain({}, { keys: ['rnn.bias_hh_l0'] });
    expect(some.parameters.map(({ columns }) => columns.length > 0)).toEqual([false, false, false, true]);
    expect(() => explain({}, { batch: 1 })).toThrow('batch is 1; the epoch has batches 0 to 0 from there on');
    expect(() => explain({}, { keys: ['rnn.bias'] })).toThrow(
      'keys holds "rnn.bias", which the model does not have',
    );
    const large: Changes = { model: { cell: 'lstm', hiddenSize: 700, head: 'linear' } };
    expect(() => explain(large, {})).toThrow(/fewer keys need less/);
  });
});
