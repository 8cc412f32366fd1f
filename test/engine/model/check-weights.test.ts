import { describe, expect, test } from 'vitest';
import type { WeightPatch } from '../../../engine/api.ts';
import type { Problem } from '../../../engine/errors.ts';
import { checkWeights, type StateDict } from '../../../engine/model/check-weights.ts';

const model = [
  { key: 'rnn.weight_ih_l0', shape: [2, 3] },
  { key: 'rnn.bias_ih_l0', shape: [2] },
];
const sound: StateDict = {
  'rnn.weight_ih_l0': { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] },
  'rnn.bias_ih_l0': { shape: [2], data: Float32Array.of(0.5, -0.5) },
};
const said = (problems: Problem[]) => problems.map(({ code, path }) => `${code} ${path}`);
const whole = (weights: StateDict) => said(checkWeights({ part: 'whole', weights }, model, 'w'));
const some = (...values: WeightPatch[]) => said(checkWeights({ part: 'some', values }, model, 'v'));
const key = 'rnn.bias_ih_l0';

test('what fits is not spoken of: a whole in any order, some numbers, none', () => {
  expect(whole(sound)).toEqual([]);
  expect(whole(Object.fromEntries(Object.entries(sound).reverse()))).toEqual([]);
  expect(some()).toEqual([]);
  expect(some({ key, index: 1, value: 3e38 }, { key: 'rnn.weight_ih_l0', index: 5, value: 0 })).toEqual([]);
});

test('the same fault has the same code in a whole and in a part; only a whole can lack anything', () => {
  const nan = { shape: [2], data: [0, Number.NaN] };
  expect(whole({ ...sound, [key]: nan })).toEqual([`weight-number w["${key}"].data[1]`]);
  expect(some({ key, index: 1, value: Number.NaN })).toEqual(['weight-number v[0].value']);
  expect(whole({ ...sound, h0: nan })).toEqual(['extra-weight w["h0"]']);
  expect(some({ key: 'h0', index: 0, value: 0 })).toEqual(['extra-weight v[0].key']);
  const { [key]: _, ...rest } = sound;
  expect(whole(rest)).toEqual([`missing-weight w["${key}"]`]);
  expect(some({ key, index: 2, value: 0 })).toEqual(['weight-index v[0].index']);
});

test('a shape of as many numbers is another shape, and numbers that do not fill it are said', () => {
  const turned = { ...sound['rnn.weight_ih_l0']!, shape: [3, 2] };
  expect(whole({ ...sound, 'rnn.weight_ih_l0': turned })).toEqual(['weight-shape w["rnn.weight_ih_l0"]']);
  expect(whole({ ...sound, [key]: { shape: [2], data: [1] } })).toEqual([`shape-data w["${key}"]`]);
});

describe('keys that are the model’s but for what stands before them are one sentence', () => {
  const renamed = (rename: (name: string) => string) =>
    Object.fromEntries(Object.entries(sound).map(([name, tensor]) => [rename(name), tensor]));

  test('too much, too little', () => {
    expect(whole(renamed((name) => `module.${name}`))).toEqual(['weight-prefix-extra w']);
    expect(whole(renamed((name) => name.slice('rnn.'.length)))).toEqual(['weight-prefix-missing w']);
  });

  test('one key alone is another matter', () => {
    expect(whole(renamed((name) => (name === key ? `module.${name}` : name)))).toEqual([
      `missing-weight w["${key}"]`,
      `extra-weight w["module.${key}"]`,
    ]);
  });
});

test('everything is listed, up to a hundred', () => {
  const wrong = { key: 'nobody', index: 0, value: 0 };
  expect(some(wrong, { key, index: 9, value: 0 }, { key, index: 0, value: 1e39 })).toHaveLength(3);
  expect(some(...new Array(500).fill(wrong))).toHaveLength(100);
});
