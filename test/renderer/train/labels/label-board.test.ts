import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../../engine/questions.ts';
import {
  barParts,
  confusion,
  labelRows,
  rowsOfPair,
  tickEpochs,
} from '../../../../renderer/screens/train/labels/label-board.ts';

const labels = ['x', 'y', 'z'];
const samples = ['a', 'b', 'c', 'd'].map((input) => ({ input, target: 'x' }));
/** a is x and is called x, b is y and is called z, c is z and is called z, d is x and is called y. */
const evaluation: Evaluation = {
  starts: Int32Array.of(0, 1, 2, 3, 4),
  says: Int32Array.of(0, 2, 2, 1),
  wanted: Int32Array.of(0, 1, 2, 0),
  probabilities: Float32Array.of(0.5, 0.25, 0.75, 0.25),
  distributions: Float32Array.of(0.5, 0.25, 0.25, 0, 0.25, 0.75, 0.125, 0.125, 0.75, 0.25, 0.74, 0.01),
  losses: new Float64Array(4),
};

describe('the board of labels', () => {
  const rows = labelRows(samples, labels, evaluation);

  it('begins with the sequences whose right label is least sure', () => {
    expect(rows.map(({ input, target, says, right }) => [input, target, says, right])).toEqual([
      ['b', 'y', 'z', false],
      ['d', 'x', 'y', false],
      ['a', 'x', 'x', true],
      ['c', 'z', 'z', true],
    ]);
  });

  it('counts what is taken for what', () => {
    expect([...confusion(evaluation, 3)]).toEqual([1, 1, 0, 0, 0, 1, 0, 0, 1]);
  });

  it('shows the sequences of one cell alone', () => {
    expect(rowsOfPair(rows, { target: 'y', says: 'z' }).map(({ input }) => input)).toEqual(['b']);
    expect(rowsOfPair(rows, null)).toHaveLength(4);
  });

  it('draws the right label first, then the others by their share, and not what is too thin', () => {
    const d = rows.find(({ input }) => input === 'd')!;
    expect(barParts(d, labels)).toEqual([
      { label: 'x', share: 0.25, isTarget: true },
      { label: 'y', share: expect.closeTo(0.74, 6), isTarget: false },
    ]);
    const b = rows.find(({ input }) => input === 'b')!;
    expect(barParts(b, labels).map(({ label }) => label)).toEqual(['y', 'z']);
    expect(barParts({ ...b, distribution: null }, labels)).toEqual([
      { label: 'y', share: 0.25, isTarget: true },
    ]);
  });

  it('has ticks of epochs that end at the last one', () => {
    expect(tickEpochs(20, 5)).toEqual([4, 8, 12, 16, 20]);
    expect(tickEpochs(3, 5)).toEqual([1, 2, 3]);
    expect(tickEpochs(0, 5)).toEqual([]);
  });
});
