import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distinctTokens, joinTokens, splitTokens } from '../../../engine/data/tokens.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const graphemes = (text: string) => Array.from(segmenter.segment(text), (part) => part.segment);

/**
 * Characters whose boundaries are hard to find: marks, joiners, flags, jamo, both line ends, and plain
 * ones.
 */
const awkward = fc.constantFrom(
  ...[
    'a',
    'é',
    'e\u0301',
    '\r',
    '\n',
    '\u200d',
    '\u{1f469}',
    '\u{1f680}',
    '\u{1f3fd}',
    '\u{1f1e9}',
    '\u{1f1ea}',
  ],
  ...[
    '\ufe0f',
    '\u1100',
    '\u1161',
    '가',
    '\u0915',
    '\u094d',
    '\u200c',
    '床',
    'か',
    '\u3099',
    '\u00ad',
    '\ud800',
  ],
);

describe('characters', () => {
  test.each([
    ['hello', ['h', 'e', 'l', 'l', 'o']],
    ['é👩‍🚀床', ['é', '👩‍🚀', '床']],
    ['e\u0301x', ['e\u0301', 'x']],
    ['a\r\nb', ['a', '\r\n', 'b']],
    ['🇩🇪🇫🇷', ['🇩🇪', '🇫🇷']],
    ['', []],
  ])('%j', (text, tokens) => {
    expect(splitTokens(text, 'characters')).toEqual(tokens);
    expect(joinTokens(tokens, 'characters')).toBe(text);
  });

  test('are what Intl.Segmenter says, in the fast paths too', () => {
    const text = fc
      .array(fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 3 })))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (text) => {
        expect(splitTokens(text, 'characters')).toEqual(graphemes(text));
        expect(new Set(distinctTokens([text, 'ab'], 'characters'))).toEqual(
          new Set([...graphemes(text), 'a', 'b']),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('every pair of characters that the fast path takes apart is two graphemes', () => {
    // All simple characters are covered in pairs of neighbours in code order and with a letter on either
    // side.
    const simple: string[] = [];
    for (let code = 0; code < 0x10000; code++) {
      const character = String.fromCharCode(code);
      if (splitTokens(`a${character}`, 'characters').length === 2 && graphemes(character).length === 1) {
        simple.push(character);
      }
    }
    const text = simple.map((character) => `${character}a${character}`).join('');
    expect(splitTokens(text, 'characters')).toEqual(graphemes(text));
  });
});

describe('spaces', () => {
  test.each([
    ['the cat  sat', ['the', 'cat', 'sat']],
    [' e4\te5\n', ['e4', 'e5']],
    ['   ', []],
  ])('%j', (text, tokens) => {
    expect(splitTokens(text, 'spaces')).toEqual(tokens);
  });

  test('joined by one space, they split into themselves', () => {
    expect(splitTokens(joinTokens(['a', 'bc'], 'spaces'), 'spaces')).toEqual(['a', 'bc']);
  });
});
