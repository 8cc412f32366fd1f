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
    ['rnn.bias_ih_l0', undefined, 'missing-weight: w["rnn.bias_ih_l0"] is missing; the model needs [4]'],
    [
      'rnn.weight_hh_l0',
      { shape: [2, 8], data: new Array(16).fill(0) },
      'weight-shape: w["rnn.weight_hh_l0"] has shape [2, 8]; the model needs [4, 4]',
    ],
    [
      'rnn.bias_hh_l0',
      { shape: [4], data: [0, 0, 0] },
      'shape-data: w["rnn.bias_hh_l0"]: shape [4] needs 4 numbers, data has 3',
    ],
    [
      'rnn.bias_hh_l0',
      { shape: [4], data: [0, 1e39, 0, 0] },
      'weight-number: w["rnn.bias_hh_l0"].data[1] is 1e+39; it must be a finite float32 number',
    ],
    [
      'head.weight',
      { shape: [1], data: [1] },
      'extra-weight: w["head.weight"] is no parameter of the model, which has rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0',
    ],
  ])('%s = %o is refused and changes nothing', (key, tensor, message) => {
    const target = parameters();
    const { [key]: _, ...rest } = stateDict(target);
    const filled = Object.fromEntries(
      Object.entries(rest).map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 9) }]),
    );
    const weights = tensor === undefined ? filled : { ...filled, [key]: tensor };
    const said = loadStateDict(target, weights, 'w').map((found) => `${found.code}: ${found.message}`);
    expect(said).toEqual([message]);
    expect(new Set(target.values)).toEqual(new Set([0]));
  });
});
