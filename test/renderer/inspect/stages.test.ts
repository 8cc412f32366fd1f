/** The stages of a pass: their order, the ways to them, and where play stops. */
import { describe, expect, it } from 'vitest';
import { inspectKeyOf } from '../../../renderer/commands/inspect-keys.ts';
import {
  cellHeight,
  type MatrixView,
  nextPlace,
} from '../../../renderer/screens/inspect/numbers/matrix-view.ts';
import {
  cellText,
  limitText,
  powerText,
  quantileScale,
  readText,
  scaleOf,
} from '../../../renderer/screens/inspect/numbers/number-scale.ts';
import { cellAt, gridOf } from '../../../renderer/screens/inspect/numbers/pixels.ts';
import { axisNames, readPlace, shortKey } from '../../../renderer/screens/inspect/step/parameter-names.ts';
import { fitRow, type RowGroup } from '../../../renderer/screens/inspect/step/row.ts';
import {
  nextStop,
  readStage,
  stageAt,
  stageIndex,
  stageName,
} from '../../../renderer/screens/inspect/step/stages.ts';
import { historyEpochs, historyPlot } from '../../../renderer/screens/inspect/step/weight-history.ts';

const stagesOf = (T: number) => Array.from({ length: 2 * T + 2 }, (_, index) => stageAt(index, T));

describe('the stages of a pass', () => {
  it('are 2 T + 2, in the order of computation, each found by its place and by its name', () => {
    for (const T of [1, 5, 40]) {
      const all = stagesOf(T);
      expect(all).toHaveLength(2 * T + 2);
      all.forEach((stage, index) => {
        expect(stageIndex(stage, T)).toBe(index);
        expect(stageAt(index, T)).toEqual(stage);
        expect(readStage(stageName(stage), T)).toEqual(stage);
        expect(readStage(` ${index + 1} `, T)).toEqual(stage);
      });
    }
    expect(stagesOf(2).map(stageName)).toEqual(['F 1', 'F 2', 'L', 'B 2', 'B 1', 'U']);
  });

  it('that are not there are not gone to; a step beyond a shorter sample is its last', () => {
    for (const text of ['', 'F', 'F0', 'F6', 'B6', 'L1', 'U2', '0', '13', 'x', 'F1.5', '-1']) {
      expect(readStage(text, 5), text).toBeNull();
    }
    expect(readStage('ｆ４', 5)).toEqual({ phase: 'forward', t: 3 });
    expect(stageIndex({ phase: 'forward', t: 90 }, 5)).toBe(4);
    expect(stageIndex({ phase: 'backward', t: 90 }, 5)).toBe(6);
    expect(stageAt(99, 5)).toEqual({ phase: 'update', t: 0 });
  });

  it('are played to the next breakpoint of any kind, else to the update', () => {
    const facts = { steps: 4, isWrong: (t: number) => t === 2, norm: (t: number) => t };
    expect(nextStop(0, [], facts)).toBe(9);
    expect(nextStop(0, [{ kind: 'wrong' }], facts)).toBe(2);
    expect(nextStop(2, [{ kind: 'wrong' }], facts)).toBe(9);
    expect(nextStop(3, [{ kind: 'norm', above: 1.5 }], facts)).toBe(5);
    expect(nextStop(6, [{ kind: 'norm', above: 1.5 }], facts)).toBe(9);
    const here = { kind: 'stage', stage: { phase: 'loss', t: 0 } } as const;
    expect(nextStop(0, [here, { kind: 'wrong' }], facts)).toBe(2);
    expect(nextStop(2, [here, { kind: 'wrong' }], facts)).toBe(4);
  });

  it('have keys of their own, which are not taken from a text field', () => {
    const press = (key: string, shiftKey = false) => ({
      ...{ key, shiftKey },
      ctrlKey: false,
      metaKey: false,
      altKey: false,
    });
    expect(inspectKeyOf(press('j'), false)).toBe('next');
    expect(inspectKeyOf(press('J', true), false)).toBe('leap-next');
    expect(inspectKeyOf(press('j'), true)).toBeNull();
    expect(inspectKeyOf({ ...press('j'), ctrlKey: true }, false)).toBeNull();
    expect(inspectKeyOf(press('ArrowRight'), false)).toBeNull();
  });
});

