import { expect, test } from 'vitest';
import { textTokens } from '../../../engine/data/text-tokens.ts';
import { checkExperiment } from '../../../engine/formats/experiment.ts';

const checked = (text: string) =>
  checkExperiment({
    format: 'ohlol/experiment',
    version: 1,
    name: 'a text',
    dataset: {
      task: 'language-model',
      tokens: 'characters',
      vocabulary: ['a', 'b', '\n'],
      text,
      sequenceLength: 2,
    },
    model: { cell: 'rnn', hiddenSize: 4, head: 'linear' },
  });
const said = (text: string) => {
  const read = checked(text);
  const problems = read.ok ? [] : read.problems.filter(({ code }) => code === 'unknown-token');
  return problems.map(({ details }) => [details.token, details.position]);
};

test('tokens outside the vocabulary come in the order in which they stand, also in a text that was just changed', () => {
  const long = 'abab\n'.repeat(8000);
  const before = `${long}z${long}y${long}`;
  expect(said(before)).toEqual([
    ['z', 40_001],
    ['y', 80_002],
  ]);
  const after = `ab床${before.slice(2).replace('z', 'b')}z`;
  // Fills the cache with the text before the change, whose tokens are known.
  textTokens(before, 'characters');
  expect(said(after)).toEqual([
    ['床', 3],
    ['y', 80_003],
    ['z', 120_004],
  ]);
});
