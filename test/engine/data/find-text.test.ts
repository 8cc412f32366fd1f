import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Wanted } from '../../../engine/data/find-pattern.ts';
import { createTextSearch } from '../../../engine/data/find-text.ts';
import { createTextReplace } from '../../../engine/data/replace-text.ts';
import { changeText } from '../../../engine/data/text-changes.ts';
import { textTokens } from '../../../engine/data/text-tokens.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import type { TokenUnit } from '../../../engine/model/experiment.ts';

/** A deadline that has always passed: each slice ends at its first look at the clock. */
const late = Number.NEGATIVE_INFINITY;

function found(text: string, wanted: Wanted, unit: TokenUnit = 'characters', now?: () => number) {
  const tokens = textTokens(text, unit);
  const made = createTextSearch(tokens, wanted, now);
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const search = made.value;
  let slices = 1;
  while (search.step(late)) slices++;
  const { hits } = search;
  const places = Array.from({ length: hits.count }, (_, i) => [hits.from(i), hits.to(i)] as const);
  return { tokens, search, places, slices };
}

function replaced(text: string, wanted: Wanted, by: string, unit: TokenUnit = 'characters') {
  const { tokens, search } = found(text, wanted, unit);
  const replace = createTextReplace(tokens, wanted, search.hits, by);
  while (replace.step(late));
  return changeText(text, replace.changes).text;
}

/** Lengths that put the ends of the search's pieces anywhere in the text. */
const padding = fc.constantFrom(
  '',
  'x'.repeat((1 << 15) - 3),
  'a'.repeat((1 << 15) - 1),
  'ab '.repeat(11_000),
);
const texts = fc
  .tuple(
    padding,
    fc.string({
      unit: fc.constantFrom('a', 'b', 'A', ' ', '\n', '\r\n', 'é', 'e\u0301', '🇩', '🇪', '🌍', '👩‍🚀'),
      maxLength: 30,
    }),
    fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '🌍'), maxLength: 8 }),
  )
  .map((parts) => parts.join(''));
const wanteds = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', ' ', '.', 'é', '🇪', '🌍', '\u0301'),
  minLength: 1,
  maxLength: 3,
});