describe('a matrix', () => {
  it('is walked by the arrows, Home, End and pages, and never left', () => {
    const size = { rows: 20, columns: 8 };
    const from = { row: 2, column: 3 };
    expect(nextPlace('ArrowRight', false, from, size)).toEqual({ row: 2, column: 4 });
    expect(nextPlace('ArrowDown', true, from, size)).toEqual({ row: 7, column: 3 });
    expect(nextPlace('ArrowLeft', true, from, size)).toEqual({ row: 2, column: 0 });
    expect(nextPlace('PageDown', false, from, size)).toEqual({ row: 12, column: 3 });
    expect(nextPlace('End', false, from, size)).toEqual({ row: 2, column: 7 });
    expect(nextPlace('j', false, from, size)).toBeNull();
  });

  it('writes its numbers with the digits that its largest one leaves', () => {
    expect([cellText(-0.7351, 1.05), cellText(12.34, 99), cellText(0.0171, 0.12)]).toEqual([
      '−0.74',
      '12.3',
      '.017',
    ]);
    expect([cellText(0.00123, 0.0041), powerText(0.0041)]).toEqual(['1.23', '×10⁻³']);
    expect([cellText(0, 1), cellText(1, 1), cellText(-1, 3), cellText(Number.NaN, 1)]).toEqual([
      '0',
      '1',
      '−1',
      'NaN',
    ]);
    expect([cellText(-0.001, 1), cellText(31234, 5e4), powerText(5e4), powerText(2)]).toEqual([
      '0.00',
      '3.12',
      '×10⁴',
      '',
    ]);
    expect([readText(0.1234567), readText(-0.00002568), readText(null), readText(0)]).toEqual([
      '0.123457',
      '−2.568·10⁻⁵',
      '—',
      '0.000000',
    ]);
    expect([limitText(0.25), limitText(1.5), limitText(0), limitText(0.00025)]).toEqual([
      '.25',
      '1.5',
      '0',
      '2.5e−4',
    ]);
  });

  it('has the strongest colour at its largest number, or at its 99 % quantile', () => {
    expect(scaleOf('diverging', [0.5, -2, Number.NaN], [1])).toEqual({ kind: 'diverging', limit: 2 });
    const many = Float32Array.from({ length: 200 }, (_, i) => (i < 2 ? 100 : 1));
    expect(quantileScale(many).limit).toBe(100);
    expect(quantileScale(many.fill(1, 0, 1)).limit).toBe(1);
    expect(quantileScale([]).limit).toBe(0);
  });

  it('as pixels finds the cell under a point, also where a pixel stands for several', () => {
    const size = { maxWidth: 240, maxHeight: 240, gap: true };
    const small = gridOf({ rows: 20, columns: 20 }, size);
    expect([small.stepX, small.gap, small.isWhole]).toEqual([12, 1, true]);
    expect(cellAt(small, 25, 239)).toEqual({ row: 19, column: 2 });
    expect(cellAt(small, 900, -5)).toEqual({ row: 0, column: 19 });
    const large = gridOf({ rows: 2048, columns: 512 }, size);
    expect([large.isWhole, large.height <= 240, large.width <= 240]).toEqual([false, true, true]);
    expect(cellAt(large, large.width, large.height)).toEqual({ row: 2047, column: 511 });
  });

  it('fits its line: narrower cells first, then the widest as pixels, units at one height', () => {
    const matrix = (columns: number, rows = 16) => ({ name: '', rows, columns }) as MatrixView;
    const groups = (...all: MatrixView[]): RowGroup[] => [
      { title: null, items: all.map((one) => ({ kind: 'matrix', matrix: one, caption: '' })) },
    ];
    const [wide, other] = [matrix(16), matrix(10)];
    expect(fitRow(groups(matrix(4), matrix(1)), 1160)).toMatchObject({ cellWidth: 46 });
    expect(fitRow(groups(wide, matrix(1)), 800).cellWidth).toBe(42);
    expect(fitRow(groups(wide, matrix(1)), 740).cellWidth).toBe(38);
    const tight = fitRow(groups(wide, other, matrix(1)), 900);
    expect([tight.asPixels.has(wide), tight.asPixels.has(other)]).toEqual([true, false]);
    expect(tight.heightOf(16)).toBe(cellHeight(16));
    expect(fitRow(groups(matrix(32, 32)), 1160).heightOf(32)).toBe(7);
    expect(fitRow(groups(matrix(512, 512)), 1160).heightOf(512)).toBe(1);
  });
});

