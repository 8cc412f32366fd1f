import { describe, expect, it } from 'vitest';
import { lowerBound, sampleLine } from '../../../renderer/charts/sample-line.ts';

const line = (count: number, f: (x: number) => number) => ({
  x: Float64Array.from({ length: count }, (_, index) => index + 1),
  y: Float64Array.from({ length: count }, (_, index) => f(index + 1)),
});

describe('sampleLine', () => {
  it('leaves a short line as it is', () => {
    expect(sampleLine({ x: [1, 2, 3], y: [3, 2, 1] }, 1, 3, 100)).toEqual([
      [1, 3],
      [2, 2],
      [3, 1],
    ]);
  });

  it('cuts a million points to what is asked for and keeps both ends and a lone peak', () => {
    const points = sampleLine(
      line(1_000_000, (x) => (x === 765_432 ? 50 : 1 / x)),
      1,
      1_000_000,
      1000,
    );
    expect(points.length).toBeLessThanOrEqual(1000);
    expect(points[0]).toEqual([1, 1]);
    expect(points.at(-1)![0]).toBe(1_000_000);
    expect(points).toContainEqual([765_432, 50]);
    expect(points.map(([x]) => x)).toEqual([...points.map(([x]) => x)].sort((a, b) => a - b));
  });

  it('takes the range shown and a neighbour on each side', () => {
    const points = sampleLine(
      line(100, (x) => x),
      40,
      43,
      100,
    );
    expect(points.map(([x]) => x)).toEqual([39, 40, 41, 42, 43]);
  });

  it('leaves out what is not a number, sampled or not', () => {
    expect(sampleLine({ x: [1, 2, 3], y: [1, Number.NaN, 3] }, 1, 3, 10)).toEqual([
      [1, 1],
      [3, 3],
    ]);
    const points = sampleLine(
      line(10_000, (x) => (x > 5000 ? Number.NaN : x)),
      1,
      10_000,
      100,
    );
    expect(points.every(([, y]) => Number.isFinite(y))).toBe(true);
    expect(points.length).toBeGreaterThan(30);
  });

  it('has nothing to draw of an empty line', () => {
    expect(sampleLine({ x: [], y: [] }, 1, 20, 100)).toEqual([]);
  });
});

describe('lowerBound', () => {
  it('finds the first place that is not below', () => {
    expect(lowerBound([1, 3, 5], 3)).toBe(1);
    expect(lowerBound([1, 3, 5], 4)).toBe(2);
    expect(lowerBound([1, 3, 5], 9)).toBe(3);
    expect(lowerBound([], 1)).toBe(0);
  });
});
