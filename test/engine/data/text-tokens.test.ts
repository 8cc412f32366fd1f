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

/** Long enough to be spliced instead of cut again. */
const long = 'Es war einmal ein König.\r\n'.repeat(900);
const pieces = fc
  .array(
    fc.constantFrom(
      'a',
      ' ',
      '\r',
      '\n',
      '\r\n',
      'é',
      'e\u0301',
      '\u0301',
      '👩‍🚀',
      '\u200d',
      '🇩',
      '🇪',
      '각',
      'ᄀ',
      '한',
      '\t',
      'word',
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

test('a text that differs from the one before in a place has the tokens that it has when read anew', () => {
  fc.assert(
    fc.property(
      pieces,
      pieces,
      pieces,
      fc.nat({ max: long.length }),
      fc.nat({ max: 5 }),
      fc.constantFrom('characters' as const, 'spaces' as const),
      (here, typed, there, place, removed, unit) => {
        // Sometimes the text on both sides of the change is not simple.
        const before = long.slice(0, place) + here + there + long.slice(place);
        const at = place + here.length;
        const after = before.slice(0, at) + typed + before.slice(at + removed);
        textTokens(before, unit);
        const found = textTokens(after, unit);
        const expected = splitTokens(after, unit);
        expect(found.count).toBe(expected.length);
        expect(Array.from({ length: found.count }, (_, i) => found.token(i))).toEqual(expected);
        const counts = new Map<string, number>();
        for (const token of expected) counts.set(token, (counts.get(token) ?? 0) + 1);
        expect(found.counts).toEqual(counts);
      },
    ),
    { numRuns: 300 },
  );
});

test('the token at a code unit is the one that holds it, or the next', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom('characters' as const, 'spaces' as const), (text, unit) => {
      const tokens = textTokens(text, unit);
      for (let place = 0; place <= text.length; place++) {
        let naive = 0;
        while (naive < tokens.count && tokens.endOf(naive) <= place) naive++;
        expect(tokens.indexAt(place)).toBe(naive);
      }
    }),
  );
});
