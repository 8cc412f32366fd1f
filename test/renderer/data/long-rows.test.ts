/**
 * Rows with more tokens than fit: one window over the columns of all rows, and the places in them that
 * deserve a look.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DraftRow } from '../../../engine/data/draft.ts';
import type { SampleProblem } from '../../../engine/data/samples.ts';
import { problem } from '../../../engine/errors.ts';
import { ColumnWindow } from '../../../renderer/screens/data/column-window.svelte.ts';
import { rowCells, rowTokens, spotsOf } from '../../../renderer/screens/data/row-cells.ts';

const rowOf = (input: string, target: string): DraftRow => ({
  id: 1,
  input,
  target,
  split: 'train',
  note: '',
});
const mapping = { task: 'mapping', tokens: 'characters' } as const;
const wrongAt = (
  field: 'input' | 'target',
  tokenIndex: number | null,
  code = 'unknown-token',
): SampleProblem => ({ field, tokenIndex, problem: problem(code, '', 'a problem is here') });

describe('the window over the columns', () => {
  const open = (count: number, room: number) => {
    const columns = new ColumnWindow(() => count);
    columns.room = room;
    return columns;
  };

  it('begins at the first column and ends with the last of the longest row', () => {
    const columns = open(200, 12);
    expect([columns.offset, columns.isLong]).toEqual([0, true]);
    columns.offset = 500;
    expect(columns.offset).toBe(188);
    columns.offset = -3;
    expect(columns.offset).toBe(0);
    columns.page(1);
    expect(columns.offset).toBe(10);
  });

  it('follows rows that get shorter, and stays where all of them fit', () => {
    let count = 50;
    const columns = new ColumnWindow(() => count);
    columns.offset = 30;
    count = 20;
    expect(columns.offset).toBe(8);
    count = 12;
    expect([columns.offset, columns.isLong]).toEqual([0, false]);
    columns.offset = 5;
    expect(columns.offset).toBe(0);
  });

  it('brings any column into sight, and does not move for one that is in sight', () => {
    const numbers = fc.tuple(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      fc.nat(),
    );
    fc.assert(
      fc.property(numbers, ([count, room, from, to]) => {
        const columns = open(count, room);
        columns.offset = from % count;
        const before = columns.offset;
        const column = to % count;
        columns.show(column);
        expect(column).toBeGreaterThanOrEqual(columns.offset);
        expect(column).toBeLessThan(columns.offset + room);
        if (column >= before && column < before + room) expect(columns.offset).toBe(before);
      }),
    );
  });
});

describe('the cells of a long row', () => {
  const line = 'abcdefghijklmnopqrstuvwxyz';

  it('are those of the window, wherever it stands, and nothing is lost on the way', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '床', '👩‍🚀'), minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 20 }), (input, target, room) => {
        const row = rowOf(input, target);
        const whole = rowTokens(row, mapping);
        const seen: string[] = [];
        for (let offset = 0; offset < whole.input.length; offset += room) {
          const { input: cells } = rowCells(row, [], mapping, { offset, room });
          expect(cells.before + cells.cells.length + cells.after).toBe(whole.input.length);
          expect(cells.from).toBe(offset);
          seen.push(...cells.cells.map(({ token }) => token));
        }
        expect(seen).toEqual(whole.input);
      }),
    );
  });

  it('mark what is wrong by its place in the row, and stand in for what one side lacks', () => {
    const problems = [wrongAt('input', 21), wrongAt('target', 20, 'unequal-length')];
    const { input, target } = rowCells(rowOf(line, line.slice(0, 20)), problems, mapping, {
      offset: 18,
      room: 5,
    });
    expect(input.cells.map(({ kind }) => kind)).toEqual(['input', 'input', 'input', 'unknown', 'input']);
    expect(target.cells.map(({ token }) => token)).toEqual(['s', 't', '?', '?', '?']);
    expect([target.before, target.after]).toEqual([18, 3]);
    const far = rowCells(rowOf(line, line.slice(0, 20)), problems, mapping, { offset: 22, room: 5 });
    expect(far.target.cells.map(({ token }) => token)).toEqual(['?', '?', '?', '?']);
  });

  it('are none where the row ends before the window, and a label stays', () => {
    const label = { task: 'label', tokens: 'characters' } as const;
    const { input, target } = rowCells(rowOf('abc', 'verb'), [], label, { offset: 10, room: 5 });
    expect([input.cells, input.before]).toEqual([[], 3]);
    expect(target.cells).toEqual([{ token: 'verb', kind: 'target' }]);
  });
});

describe('places that are worth a look', () => {
  const none = { input: new Set<number>(), target: new Set<number>() };

  it('are problems, hits and the beginnings of differences, from left to right', () => {
    const row = rowOf('aaaaaaaaaa', 'aabbaaaaba');
    const found = { input: new Set([9]), target: new Set([4]) };
    expect(spotsOf(row, [wrongAt('input', 6), wrongAt('input', null)], found, mapping)).toEqual([
      { field: 'target', token: 2 },
      { field: 'target', token: 4 },
      { field: 'input', token: 6 },
      { field: 'target', token: 8 },
      { field: 'input', token: 9 },
    ]);
  });

  it('of a label are in its input alone, and differences count in a mapping alone', () => {
    const label = { task: 'label', tokens: 'characters' } as const;
    expect(spotsOf(rowOf('abc', 'x'), [], { ...none, target: new Set([0]) }, label)).toEqual([]);
    expect(spotsOf(rowOf('abc', 'abc'), [], none, mapping)).toEqual([]);
  });
});