describe('what is found in a text', () => {
  test('plain text is found where a naive search finds it, without overlap', () => {
    fc.assert(
      fc.property(texts, wanteds, fc.boolean(), (text, wanted, matchCase) => {
        const fold = (one: string) => (matchCase ? one : one.toLowerCase());
        const naive: number[][] = [];
        for (let at = fold(text).indexOf(fold(wanted)); at >= 0; ) {
          naive.push([at, at + wanted.length]);
          at = fold(text).indexOf(fold(wanted), at + wanted.length);
        }
        expect(found(text, { text: wanted, kind: 'plain', matchCase }).places).toEqual(naive);
      }),
      { numRuns: 200 },
    );
  });

  test('a whole token is found wherever the text has it as a token', () => {
    const units = fc.constantFrom<TokenUnit>('characters', 'spaces');
    const tokens = fc.oneof(wanteds, fc.constantFrom('🇪🇪', '🇩🇪', 'e\u0301', '\r\n', '👩‍🚀', 'ab'));
    fc.assert(
      fc.property(texts, tokens, fc.boolean(), units, (text, wanted, matchCase, unit) => {
        const fold = (one: string) => (matchCase ? one : one.toLowerCase());
        let at = 0;
        const naive = splitTokens(text, unit).flatMap((token) => {
          const from = text.indexOf(token, at);
          at = from + token.length;
          return fold(token) === fold(wanted) ? [[from, at]] : [];
        });
        expect(found(text, { text: wanted, kind: 'token', matchCase }, unit).places).toEqual(naive);
      }),
      { numRuns: 500 },
    );
  });

  test('what overlaps a match, or what was none, is looked at as everywhere', () => {
    const three = found('a'.repeat(100_000), { text: 'aaa', kind: 'plain', matchCase: true });
    expect(three.places.map(([from]) => from)).toEqual(Array.from({ length: 33_333 }, (_, i) => 3 * i));
    const flags = { text: '🇪🇪', kind: 'token', matchCase: true } as const;
    expect(found('🇩🇪🇪🇪', flags).places).toEqual([[4, 8]]);
  });

  test('a pattern is found line by line as each line alone has it', () => {
    const patterns = fc.constantFrom('^a', 'b$', 'a+b', '.', '(?<=a)b', '', '$', 'a?', '[^ ]+', 'A|é', '🌍');
    fc.assert(
      fc.property(texts, patterns, fc.boolean(), (text, pattern, matchCase) => {
        fc.pre(pattern !== '' && !(/[+]/.test(pattern) && text.length > 2000));
        const naive: number[][] = [];
        let at = 0;
        for (const line of text.split('\n')) {
          for (const match of line
            .replace(/\r$/, '')
            .matchAll(new RegExp(pattern, matchCase ? 'gu' : 'gui'))) {
            if (match[0] !== '') naive.push([at + match.index, at + match.index + match[0].length]);
          }
          at += line.length + 1;
        }
        expect(found(text, { text: pattern, kind: 'regex', matchCase }).places).toEqual(naive);
      }),
      { numRuns: 500 },
    );
  });

  test('a long text is looked through in slices, what was found so far in hand', () => {
    const { slices, search } = found('ab'.repeat(100_000), { text: 'b', kind: 'plain', matchCase: true });
    expect(slices).toBeGreaterThan(5);
    expect(search.hits.count).toBe(100_000);
    expect(search.hits.after(0)).toBe(0);
    expect(search.hits.after(2)).toBe(1);
    expect(search.hits.after(3)).toBe(1);
    expect(search.hits.after(199_999)).toBe(99_999);
    expect(search.hits.after(200_000)).toBe(100_000);
  });

  test('a line that is too long for a pattern is named, and a search that takes too long is given up', () => {
    const long = `short\n${'a'.repeat(2001)}\n`;
    expect(found(long, { text: 'a+', kind: 'regex', matchCase: true }).search.problem).toMatchObject({
      code: 'find-line-too-long',
      details: { line: 2, count: 2001, limit: 2000 },
    });
    expect(found(long, { text: 'aa', kind: 'regex', matchCase: true }).search.problem).toBeNull();
    let time = 0;
    const slow = found(
      'ab\n'.repeat(20_000),
      { text: 'a', kind: 'regex', matchCase: true },
      'characters',
      () => (time += 400),
    );
    expect(slow.search.problem?.code).toBe('find-too-long');
  });
});

describe('what was found, replaced', () => {
  test('all of it is what the language itself replaces', () => {
    fc.assert(
      fc.property(texts, wanteds, (text, wanted) => {
        expect(replaced(text, { text: wanted, kind: 'plain', matchCase: true }, '$&x')).toBe(
          text.replaceAll(wanted, () => '$&x'),
        );
      }),
      { numRuns: 300 },
    );
    const pattern = { text: '(?<=a)(b)', kind: 'regex', matchCase: true } as const;
    expect(replaced('ab\nb ab\r\nxab', pattern, '[$1$&]')).toBe('a[bb]\nb a[bb]\r\nxa[bb]');
  });

  test('one of them alone changes; what stays the same is no change', () => {
    const wanted = { text: 'a', kind: 'plain', matchCase: false } as const;
    const { tokens, search } = found('aAa', wanted);
    const one = createTextReplace(tokens, wanted, search.hits, 'b', { first: 1, end: 2 });
    one.step(0);
    expect(one.changes).toEqual([{ at: 1, remove: 1, insert: 'b' }]);
    const same = createTextReplace(tokens, wanted, search.hits, 'a');
    same.step(0);
    expect(same.changes).toEqual([{ at: 1, remove: 1, insert: 'a' }]);
  });

  test('a word that goes takes the blanks behind it along, at the end of a line those before it', () => {
    const word = { text: 'so', kind: 'token', matchCase: true } as const;
    expect(replaced('so it is  so \nis so\nand so', word, '', 'spaces')).toBe('it is  \nis\nand');
    expect(replaced('is so so so', word, '', 'spaces')).toBe('is ');
  });
});
