import { describe, expect, it } from 'vitest';
import { createReferenceKernels } from '../../../engine/kernels/reference.ts';
import { createParameters } from '../../../engine/layers/parameters.ts';
import { defaultModel, parameterShapes } from '../../../engine/model/spec.ts';
import { loadStateDict, stateDict } from '../../../engine/model/weights.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';

function parameters() {
  const shapes = parameterShapes(defaultModel(), { inputSize: 4, outputSize: 4 });
  return createParameters(shapes, createReferenceKernels());
}

describe('weights', () => {
  it('are read as they were written', () => {
    const [from, to] = [parameters(), parameters()];
    createGenerator(1).uniform(from.values, -1, 1);
    expect(loadStateDict(to, stateDict(from), 'weights')).toEqual([]);
    expect(to.values).toEqual(from.values);
  });

  it.each([
    ['rnn.bias_ih_l0', undefined, 'w lacks rnn.bias_ih_l0; the model needs it, shaped [4]'],
    [
      'rnn.weight_hh_l0',
      { shape: [2, 8], data: new Array(16).fill(0) },
      'w.rnn.weight_hh_l0 is shaped [2, 8] with 16 numbers, the model needs [4, 4]',
    ],
    [
      'rnn.bias_hh_l0',
      { shape: [4], data: [0, 0, 0] },
      'w.rnn.bias_hh_l0 is shaped [4] with 3 numbers, the model needs [4]',
    ],
    [
      'rnn.bias_hh_l0',
      { shape: [4], data: [0, 1e39, 0, 0] },
      'w.rnn.bias_hh_l0.data[1] is 1e+39; weights must be finite float32 numbers',
    ],
    ['head.weight', { shape: [1], data: [1] }, 'w has head.weight, which this model does not have'],
  ])('%s = %o is refused and changes nothing', (key, tensor, message) => {
    const target = parameters();
    const { [key]: _, ...rest } = stateDict(target);
    const filled = Object.fromEntries(
      Object.entries(rest).map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 9) }]),
    );
    const weights = tensor === undefined ? filled : { ...filled, [key]: tensor };
    expect(loadStateDict(target, weights, 'w').map((problem) => problem.message)).toEqual([message]);
    expect(new Set(target.values)).toEqual(new Set([0]));
  });
});
