import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortestFloat32 } from '../../../engine/formats/float32.ts';

const bits = new DataView(new ArrayBuffer(4));

function fromBits(word: number): number {
  bits.setUint32(0, word);
  return bits.getFloat32(0);
}

/** The number of significant digits in a number's shortest decimal. */
function digits(value: number): number {
  return value.toExponential().replace(/e.*|[-.]/g, '').length;
}

/** The fewest digits that read back, found by trying the decimals on both sides of the value. */
function fewestDigits(value: number): number {
  for (let count = 1; count < 9; count++) {
    const [mantissa, exponent] = value.toExponential(count - 1).split('e');
    const whole = Number(mantissa!.replace('.', ''));
    for (const near of [whole, whole + 1, whole - 1]) {
      if (Math.fround(Number(`${near}e${Number(exponent) - count + 1}`)) === value) return count;
    }
  }
  return 9;
}

function expectShortest(value: number): void {
  const shortest = shortestFloat32(value);
  expect(Math.fround(shortest)).toBe(value);
  expect(Object.is(Math.sign(shortest), Math.sign(value))).toBe(true);
  expect(digits(shortest)).toBe(fewestDigits(value));
}

test.each([
  [Math.fround(0.1), 0.1],
  [1.401298464324817e-45, 1e-45],
  [16777216, 16777216],
  [0.11469507217407227, 0.11469507],
  [-0, -0],
])('%d is written %d', (value, shortest) => {
  expect(shortestFloat32(value)).toBe(shortest);
});

test('powers of two, where the neighbours lie unevenly', () => {
  for (let exponent = 0; exponent < 255; exponent++) {
    for (const mantissa of [0, 1, 0x7fffff]) {
      const value = fromBits((exponent << 23) | mantissa);
      if (value !== 0) expectShortest(value);
    }
  }
});

test('any float32', () => {
  fc.assert(
    fc.property(
      fc.float({ noNaN: true, noDefaultInfinity: true }).filter((x) => x !== 0),
      expectShortest,
    ),
    {
      numRuns: 2000,
    },
  );
});

test('what is no finite float32 is misuse', () => {
  expect(() => shortestFloat32(0.1)).toThrow('0.1 is not a finite float32');
  expect(() => shortestFloat32(Number.NaN)).toThrow('NaN is not a finite float32');
});
