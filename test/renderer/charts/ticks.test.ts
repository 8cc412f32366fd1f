import { describe, expect, it } from 'vitest';
import { epochTicks, linearAxis, logAxis, logTickText, tickText } from '../../../renderer/charts/ticks.ts';

describe('linearAxis', () => {
  it('has round ticks from at or below the lowest value', () => {
    const axis = linearAxis(0.27, 1.4073, 9);
    expect(axis.ticks).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4]);
    expect(axis.low).toBe(0.2);
    expect(axis.high).toBeGreaterThan(1.4073);
  });

  it('begins at a lowest value that is a tick but for rounding', () => {
    // 0.3 / 0.1 is 2.9999999999999996.
    expect(linearAxis(0.3, 1.1, 9).ticks).toEqual([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1]);
  });

  it.each([
    [0, 1],
    [0, 6.93],
    [0, 4.3],
    [0, 0.0405],
    [1.7, 7.04],
    [-3, 1e-3],
    [1e-9, 3e-9],
    [12, 12],
    [0, 0],
    [1e6, 1.1e6],
  ])('%f … %f: at most the ticks asked for, ascending, all inside', (low, high) => {
    for (const most of [3, 5, 9]) {
      const axis = linearAxis(low, high, most);
      expect(axis.ticks.length).toBeLessThanOrEqual(most);
      expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
      expect(axis.low).toBeLessThanOrEqual(low);
      expect(axis.high).toBeGreaterThan(high);
      expect(axis.ticks).toEqual([...axis.ticks].sort((a, b) => a - b));
      expect(axis.ticks[0]).toBeGreaterThanOrEqual(axis.low);
      expect(axis.ticks.at(-1)).toBeLessThanOrEqual(axis.high);
    }
  });
});

describe('logAxis', () => {
  it('marks 1, 2 and 5 within a few decades', () => {
    expect(logAxis(0.02, 1.4, 9).ticks.map(logTickText)).toEqual(['0.02', '0.05', '0.1', '0.2', '0.5', '1']);
  });

  it('marks each digit within about one decade', () => {
    expect(logAxis(0.31, 1.4, 9).ticks.map(logTickText)).toEqual([
      '0.3',
      '0.4',
      '0.5',
      '0.6',
      '0.7',
      '0.8',
      '0.9',
      '1',
    ]);
  });

  it('marks whole decades over many', () => {
    expect(logAxis(1e-8, 1, 9).ticks.map(logTickText)).toEqual([
      '1e−8',
      '1e−7',
      '1e−6',
      '1e−5',
      '0.0001',
      '0.001',
      '0.01',
      '0.1',
      '1',
    ]);
  });

  it('marks round numbers within part of one decade', () => {
    expect(logAxis(0.31, 0.44, 9).ticks.length).toBeGreaterThan(2);
  });
});

describe('epochTicks', () => {
  it('begins with the first epoch and goes on in round numbers', () => {
    expect(epochTicks(1, 20, 6)).toEqual([1, 5, 10, 15, 20]);
    expect(epochTicks(1, 20, 4)).toEqual([1, 10, 20]);
    expect(epochTicks(1, 100, 6)).toEqual([1, 20, 40, 60, 80, 100]);
    expect(epochTicks(1, 1_000_000, 6)).toEqual([1, 200_000, 400_000, 600_000, 800_000, 1_000_000]);
  });

  it('marks whole epochs only, however few', () => {
    expect(epochTicks(1, 1, 6)).toEqual([1]);
    expect(epochTicks(1, 2, 6)).toEqual([1, 2]);
    expect(epochTicks(7, 9, 6)).toEqual([7, 8, 9]);
  });
});

describe('tickText', () => {
  it('shows the decimals that tell the ticks apart', () => {
    expect([0.2, 0.4, 1].map((tick) => tickText(tick, [0.2, 0.4]))).toEqual(['0.2', '0.4', '1.0']);
    expect(tickText(5, [0, 5, 10])).toBe('5');
    expect(tickText(-0.5, [-0.5, 0])).toBe('−0.5');
    expect(tickText(2e-7, [0, 2e-7])).toBe('2e−7');
  });
});
