/**
 * Where a number that is not finite is found, and what happens to a run whose kernels report something
 * wrong.
 */
import { describe, expect, it } from 'vitest';
import { type Backend, loadWasm } from '../../../engine/kernels/backend.ts';
import type { WasmExports } from '../../../engine/kernels/program.ts';
import type { WeightsJson } from '../../../engine/model/experiment.ts';
import type { ModelSpec } from '../../../engine/model/spec.ts';
import { everyBackend } from '../backends.ts';
import { type Changes, trainer } from '../documents.ts';

const sgd = (lr: number) => ({ name: 'sgd', lr, momentum: 0, nesterov: false, weightDecay: 0 }) as const;

/** A model's weights: all zero except the given matrices, which have `value` on the diagonal. */
function diagonals(changes: Changes, given: Record<string, number>): WeightsJson {
  const weights = trainer(changes).weights();
  for (const [key, { shape, data }] of Object.entries(weights)) {
    data.fill(0);
    const [rows, columns] = shape as [number, number];
    for (let i = 0; i < Math.min(rows, columns) && key in given; i++) data[i * columns + i] = given[key]!;
  }
  return weights;
}

function problemOf(run: ReturnType<typeof trainer>): { code: string; message: string } {
  const state = run.state();
  if (state.status !== 'diverged') throw new Error(`the run is ${state.status}`);
  return state.problem;
}

describe.each(everyBackend())('a forward pass on $name', (backend) => {
  // h starts at 1 and grows by a factor of 1e10 a step. float32 ends at 3.4e38, so the fifth step
  // overflows.
  const grows = 1e10;
  const places: [string, Partial<ModelSpec>, Record<string, number>, string][] = [
    ['one layer', {}, { 'rnn.weight_ih_l0': 1, 'rnn.weight_hh_l0': grows }, 'layer 0 at step 5'],
    [
      'the second of two layers, whose input grows too',
      { numLayers: 2 },
      { 'rnn.weight_ih_l0': 1, 'rnn.weight_hh_l0': 1e5, 'rnn.weight_ih_l1': 1, 'rnn.weight_hh_l1': grows },
      'layer 1 at step 5',
    ],
    [
      'a reverse direction, whose first step is the last',
      { bidirectional: true },
      { 'rnn.weight_ih_l0_reverse': 1, 'rnn.weight_hh_l0_reverse': grows },
      'layer 0 at step 3',
    ],
    [
      'the first step',
      {},
      { 'rnn.weight_ih_l0': 3e38, 'rnn.weight_hh_l0': 1, h0: 3e38 },
      'layer 0 at step 1',
    ],
  ];

  it.each(places)('names the step in %s', (_, model, given, place) => {
    const changes: Changes = {
      dataset: { samples: ['aa', 'aaaaaaa', 'aaa'].map((input) => ({ input, target: input })) },
      model: { ...model, head: 'linear', hiddenSize: 1, nonlinearity: 'relu' },
      training: { batchSize: 3, optimizer: sgd(0.1) },
    };
    if (given.h0 !== undefined) {
      changes.model!.initialState = { values: [[given.h0]] };
    }
    const run = trainer({ ...changes, initialWeights: diagonals(changes, given) }, null, backend);
    run.stepBatch();
    expect(problemOf(run).message).toContain(`the output of ${place} is Infinity in epoch 1, batch 1`);
  });
});

