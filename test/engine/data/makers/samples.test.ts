import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arithmetic, makeArithmetic } from '../../../../engine/data/makers/arithmetic.ts';
import { type Brackets, isBalanced, makeBrackets } from '../../../../engine/data/makers/brackets.ts';
import { randint } from '../../../../engine/data/makers/draw.ts';
import { makeRandomStrings, type RandomStrings } from '../../../../engine/data/makers/random-strings.ts';
import { splitTokens } from '../../../../engine/data/tokens.ts';
import type { Result } from '../../../../engine/errors.ts';
import { createGenerator } from '../../../../engine/tensor/random.ts';

function made<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.value;
}
const messages = (result: Result<unknown>) =>
  result.ok ? [] : result.problems.map(({ message }) => message);

test('draws are those of torch.randint', () => {
  // torch.manual_seed(5); torch.randint(0, 7, (6,)), torch.randint(3, 10, (6,)), by PyTorch 2.13
  const random = createGenerator(5);
  expect(Array.from({ length: 6 }, () => randint(random, 0, 7))).toEqual([1, 5, 2, 3, 6, 1]);
  expect(Array.from({ length: 6 }, () => randint(random, 3, 10))).toEqual([4, 6, 8, 7, 3, 9]);
});

describe('random strings', () => {
  const strings: RandomStrings = {
    alphabet: 'abc',
    unit: 'characters',
    minLength: 2,
    maxLength: 4,
    distinct: false,
    count: 50,
    seed: 0,
  };

  test('are of the alphabet, as long as asked for, the same for the same seed alone', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 5 }), fc.nat(4), (seed, minLength, more) => {
        const options = { ...strings, seed, minLength, maxLength: minLength + more };
        const texts = made(makeRandomStrings(options));
        expect(texts).toHaveLength(50);
        for (const text of texts) {
          expect(text).toMatch(/^[abc]+$/);
          expect(text.length).toBeGreaterThanOrEqual(minLength);
          expect(text.length).toBeLessThanOrEqual(minLength + more);
        }
        expect(made(makeRandomStrings(options))).toEqual(texts);
        expect(made(makeRandomStrings({ ...options, seed: seed + 1 }))).not.toEqual(texts);
      }),
    );
  });

  test('reach every length and every token', () => {
    const texts = made(makeRandomStrings({ ...strings, count: 200 }));
    expect(new Set(texts.map((text) => text.length))).toEqual(new Set([2, 3, 4]));
    expect(new Set(texts.join(''))).toEqual(new Set('abc'));
  });

  test('may be of words, and of characters of several code points', () => {
    const words = made(makeRandomStrings({ ...strings, alphabet: 'left right', unit: 'spaces' }));
    for (const text of words) expect(text).toMatch(/^(left|right)( (left|right)){1,3}$/);
    const emoji = made(makeRandomStrings({ ...strings, alphabet: '👩‍🚀é' }));
    for (const text of emoji) expect(splitTokens(text, 'characters').length).toBeLessThanOrEqual(4);
  });

  test('that are to differ do, to the last one there is, and a problem says where there are no more', () => {
    const all = { ...strings, distinct: true, count: 9 + 27 + 81 };
    expect(new Set(made(makeRandomStrings(all))).size).toBe(117);
    expect(messages(makeRandomStrings({ ...all, count: 118 }))).toEqual([
      'count is 118, but drawing found only 117 different strings; allow longer ones, more tokens, or repetition',
    ]);
  });

  test('name all that is wrong at once', () => {
    const wrong = { ...strings, alphabet: 'aba', minLength: 0, maxLength: Infinity, count: 0, seed: -1 };
    expect(messages(makeRandomStrings(wrong))).toEqual([
      'alphabet has "a" at 1 and again at 3; each token appears once',
      'minLength is 0; it must be a whole number from 1 to 1,000,000',
      'maxLength is Infinity; it must be a whole number from 1 to 1,000,000',
      'count is 0; it must be a whole number from 1 to 1,000,000',
      'seed is -1; it must be a whole number from 0 to 9,007,199,254,740,991',
    ]);
    expect(messages(makeRandomStrings({ ...strings, alphabet: '' }))).toEqual([
      'alphabet has no tokens; it needs at least 1',
    ]);
    expect(messages(makeRandomStrings({ ...strings, minLength: 5 }))).toEqual([
      'maxLength is 4; it must be a whole number from 5 to 1,000,000',
    ]);
  });

  test('are not begun where they would be more than a text may hold', () => {
    expect(messages(makeRandomStrings({ ...strings, maxLength: 1_000_000, count: 1_000_000 }))).toEqual([
      'count is 1,000,000 of up to 1,000,000 tokens, 1,000,000,000,000 in all; at most 10,000,000 are made',
    ]);
  });
});