describe('a parameter', () => {
  const inspect = {
    model: { cell: 'lstm', embedding: null },
    vocabulary: ['a', ','],
    targetVocabulary: ['x', 'y'],
    parameters: [
      { key: 'rnn.weight_ih_l0', shape: [8, 2] },
      { key: 'rnn.bias_hh_l0', shape: [8] },
      { key: 'head.weight', shape: [2, 2] },
    ],
    unitNames: () => ['0', '1'],
  } as unknown as Parameters<typeof axisNames>[0];

  it('has a short name, and rows named by gate and unit', () => {
    expect([
      shortKey('rnn.weight_hh_l0'),
      shortKey('rnn.bias_ih_l1_reverse'),
      shortKey('head.bias'),
      shortKey('h0'),
    ]).toEqual(['W_hh', 'b_ih l1 reverse', 'b_head', 'h0']);
    const names = axisNames(inspect, 'rnn.weight_ih_l0');
    expect(names.rows).toEqual(['i 0', 'i 1', 'f 0', 'f 1', 'g 0', 'g 1', 'o 0', 'o 1']);
    expect(names.columns).toEqual(['a', ',']);
    expect(axisNames(inspect, 'head.weight').rows).toEqual(['x', 'y']);
  });

  it('is read as a place by names or numbers, a comma that is a token too', () => {
    const names = axisNames(inspect, 'rnn.weight_ih_l0');
    const size = { rows: 8, columns: 2 };
    expect(readPlace('f 1, a', names, size)).toEqual({ row: 3, column: 0 });
    expect(readPlace('3，1', names, size)).toEqual({ row: 3, column: 1 });
    expect(readPlace('o 0, ,', names, size)).toEqual({ row: 6, column: 1 });
    for (const text of ['', 'f 1', '8, 0', '0, 2', 'q, a', '-1, 0'])
      expect(readPlace(text, names, size), text).toBeNull();
    expect(readPlace('7', names, { rows: 8, columns: null })).toEqual({ row: 7, column: 0 });
  });
});

describe('the history of a weight', () => {
  it('has evenly chosen epochs, and those before and after the update that is shown', () => {
    expect(historyEpochs(3, 2)).toEqual([0, 1, 2, 3]);
    const many = historyEpochs(100_000, 14);
    expect(many.length).toBeLessThanOrEqual(101);
    expect(many).toEqual([...many].sort((a, b) => a - b));
    for (const epoch of [0, 13, 14, 100_000]) expect(many).toContain(epoch);
    expect(historyEpochs(0, 1)).toEqual([0]);
  });

  it('is drawn within its frame, numbers that are none left out', () => {
    const frame = { left: 10, top: 5, width: 100, height: 50 };
    const { points, ticks } = historyPlot([0, 5, 10], [-1, Number.NaN, 2], 10, frame);
    expect(points.map(({ epoch, x }) => [epoch, x])).toEqual([
      [0, 10],
      [10, 110],
    ]);
    for (const { y } of points) {
      expect(y).toBeGreaterThanOrEqual(5);
      expect(y).toBeLessThanOrEqual(55);
    }
    expect(ticks.length).toBeGreaterThan(1);
  });
});
