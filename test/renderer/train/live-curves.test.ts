/** A curve is complete at every moment of a run, and has no more points than a screen needs. */
import { describe, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { success } from '../../../engine/errors.ts';
import type { LabApi } from '../../../main/api.ts';
import type { CurvePoint } from '../../../main/curves-api.ts';
import { LiveCurves, piecesOf } from '../../../renderer/screens/train/live-curves.svelte.ts';
import { RunRows } from '../../../renderer/state/run-rows.svelte.ts';
import { patience } from '../../patience.ts';

const lossAt = (epoch: number) => 1 + (epoch % 2);

function labWith() {
  const lab = { last: 0, asked: [] as { from: number; to: number; points: number }[] };
  const api: Pick<LabApi, 'getCurves' | 'getEpochs'> = {
    getEpochs: async ({ since, limit }) => {
      const count = Math.max(0, Math.min(limit, lab.last - since));
      return success(
        Array.from({ length: count }, (_, i) => {
          const epoch = since + 1 + i;
          return { epoch, loss: lossAt(epoch), validationLoss: null } as EpochRow;
        }),
      );
    },
    getCurves: async ({ metrics, from, to, points }) => {
      lab.asked.push({ from, to, points });
      const size = Math.ceil((Math.min(to, lab.last) - from + 1) / points);
      const found: CurvePoint[] = [];
      for (let first = from; first <= Math.min(to, lab.last); first += size) {
        const last = Math.min(first + size - 1, to, lab.last);
        found.push({ first, last, min: 1, max: first === last ? lossAt(first) : 2 });
        if (first === last) found.at(-1)!.min = lossAt(first);
      }
      return success(metrics.map((metric) => ({ metric, points: metric === 'loss' ? found : [] })));
    },
  };
  return { lab, rows: new RunRows(api, '1'), curves: new LiveCurves(api) };
}
const all = { from: 1, to: 1_000_000, isLog: false, isZoomed: false };

describe('curves of a run', () => {
  it('are its rows where all are here, and nothing is asked of the lab', async () => {
    const { lab, rows, curves } = labWith();
    lab.last = 30;
    await rows.pull(30);
    curves.follow(rows, { ...all, to: 30 });
    const { x, y } = curves.line('loss');
    expect([Array.from(x).length, x[0], x[29], y[0], y[29]]).toEqual([30, 1, 30, 2, 1]);
    expect(lab.asked).toEqual([]);
    expect(Array.from(curves.line('validationLoss').x)).toEqual([]);
  });

  it('of a long run are points that stand for many, then its newest rows, without a hole', async () => {
    const { lab, rows, curves } = labWith();
    for (lab.last = 100_000; lab.last <= 1_000_000; lab.last += 100_000) {
      await rows.pull(lab.last);
      curves.follow(rows, all);
    }
    const until = () => {
      curves.follow(rows, all);
      const { x } = curves.line('loss');
      return Math.max(...Array.from(x).map((at, i) => at - (i === 0 ? 0 : x[i - 1]!)));
    };
    await expect.poll(until, patience).toBeLessThan(1100);
    const { x, y } = curves.line('loss');
    expect(x.length).toBeLessThan(9000);
    expect([x[0], Array.from(x).at(-1)]).toEqual([1, 1_000_000]);
    for (let i = 1; i < x.length; i++) expect(x[i]!).toBeGreaterThan(x[i - 1]!);
    expect(new Set(Array.from(y))).toEqual(new Set([1, 2]));
    // A smoothed line is drawn at the middle of each point's extremes.
    expect(curves.line('loss', true).y[0]).toBe(1.5);
  });

  it('are finer where one zooms in, and whole again at once where one zooms out', async () => {
    const { lab, rows, curves } = labWith();
    lab.last = 500_000;
    await rows.pull(500_000);
    curves.follow(rows, all);
    await expect.poll(() => curves.line('loss').x.length, patience).toBeGreaterThan(900);
    const whole = curves.line('loss').x.length;
    const part = { from: 1000, to: 1200, isLog: false, isZoomed: true };
    curves.follow(rows, part);
    expect(curves.line('loss').x.length).toBe(whole);
    await expect
      .poll(() => Array.from(curves.line('loss').x).filter((at) => at >= 1000 && at <= 1200).length, patience)
      .toBe(201);
    curves.follow(rows, all);
    expect(curves.line('loss').x.length).toBe(whole);
  });
});

describe('what is asked for', () => {
  it('is one piece on a linear axis, and one a decade on a logarithmic one', () => {
    expect(piecesOf(1, 500_000, all)).toEqual([{ first: 1, last: 500_000, points: 500 }]);
    const log = piecesOf(1, 2500, { ...all, to: 2500, isLog: true });
    expect(log.map(({ first, last }) => [first, last])).toEqual([
      [1, 9],
      [10, 99],
      [100, 999],
      [1000, 2500],
    ]);
    // In the first decades each epoch has its own point.
    expect(log[1]!.points).toBeGreaterThanOrEqual(90);
    for (const { points } of log) expect(points).toBeLessThanOrEqual(1000);
  });
});