describe('arithmetic', () => {
  const sums: Arithmetic = { operations: ['+', '-', '*'], digits: 2, task: 'mapping', count: 60, seed: 1 };
  const calculate = (question: string) => {
    const [, a, operation, b] = /^(\d+)([-+*])(\d+)=$/.exec(question)!;
    return { '+': Number(a) + Number(b), '-': Number(a) - Number(b), '*': Number(a) * Number(b) }[operation!];
  };

  test('is right, for each task in its own form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(99), (digits, seed) => {
        const of = (task: Arithmetic['task']) => made(makeArithmetic({ ...sums, digits, seed, task }));
        const labels = of('label');
        for (const { input, target } of labels) expect(Number(target)).toBe(calculate(input));
        for (const { target } of labels) expect(Number(target)).toBeGreaterThanOrEqual(0);
        expect(of('language-model')).toEqual(
          labels.map(({ input, target }) => ({ input: `${input}${target}.` })),
        );
        for (const [i, { input, target }] of of('mapping').entries()) {
          expect(input.replace(/\.+$/, '')).toBe(labels[i]!.input);
          expect(target!.replaceAll('.', '')).toBe(labels[i]!.target);
          expect(target).toHaveLength(input.length);
          expect(target!.indexOf(labels[i]!.target!)).toBe(input.indexOf('=') + 1);
        }
      }),
    );
  });

  test('uses every operation', () => {
    const text = made(makeArithmetic(sums))
      .map(({ input }) => input)
      .join('');
    for (const operation of sums.operations) expect(text).toContain(operation);
  });

  test('refuses what it cannot make', () => {
    expect(messages(makeArithmetic({ ...sums, operations: [], digits: 7, count: 1.5 }))).toEqual([
      'digits is 7; it must be a whole number from 1 to 6',
      'count is 1.5; it must be a whole number from 1 to 1,000,000',
      'operations has none; it needs at least 1',
    ]);
  });
});

describe('brackets', () => {
  const brackets: Brackets = {
    pairs: ['()', '[]'],
    minPairs: 1,
    maxPairs: 6,
    maxDepth: 3,
    count: 100,
    seed: 0,
  };

  function depth(text: string): number {
    let open = 0;
    let deepest = 0;
    for (const token of text) {
      open += '(['.includes(token) ? 1 : -1;
      deepest = Math.max(deepest, open);
    }
    return deepest;
  }

  test('are balanced, no deeper and no longer than asked for', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.integer({ min: 1, max: 5 }), (seed, maxDepth) => {
        const texts = made(makeBrackets({ ...brackets, seed, maxDepth }));
        for (const text of texts) {
          expect(isBalanced(text, brackets.pairs), text).toBe(true);
          expect(text.length).toBeGreaterThanOrEqual(2);
          expect(text.length).toBeLessThanOrEqual(12);
        }
        expect(Math.max(...texts.map(depth))).toBeLessThanOrEqual(maxDepth);
      }),
    );
  });

  test('reach the depth that they may have', () => {
    expect(Math.max(...made(makeBrackets(brackets)).map(depth))).toBe(3);
  });

  test.each([
    ['', true],
    ['([])()', true],
    ['a(b)c', true],
    ['(', false],
    [')(', false],
    ['([)]', false],
    ['(]', false],
  ])('%s balanced: %s', (text, expected) => {
    expect(isBalanced(text, ['()', '[]'])).toBe(expected);
  });

  test('refuse what they cannot make', () => {
    expect(messages(makeBrackets({ ...brackets, pairs: [] }))).toEqual([
      'pairs has no kind of bracket; it needs at least 1',
    ]);
    expect(messages(makeBrackets({ ...brackets, pairs: ['()', '<'], maxDepth: 0 }))).toEqual([
      'pairs[1] is "<"; it must be an opening and a closing character',
      'maxDepth is 0; it must be a whole number from 1 to 500,000',
    ]);
    expect(messages(makeBrackets({ ...brackets, pairs: ['||'] }))).toEqual([
      'pairs has "|" at 1 and again at 2; each token appears once',
    ]);
    expect(messages(makeBrackets({ ...brackets, pairs: ['( '] }))).toEqual([
      'pairs[0] is " "; it must be one visible character',
    ]);
  });
});
