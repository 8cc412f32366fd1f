import { describe, expect, it } from 'vitest';
import type { Distribution, WeightSweep } from '../../../../engine/questions.ts';
import {
  histogramCells,
  histogramEpochs,
  histogramLimit,
  nearestRow,
} from '../../../../renderer/screens/inspect/weights/curves/histogram.ts';
import { sweepPlot, sweptAt } from '../../../../renderer/screens/inspect/weights/curves/sweep-plot.ts';

const frame = { left: 40, right: 10, top: 20, bottom: 20, strip: 8 };
const sweep = (losses: number[]): WeightSweep => ({
  values: Float32Array.from(losses, (_, i) => i - 2),
  losses: Float64Array.from(losses),
  right: Int32Array.from(losses, (_, i) => i),
  steps: 10,
});

describe('the what-if curve', () => {
  it('has the mean loss of a step, within the frame', () => {
    const plot = sweepPlot(sweep([20, 10, 5, 10, 40]), frame, 450, 200);
    expect(plot.losses).toEqual([2, 1, 0.5, 1, 4]);
    expect([plot.xOf(-2), plot.xOf(2)]).toEqual([40, 440]);
    for (const loss of plot.losses) {
      expect(plot.yOf(loss)).toBeGreaterThanOrEqual(frame.top);
      expect(plot.yOf(loss)).toBeLessThanOrEqual(plot.stripTop);
    }
    expect([plot.leastRight, plot.mostRight]).toEqual([0, 4]);
  });

  it('leads from a place to the value there, at the ends too', () => {
    const swept = sweep([20, 10, 5, 10, 40]);
    const plot = sweepPlot(swept, frame, 450, 200);
    for (const [i, value] of swept.values.entries()) expect(sweptAt(swept, plot, plot.xOf(value))).toBe(i);
    expect([sweptAt(swept, plot, -50), sweptAt(swept, plot, 999)]).toEqual([0, 4]);
  });

  it('is broken where a loss is no number', () => {
    const { path } = sweepPlot(sweep([1, Number.NaN, 1, 2, Number.POSITIVE_INFINITY]), frame, 450, 200);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).not.toContain('NaN');
  });
});

describe('values over the epochs', () => {
  it('are of the first weights, of the newest, and evenly between', () => {
    expect(histogramEpochs(3)).toEqual([0, 1, 2, 3]);
    const many = histogramEpochs(800);
    expect([many.length, many[0], many.at(-1)]).toEqual([41, 0, 800]);
    expect(new Set(many).size).toBe(41);
  });

  it('count those beyond the edges in the outermost bins', () => {
    const one = { counts: Int32Array.of(1, 4, 2), from: -1.5, to: 1.5, below: 3, above: 5 } as Distribution;
    const cells = histogramCells([7], [one]);
    expect(cells[0]!.map(({ count }) => count)).toEqual([4, 4, 7]);
    expect(cells[0]![1]).toEqual({ epoch: 7, count: 4, from: -0.5, to: 0.5 });
    expect(histogramLimit(cells)).toBe(Math.sqrt(7));
  });

  it('are marked at the nearest epoch', () => {
    expect(nearestRow([0, 20, 40], 29)).toBe(1);
    expect(nearestRow([0, 20, 40], 99)).toBe(2);
  });
});
