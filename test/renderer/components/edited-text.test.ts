/** A text that was only looked at stays the same, and a text that was edited keeps its other parts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asFieldShows, editedText } from '../../../renderer/components/edited-text.ts';

describe('a text in its field', () => {
  const texts = fc
    .array(fc.constantFrom('\r\n', '\r', '\n', '\t', 'a', 'b', '𝄞', ' '))
    .map((parts) => parts.join(''));

  it('is the same, byte for byte, where nothing was typed', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(editedText(text, asFieldShows(text))).toBe(text);
      }),
    );
  });

  it('is what the field shows in the end, whatever was typed', () => {
    fc.assert(
      fc.property(texts, texts, (before, typed) => {
        expect(asFieldShows(editedText(before, asFieldShows(typed)))).toBe(asFieldShows(typed));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a\r\nb', 'a\nbc', 'a\r\nbc'],
    ['a\r\nb', 'xa\nb', 'xa\r\nb'],
    ['a\r\nb\rc\nd', 'a\nb\nC\nd', 'a\r\nb\rC\nd'],
    ['a\r\nb', 'a\n\nb', 'a\r\n\nb'],
    ['a\r\nb', 'ab', 'ab'],
    ['a\nb', 'a\nbc', 'a\nbc'],
    ['a\r\nb', '', ''],
    ['', 'a\nb', 'a\nb'],
  ])('%j with %j in its field is %j', (before, inField, after) => {
    expect(editedText(before, inField)).toBe(after);
  });
});
