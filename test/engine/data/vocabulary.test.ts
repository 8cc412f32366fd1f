import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareCodePoints,
  decode,
  encode,
  indexTokens,
  vocabularyOf,
} from '../../../engine/data/vocabulary.ts';

test('a vocabulary is the distinct tokens by code point, as Python sorts them', () => {
  expect(vocabularyOf(['hello', 'ohlol'].map((word) => word.split('')))).toEqual(['e', 'h', 'l', 'o']);
  // U+FF21 comes before U+1F600, although the latter's surrogates are smaller code units.
  expect(vocabularyOf([['😀', 'Ａ', 'z', 'ab', 'a']])).toEqual(['a', 'ab', 'z', 'Ａ', '😀']);
});

test('the order is that of the code point sequences', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 4 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const [left, right] = [a, b].map((word) => Array.from(word, (c) => c.codePointAt(0)!));
      const at = left!.findIndex((code, i) => code !== right![i]);
      const expected = at === -1 ? left!.length - right!.length : left![at]! - (right![at] ?? -1);
      expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(expected));
    }),
  );
});

describe('encoding', () => {
  const index = indexTokens(['e', 'h', 'l', 'o']);

  test('gives each token its place, and back', () => {
    expect(Array.from(encode(['h', 'e', 'l', 'l', 'o'], index))).toEqual([1, 0, 2, 2, 3]);
    expect(decode([3, 1, 2, 3, 2], ['e', 'h', 'l', 'o'])).toEqual(['o', 'h', 'l', 'o', 'l']);
  });

  test('of an unknown token or code is misuse', () => {
    expect(() => encode(['h', 'p'], index)).toThrow('token "p" at step 1 is not in the vocabulary');
    expect(() => decode([4], ['a'])).toThrow('code 4 in a vocabulary of 1 tokens');
  });
});
