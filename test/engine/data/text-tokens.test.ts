import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textTokens } from '../../../engine/data/text-tokens.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        'a',
        ' ',
        '\r',
        '\n',
        '\r\n',
        'é',
        'e\u0301',
        '👩‍🚀',
        '각',
        '한',
        'ᄀ',
        'ن',
        '\u0300',
        '\t',
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

test('a text has the tokens that splitTokens cuts it into, each at its place, each counted', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom('characters' as const, 'spaces' as const), (text, unit) => {
      const expected = splitTokens(text, unit);
      const found = textTokens(text, unit);
      expect(found.count).toBe(expected.length);
      expect(expected.map((_, i) => found.token(i))).toEqual(expected);
      expect(expected.map((_, i) => text.slice(found.startOf(i), found.endOf(i)))).toEqual(expected);
      const counts = new Map<string, number>();
      for (const token of expected) counts.set(token, (counts.get(token) ?? 0) + 1);
      expect([...found.counts]).toEqual([...counts]);
    }),
    { numRuns: 2000 },
  );
});

test('the same text is read once, and no more than two are remembered', () => {
  const first = textTokens('abc', 'characters');
  expect(textTokens('abc', 'characters')).toBe(first);
  expect(textTokens('abc', 'spaces')).not.toBe(first);
  textTokens('other', 'characters');
  expect(textTokens('abc', 'characters')).not.toBe(first);
});
