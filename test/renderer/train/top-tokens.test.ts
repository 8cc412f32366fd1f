import fc from 'fast-check';
import { expect, it } from 'vitest';
import { topTokens } from '../../../renderer/screens/train/top-tokens.ts';

it('the likeliest tokens of each step are those that a sort would give, the first of equal ones first', () => {
  const V = 7;
  const vocabulary = Array.from('abcdefg');
  const step = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: V, maxLength: V });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 10 }),
      (steps, most) => {
        const probabilities = Float32Array.from(steps.flat());
        const predictedTokens = steps.map(() => 'a');
        const target = steps.map(() => 'c');
        const expected = steps.map((row) =>
          row
            .map((probability, v) => ({
              token: vocabulary[v]!,
              probability,
              isTarget: vocabulary[v] === 'c',
            }))
            .sort((a, b) => b.probability - a.probability || a.token.localeCompare(b.token))
            .slice(0, most),
        );
        expect(topTokens({ probabilities, predictedTokens }, vocabulary, target, most)).toEqual(expected);
      },
    ),
  );
});
