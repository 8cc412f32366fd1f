/** The table of number-text.ts, and that fields read the numbers that they show. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type NumberReading,
  numberText,
  readNumber,
  readNumbers,
  stepNumber,
} from '../../../renderer/components/number-text.ts';
import { formatCount } from '../../../renderer/text/format.ts';
import { t } from '../../../renderer/text/text.svelte.ts';

const sentenceOf = (read: NumberReading | ReturnType<typeof readNumbers>) =>
  read.ok ? read.value : t(read.words.key, read.words.values);
const real = (text: string) => sentenceOf(readNumber(text));
const whole = (text: string) => sentenceOf(readNumber(text, { whole: true }));
const none = (text: string) => `“${text}” is not a number.`;
const either = (text: string, one: string, other: string) =>
  `“${text}” can be ${one} or ${other}. Type the one that is meant.`;

describe('what is typed as a number', () => {
  // [typed, result in a field of real numbers, result in a field of whole numbers]; a single result applies
  // to both.
  const table: [string, number | string, (number | string)?][] = [
    // A decimal point, as every field shows it.
    ['0.001', 0.001],
    ['1.234', 1.234, either('1.234', '1.234', '1234')],
    ['1.000', 1, either('1.000', '1', '1000')],
    ['−1.000', -1, either('−1.000', '−1', '−1000')],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['+2', 2],
    ['007', 7],
    ['1e-3', 0.001],
    ['1E−3', 0.001],
    ['2.5e+2', 250],
    ['1.234e3', 1234],
    // A decimal comma.
    ['0,001', 0.001],
    ['0,05', 0.05],
    ['−0,5', -0.5],
    ['1,5', 1.5],
    ['12,34', 12.34],
    ['1,0000', 1],
    ['1234,567', 1234.567],
    [',5', 0.5],
    [',125', 0.125],
    ['5,', 5],
    ['1,5e-3', 0.0015],
    ['1,234e-3', 0.001234],
    // A comma before three digits: a decimal mark to some, a thousands separator to others.
    ['1,234', either('1,234', '1.234', '1234'), 1234],
    ['1,000', either('1,000', '1', '1000'), 1000],
    ['-100,000', either('-100,000', '−100', '−100000'), -100000],
    ['0,123', 0.123],
    // Marks that can only separate thousands.
    ['1,234,567', 1234567],
    ['1.234.567', 1234567],
    ['1,234.5', 1234.5],
    ['1.234,5', 1234.5],
    ['1,234,567.89', 1234567.89],
    ['1.234.567,89', 1234567.89],
    ['1,234.567', 1234.567],
    ['1.234,567', 1234.567],
    ['1 000', 1000],
    ['1\u00A0000', 1000],
    ['1\u202F000\u202F000,5', 1000000.5],
    ['1\u2009234.5', 1234.5],
    ["1'234'567", 1234567],
    ['1’000.25', 1000.25],
    ['1_000', 1000],
    ['1 234,567', 1234.567],
    // An input method's full-width forms, and every form of the minus.
    ['０．００１', 0.001],
    ['０，００１', 0.001],
    ['０。００１', 0.001],
    ['1。5', 1.5],
    ['１，２３４，５６７', 1234567],
    ['１\u3000０００', 1000],
    ['－３', -3],
    ['＋３', 3],
    ['−3', -3],
    ['–3', -3],
    ['１ｅ－３', 0.001],
    [' \u3000 4\u00A0', 4],
    // Texts that are no numbers.
    ...[
      '',
      'NaN',
      'Infinity',
      '-',
      '.',
      ',',
      'e5',
      '1e',
      '1e1.5',
      '0x10',
      '1 2',
      '1 23 456',
      '--1',
      '- 1',
      '1-2',
      'ten',
      '1,,5',
      '1,2,3',
      '1,23,456',
      '12,34,567',
      '1234,567,890',
      '0,001.5',
      '1,234.567,8',
      '1.234,567.8',
      '1,234 567',
      '1,234.567.890',
      '0,123,456',
      '1 000e3',
      '1,234.5e3',
      '1,000,000e3',
      '0.000 001',
      '5%',
      '1、5',
      '٣',
    ].map((text): [string, string] => [text, none(text)]),
    // Numbers that a double cannot hold.
    ['1e999', '“1e999” is too large or too close to 0 to be kept as a number.'],
    ['1e-999', '“1e-999” is too large or too close to 0 to be kept as a number.'],
    ['0e-999', 0],
  ];
  it.each(table)('%j is %s, among whole numbers %s', (text, asReal, asWhole = asReal) => {
    expect([real(text), whole(text)]).toEqual([asReal, asWhole]);
  });

  it('is never −0, which no field would show', () => {
    expect([real('-0'), real('−0,0')].every((value) => Object.is(value, 0))).toBe(true);
  });

  it('is what a field shows of any number, read back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(real(numberText(value))).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 5000 },
    );
    for (const value of [Number.MAX_VALUE, Number.MIN_VALUE, 1e21, 1e-7, 0.1 + 0.2, -0.5]) {
      expect(real(numberText(value))).toBe(value);
    }
    expect(numberText(null)).toBe('');
  });

  it('is a whole number shown plainly or grouped, read back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect([whole(numberText(value)), whole(formatCount(value))]).toEqual([value || 0, value || 0]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is never a thousand times another number for a decimal comma with a 0 before it, or without three digits', () => {
    const decimals = fc
      .tuple(fc.nat(999_999), fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }))
      .map(([before, after]) => [String(before), after.join('')] as const)
      .filter(([before, after]) => before === '0' || after.length !== 3 || before.length > 3);
    fc.assert(
      fc.property(decimals, ([before, after]) => {
        const pointed = Number(`${before}.${after}`);
        expect([real(`${before},${after}`), whole(`${before},${after}`)]).toEqual([pointed, pointed]);
      }),
      { numRuns: 2000 },
    );
  });

  it('steps without binary dust and stays inside', () => {
    expect(stepNumber(0.1, 0.2, 0, 1)).toBe(0.3);
    expect(stepNumber(1, 1, 1, 1)).toBe(1);
    expect(stepNumber(0, -1, 0, 9)).toBe(0);
  });
});

describe('what is typed as a row of numbers', () => {
  const row = (text: string, count: number) => sentenceOf(readNumbers(text, count));
  const oneOrMany = (text: string) =>
    `“${text}” can be one number or several. Put a space after each comma that separates numbers.`;

  it.each<[string, number, number[] | string]>([
    ['0.9, 0.999', 2, [0.9, 0.999]],
    ['0,9, 0,999', 2, [0.9, 0.999]],
    ['0,9; 0,999', 2, [0.9, 0.999]],
    ['0,9；0,999', 2, [0.9, 0.999]],
    ['0,9 0,999', 2, [0.9, 0.999]],
    ['0.9 0.999', 2, [0.9, 0.999]],
    ['0.9，0.999', 2, [0.9, 0.999]],
    ['0.9,0.999', 2, [0.9, 0.999]],
    ['0.9,5', 2, [0.9, 5]],
    ['1,2,3', 3, [1, 2, 3]],
    ['−1, 2e-3, ４,', 3, [-1, 0.002, 4]],
    ['1 000, 2 000', 2, [1000, 2000]],
    ['1\n2\t3', 3, [1, 2, 3]],
    ['0,5', 1, [0.5]],
    ['', 2, []],
    ['0.9', 2, [0.9]],
    // May be one number, or two: 0 and 9.
    ['0,9', 2, oneOrMany('0,9')],
    ['1,234', 2, oneOrMany('1,234')],
    ['1,234,567', 3, oneOrMany('1,234,567')],
    ['1.234,5', 2, oneOrMany('1.234,5')],
    // Commas with and without a space.
    ['0,5 1, 2', 3, none('0,5 1')],
    ['0.5,1 2', 3, none('0.5,1')],
    ['1, two', 2, none('two')],
    ['0.9, NaN', 2, none('NaN')],
    ['1e999, 1', 2, '“1e999” is too large or too close to 0 to be kept as a number.'],
    ['1,234; 1', 2, either('1,234', '1.234', '1234')],
  ])('%j, %d needed: %j', (text, count, expected) => expect(row(text, count)).toEqual(expected));

  it('is what its field shows, read back', () => {
    const numbers = fc.array(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x || 0),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(numbers, (values) => {
        expect(row(values.join(', '), values.length)).toEqual(values);
      }),
      { numRuns: 1000 },
    );
  });
});
