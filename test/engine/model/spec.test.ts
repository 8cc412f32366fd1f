import { describe, expect, it } from 'vitest';
import {
  checkModel,
  defaultModel,
  type ModelSpec,
  modelLimits,
  parameterCount,
  parameterShapes,
} from '../../../engine/model/spec.ts';

const sizes = { inputSize: 5, outputSize: 4 };

function keysOf(changes: Partial<ModelSpec>): Record<string, number[]> {
  return Object.fromEntries(
    parameterShapes({ ...defaultModel(), ...changes }, sizes).map(({ key, shape }) => [key, shape]),
  );
}

describe('parameter shapes', () => {
  it('are those of nn.RNN(5, 4)', () => {
    expect(keysOf({})).toEqual({
      'rnn.weight_ih_l0': [4, 5],
      'rnn.weight_hh_l0': [4, 4],
      'rnn.bias_ih_l0': [4],
      'rnn.bias_hh_l0': [4],
    });
    expect(parameterCount(defaultModel(), sizes)).toBe(20 + 16 + 8);
  });

  it('come in the order of the state dict', () => {
    const shapes = keysOf({
      cell: 'lstm',
      embedding: 3,
      hiddenSize: 2,
      numLayers: 2,
      bidirectional: true,
      bias: false,
      head: 'linear',
      initialState: 'learned',
    });
    expect(Object.entries(shapes)).toEqual([
      ['h0', [4, 2]],
      ['c0', [4, 2]],
      ['embedding.weight', [5, 3]],
      ['rnn.weight_ih_l0', [8, 3]],
      ['rnn.weight_hh_l0', [8, 2]],
      ['rnn.weight_ih_l0_reverse', [8, 3]],
      ['rnn.weight_hh_l0_reverse', [8, 2]],
      ['rnn.weight_ih_l1', [8, 4]],
      ['rnn.weight_hh_l1', [8, 2]],
      ['rnn.weight_ih_l1_reverse', [8, 4]],
      ['rnn.weight_hh_l1_reverse', [8, 2]],
      ['head.weight', [4, 4]],
      ['head.bias', [4]],
    ]);
  });

  it('stack three gates for a GRU, which has no c0', () => {
    expect(keysOf({ cell: 'gru', initialState: 'learned' })).toMatchObject({
      h0: [1, 4],
      'rnn.weight_ih_l0': [12, 5],
    });
    expect(keysOf({ cell: 'gru', initialState: 'learned' })).not.toHaveProperty('c0');
  });
});

describe('what cannot be built', () => {
  const cases: { changes: Partial<ModelSpec>; message: string; path: string }[] = [
    {
      changes: { hiddenSize: 3 },
      message:
        'model.hiddenSize is 3, the target vocabulary has 4 tokens; without a head h_t is the logits, so the sizes must be equal, or model.head linear',
      path: 'model.hiddenSize',
    },
    {
      changes: { bidirectional: true },
      message:
        'model.hiddenSize is 4, twice for two directions, the target vocabulary has 4 tokens; without a head h_t is the logits, so the sizes must be equal, or model.head linear',
      path: 'model.hiddenSize',
    },
    {
      changes: { hiddenSize: 0 },
      message: 'model.hiddenSize is 0; it needs a whole number from 1 to 4096',
      path: 'model.hiddenSize',
    },
    {
      changes: { numLayers: 17 },
      message: 'model.numLayers is 17; it needs a whole number from 1 to 16',
      path: 'model.numLayers',
    },
    {
      changes: { embedding: 2.5 },
      message: 'model.embedding is 2.5; it needs a whole number from 1 to 4096',
      path: 'model.embedding',
    },
    {
      changes: { dropout: 0.5 },
      message:
        'model.dropout is 0.5 with 1 layer; dropout acts between layers, so it needs numLayers 2 or more',
      path: 'model.dropout',
    },
    {
      changes: { dropout: 1, numLayers: 2 },
      message: 'model.dropout is 1; it needs a probability from 0 up to but not including 1',
      path: 'model.dropout',
    },
    {
      changes: { initialState: { values: [] } },
      message:
        'model.initialState.values has 0 rows; it needs 1 of 4 numbers, one for each layer and direction',
      path: 'model.initialState.values',
    },
    {
      changes: { initialState: { values: [[1, 2]] } },
      message:
        'model.initialState.values[0] has 2 numbers; it needs 1 of 4 numbers, one for each layer and direction',
      path: 'model.initialState.values[0]',
    },
    {
      changes: { initialState: { values: [[0, 0, 1e39, 0]] } },
      message: 'model.initialState.values[0][2] is 1e+39; it needs a finite number',
      path: 'model.initialState.values[0][2]',
    },
    {
      changes: { hiddenSize: 4096, numLayers: 16, head: 'linear' },
      message: `model has 520261636 parameters; the lab takes at most ${modelLimits.parameters}`,
      path: 'model',
    },
  ];

  it.each(cases)('$message', ({ changes, message, path }) => {
    const problems = checkModel({ ...defaultModel(), ...changes }, sizes);
    expect(problems.map((problem) => [problem.message, problem.path])).toEqual([[message, path]]);
  });

  it('names every problem at once', () => {
    const changes = { hiddenSize: -1, numLayers: 0, dropout: Number.NaN, embedding: 0 };
    const problems = checkModel({ ...defaultModel(), ...changes }, sizes, 'draft.model');
    expect(problems.map(({ path }) => path)).toEqual([
      'draft.model.embedding',
      'draft.model.hiddenSize',
      'draft.model.numLayers',
      'draft.model.dropout',
    ]);
  });

  it('nothing keeps the default model from being built', () => {
    expect(checkModel(defaultModel(), sizes)).toEqual([]);
  });
});