describe.each(everyBackend())('float32 and no less on $name', (backend) => {
  const hello: Changes = {
    dataset: { samples: [{ input: 'ab', target: 'ba' }] },
    model: { head: 'linear', hiddenSize: 2, nonlinearity: 'relu' },
    training: { optimizer: sgd(1e-30), epochs: 3 },
  };

  it('a gradient whose square is too large is a gradient', () => {
    const initialWeights = diagonals(hello, { 'rnn.weight_ih_l0': 1e20 });
    const run = trainer({ ...hello, initialWeights }, null, backend);
    // dHead is ±0.25 · 1e20 in four places.
    expect(run.stepEpoch()!.gradNorm / 1e20).toBeCloseTo(0.5, 5);
    expect(run.state().status).toBe('paused');
  });

  it('a loss that is too large is none, and is told as one', () => {
    const given = { 'rnn.weight_ih_l0': 1, 'head.weight': 3e38 };
    const run = trainer({ ...hello, initialWeights: diagonals(hello, given) }, null, backend);
    run.stepEpoch();
    expect(problemOf(run).message).toMatch(/^the loss is Infinity in epoch 1, batch 1; training needs/);
  });

  it('so is a validation loss: the epoch is not done, its last batch is taken back', () => {
    const changes: Changes = {
      ...hello,
      dataset: {
        samples: [{ input: 'a', target: 'a' }],
        vocabulary: ['a', 'b'],
        targetVocabulary: ['a', 'b'],
        validation: [{ input: 'aaaaaaaa', target: 'aaaaaaaa' }],
      },
    };
    const given = { 'rnn.weight_ih_l0': 1, 'rnn.weight_hh_l0': 1e10, 'head.weight': 1 };
    const run = trainer({ ...changes, initialWeights: diagonals(changes, given) }, null, backend);
    const before = run.weights();
    expect(run.stepEpoch()).toBeNull();
    expect(problemOf(run).message).toMatch(/^the validation loss is NaN in epoch 1, batch 1; training needs/);
    expect(run.weights()).toEqual(before);
    expect(run.progress()).toMatchObject({ epoch: 0, batch: 0 });
    expect(trainer(changes, run.checkpoint(), backend).weights()).toEqual(before);
  });

  it('a gradient that is too large is none, and the checkpoint from before it can be opened', () => {
    const changes: Changes = {
      ...hello,
      dataset: { samples: [{ input: 'aaa', target: 'bbb' }], targetVocabulary: ['a', 'b'] },
      training: { ...hello.training, loss: 'sum' },
    };
    const initialWeights = diagonals(changes, { 'rnn.weight_ih_l0': 3e38 });
    // dHead is a sum of three terms of 0.5 · 3e38.
    const run = trainer({ ...changes, initialWeights }, null, backend);
    const before = run.weights();
    run.stepBatch();
    expect(problemOf(run).message).toMatch(/^the gradient of head\.weight is -?Infinity in epoch 1, batch 1/);
    expect(trainer(changes, run.checkpoint(), backend).weights()).toEqual(before);
  });
});

describe('kernels that report what is not so end the run with a sentence', () => {
  /** Kernels whose functions give other answers. */
  function lying(answers: Partial<WasmExports>): Backend {
    const backend = loadWasm()!;
    return {
      ...backend,
      create(work, bytes) {
        const kernels = backend.create(work, bytes);
        const functions = { ...kernels.program!.functions, ...answers };
        return { ...kernels, program: { ...kernels.program!, functions } };
      },
    };
  }
  const shuffled: Changes = { training: { shuffle: true } };

  it.each([
    [1, 'the loss'],
    [2, 'the gradient norm'],
    [3, 'an updated weight'],
  ])('status %i: %s', (status, what) => {
    const run = trainer(shuffled, null, lying({ trainBatch: () => status }));
    const before = run.weights();
    expect(run.stepEpoch()).toBeNull();
    expect(problemOf(run)).toMatchObject({
      code: 'kernel-report',
      message:
        `the kernels report that ${what} is not finite in epoch 1, batch 1, but every number is; ` +
        'this is an error of the lab itself, and the run cannot go on',
    });
    if (status < 3) expect(run.weights()).toEqual(before);
    expect([run.stepBatch(), run.manyEpochs(10, 10)]).toEqual([null, null]);
  });

  it('many epochs in one call that are none', () => {
    const run = trainer({}, null, lying({ trainEpochs: () => 0 }));
    expect(run.manyEpochs(Infinity, Infinity)).toEqual([]);
    expect(problemOf(run)).toMatchObject({
      code: 'kernel-report',
      message: expect.stringMatching(/^the kernels trained nothing in epoch 1, batch 1/),
    });
  });
});
