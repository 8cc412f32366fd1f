import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../main/api.ts';
import { fadingOf, powersOf } from '../../../renderer/screens/inspect/gradients/decay.ts';
import {
  chooseLosses,
  mapLayout,
  normMatrix,
  normText,
  powerScale,
  powerText,
  stateCellName,
  strongestInputs,
} from '../../../renderer/screens/inspect/gradients/gradient-view.ts';
import { isKin, kinEpochs, kinOf, kinSeconds } from '../../../renderer/screens/inspect/gradients/kin.ts';

describe('the map of gradients', () => {
  const norms = Float32Array.of(0.1, 0, 1e-3, 2);
  const scale = powerScale(norms);
  const matrix = normMatrix({
    ...{ name: 'RNN', norms, losses: [0, 1], steps: 2, scale, context: '' },
    ...{ depends: (k, t) => t <= k, cellName: stateCellName },
  });

  it('has powers of ten as colours, and the norms themselves to read', () => {
    expect(scale).toEqual({ low: -3, high: 0.5 });
    expect(matrix.value(0, 0)).toBeCloseTo(2, 6);
    expect(matrix.value(1, 0)).toBeCloseTo(0, 6);
    expect(matrix.note(1, 1)).toMatchObject({ name: '‖∂L₂/∂h₂‖', value: 2 });
    // A loss does not depend on what comes after it.
    expect(matrix.value(0, 1)).toBeNull();
    expect(matrix.note(0, 1).value).toBeNull();
  });

  it('keeps to 10⁻¹⁰ and above, however small the numbers are', () => {
    expect(powerScale([1e-30, 0, 1])).toEqual({ low: -10, high: 0 });
    expect(powerScale([0, 0])).toEqual({ low: -1, high: 0 });
    expect(powerScale([Number.NaN])).toEqual({ low: -1, high: 0 });
  });

  it('writes numbers short', () => {
    expect([0.26, 0.000123, 3.14e-9, 0, null].map(normText)).toEqual(['0.26', '0.00012', '3.1e−9', '0', '—']);
    expect([1, 0.0025, 0].map(powerText)).toEqual(['0.0', '−2.6', '−∞']);
  });

  it('asks for all losses, or for evenly chosen ones', () => {
    expect(chooseLosses(3)).toEqual([0, 1, 2]);
    const many = chooseLosses(1000);
    expect(many).toHaveLength(64);
    expect([many[0], many.at(-1)]).toEqual([0, 999]);
    expect(new Set(many).size).toBe(64);
  });

  it('is written where there is room, and whole however long the sequence is', () => {
    expect(mapLayout({ rows: 5, columns: 5 }, { width: 260, height: 300 })).toEqual({
      ...{ stepX: 46, stepY: 34, isWritten: true },
    });
    const long = mapLayout({ rows: 64, columns: 1000 }, { width: 260, height: 300 });
    expect(long.stepX * 1000).toBeLessThanOrEqual(260.5);
    expect(long.isWritten).toBe(false);
  });

  it('names the inputs that matter most', () => {
    expect(strongestInputs([0.1, 0, 3, 0.2], 3)).toEqual([2, 3, 0]);
  });
});

describe('where a gradient dies', () => {
  it('is where less than a thousandth of its beginning is left', () => {
    expect(fadingOf([1e-9, 1e-4, 0.1, 1], 3)).toEqual({ deadAt: 1, left: expect.closeTo(1e-9) });
    expect(fadingOf([0.4, 0.5, 0.8, 9], 2)).toEqual({ deadAt: null, left: 0.5 });
    expect(fadingOf([], 0)).toEqual({ deadAt: null, left: 0 });
  });

  it('has no point where it is 0', () => {
    expect(powersOf([0, 0.01, 1, 7], 2)).toEqual([
      { t: 1, power: -2 },
      { t: 2, power: 0 },
    ]);
  });
});

describe('runs of other cells beside a run', () => {
  const run = (id: string, cell: string, changes: Record<string, number | string> = {}, rest = {}) =>
    ({
      ...{ id, kind: 'training', parent: null, epochs: 300, state: { status: 'paused' } },
      progress: { epoch: 100, trainedMs: 2000 },
      settings: { name: 'x', dataset: 1, 'model.cell': cell, 'training.seed': 2, ...changes },
      ...rest,
    }) as unknown as RunSummary;
  const own = run('1', 'rnn', { 'model.nonlinearity': 'tanh' });

  it('are those with the same data, seed and settings; the newest of each cell', () => {
    const runs = [
      own,
      run('2', 'gru'),
      run('3', 'gru', { 'training.epochs': 7 }),
      run('4', 'lstm', { 'training.seed': 3 }),
    ];
    const { rnn, gru, lstm } = kinOf(own, runs);
    expect([rnn?.id, gru?.id, lstm]).toEqual(['1', '3', null]);
    expect(isKin(own, run('5', 'lstm', { dataset: 2 }))).toBe(false);
    expect(isKin(own, run('6', 'lstm', { 'training.optimizer.lr': 0.1 }))).toBe(false);
    expect(isKin(own, run('7', 'lstm', {}, { parent: { runId: '1', epoch: 3 } }))).toBe(false);
  });

  it('take as many epochs, and time by the number of their gates', () => {
    expect(kinEpochs(own)).toBe(300);
    expect(kinEpochs({ ...own, state: { status: 'stopped' } } as RunSummary)).toBe(100);
    // 20 ms an epoch, 300 epochs, 3 and 4 gates.
    expect(kinSeconds(own, ['gru', 'lstm'])).toBeCloseTo(0.02 * 300 * 7, 9);
    expect(kinSeconds({ ...own, progress: { ...own.progress, epoch: 0 } }, ['gru'])).toBeNull();
  });
});
