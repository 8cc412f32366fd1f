import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixed, shapeText, sizeText, tensorText } from '../../../engine/formats/tensor-text.ts';

interface PrintedByPyTorch {
  shape: number[];
  /** nan and inf are strings, since JSON has no numbers for them. */
  data: (number | string)[];
  text: string;
}

const fixture = join(import.meta.dirname, '../../fixtures/tensor-texts.json');
const printed: PrintedByPyTorch[] = JSON.parse(readFileSync(fixture, 'utf8'));

const notFinite: Record<string, number> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };

describe('tensors print as PyTorch prints them', () => {
  test.each(printed)('$shape', ({ shape, data, text }) => {
    const numbers = data.map((value) => (typeof value === 'number' ? value : notFinite[value]!));
    expect(tensorText({ shape, data: numbers })).toBe(text);
  });
});

test('sizes', () => {
  expect([sizeText([1, 4]), sizeText([])]).toEqual(['torch.Size([1, 4])', 'torch.Size([])']);
});

test("decimals round as Python's do: exact ties to the even digit", () => {
  expect([0.0625, 0.1875, -0.0625, 2.5, 1.0005, 0.7464].map((value) => fixed(value, 3))).toEqual([
    '0.062',
    '0.188',
    '-0.062',
    '2.500',
    '1.000',
    '0.746',
  ]);
});

describe('shapeText', () => {
  test('is a Python tuple', () => {
    expect(shapeText([4])).toBe('(4,)');
    expect(shapeText([5, 1, 4])).toBe('(5, 1, 4)');
    expect(shapeText([])).toBe('()');
  });
});
