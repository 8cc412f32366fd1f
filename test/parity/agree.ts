import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** How far two numbers may be apart: absolute + relative · |expected|. */
export interface Tolerance {
  absolute: number;
  relative: number;
}

/** Expects as many numbers, each within the tolerance, and names the first that is not. */
export function expectAgreement(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute, relative }: Tolerance,
  name: string,
): void {
  expect(actual.length, `${name}: count`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const bound = absolute + relative * Math.abs(expected[i]!);
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (difference <= bound) continue;
    expect.fail(
      `${name}[${i}] is ${actual[i]}, PyTorch has ${expected[i]}: ${difference} apart, allowed ${bound}`,
    );
  }
}

/** A file of PyTorch's numbers. */
export function readFixture<T>(name: string): T {
  const file = join(import.meta.dirname, '..', 'fixtures', 'pytorch', name);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
