import { describe, expect, it } from 'vitest';
import {
  isWrittenAt,
  layoutOf,
  numberedSteps,
  windowAt,
} from '../../../../renderer/screens/inspect/time/strip-layout.ts';
import {
  chooseSamples,
  lineNames,
  spreadTexts,
  unitPlot,
} from '../../../../renderer/screens/inspect/time/unit-lines.ts';
import { orderUnits } from '../../../../renderer/screens/inspect/time/unit-order.ts';

const room = { width: 380, height: 160 };

describe('the cells of the strips', () => {
  it('fit the room, written where they are few and large', () => {
    const few = layoutOf({ steps: 5, units: 4 }, room);
    expect(few).toEqual({ stepX: 64, stepY: 36, steps: 5, units: 4 });
    expect(isWrittenAt(few, { steps: 5, units: 4 })).toBe(true);
    const echo = layoutOf({ steps: 21, units: 16 }, room);
    expect(echo).toEqual({ stepX: 18, stepY: 10, steps: 21, units: 16 });
    expect(isWrittenAt(echo, { steps: 21, units: 16 })).toBe(false);
  });

  it('hold a part of a long sequence and of many units, no cell too small to see', () => {
    expect(layoutOf({ steps: 500, units: 512 }, room)).toEqual({ stepX: 9, stepY: 6, steps: 42, units: 64 });
    expect(layoutOf({ steps: 42, units: 16 }, room).steps).toBe(42);
  });

  it('move with the cursor, so that there is always a next cell', () => {
    expect(windowAt(0, 20, 42, 500)).toBe(0);
    expect(windowAt(0, 38, 42, 500)).toBe(0);
    expect(windowAt(0, 39, 42, 500)).toBe(1);
    expect(windowAt(100, 101, 42, 500)).toBe(98);
    expect(windowAt(0, 499, 42, 500)).toBe(458);
    expect(windowAt(7, 3, 10, 5)).toBe(0);
    for (let at = 0, start = 0; at < 499; at++) {
      start = windowAt(start, at, 10, 500);
      expect(at + 1 < start + 10).toBe(true);
    }
  });

  it('are numbered at round steps, never closer than can be read', () => {
    expect(numberedSteps({ first: 0, count: 21, total: 21, chosen: 13 }, 18).map((t) => t + 1)).toEqual([
      1, 4, 6, 8, 10, 12, 14, 16, 18, 21,
    ]);
    expect(numberedSteps({ first: 100, count: 42, total: 500, chosen: 120 }, 9)).toContain(120);
  });
});

describe('rows', () => {
  // Units 0 and 2 rise together, unit 1 falls twice as far, unit 3 stays.
  const values = [0, 0, 0.1, 5, 1, -2, 1.1, 5, 2, -4, 2.1, 5];
  it('stand by variance, by likeness or by number', () => {
    expect(orderUnits(values, 4, 'variance')).toEqual([1, 0, 2, 3]);
    expect(orderUnits(values, 4, 'number')).toEqual([0, 1, 2, 3]);
    const alike = [0, 1, 0, 2, 1, 3, -1, 1, 2, -1, 0, -1].map(Number);
    const chain = orderUnits(alike, 3, 'similarity');
    expect([...chain].sort()).toEqual([0, 1, 2]);
    expect(orderUnits(values, 4, 'similarity').slice(1, 3).sort()).not.toContain(1);
  });

  it('take a sequence of one step or none', () => {
    expect(orderUnits([1, 2], 2, 'variance')).toEqual([0, 1]);
    expect(orderUnits([], 3, 'similarity')).toEqual([0, 1, 2]);
  });
});

describe('one unit over many samples', () => {
  it('takes all samples, or evenly chosen ones with the one that is looked at', () => {
    expect(chooseSamples(8, 3, 1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const many = chooseSamples(1000, 501, 1);
    expect(many).toHaveLength(64);
    expect(many).toContain(501);
    expect(new Set(many).size).toBe(64);
    expect(chooseSamples(1000, 7, 1e9)).toHaveLength(2);
    expect(chooseSamples(1000, 7, 1e12)).toEqual([7]);
  });

  it('names lines by the token that tells them apart, else by number', () => {
    const samples = (...texts: string[]) => texts.map((text) => ({ input: [...text] }));
    expect(lineNames(samples('a..', 'b..', 'c..'), [0, 1, 2])).toEqual(['a', 'b', 'c']);
    expect(lineNames(samples('.a', '.b'), [0, 1])).toEqual(['a', 'b']);
    expect(lineNames(samples('ab', 'ab'), [0, 9])).toEqual(['1', '10']);
  });

  it('has an axis for its values, and texts that do not overlap', () => {
    const plot = unitPlot(Int32Array.of(0, 2, 5), Float32Array.of(-1, 1, 0, 3, Number.NaN));
    expect(plot.steps).toBe(3);
    expect(plot.low).toBeLessThanOrEqual(-1);
    expect(plot.high).toBeGreaterThanOrEqual(3);
    expect(unitPlot(Int32Array.of(0), new Float32Array(0)).steps).toBe(1);
    expect(spreadTexts([5, 6, 7, 90], 10, 0, 100)).toEqual([5, 15, 25, 90]);
    expect(spreadTexts([95, 96, 97], 10, 0, 100)).toEqual([80, 90, 100]);
  });
});
