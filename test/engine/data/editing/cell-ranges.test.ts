import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Draft,
  type DraftEdit,
  type DraftRow,
  emptyDraft,
  type Split,
} from '../../../../engine/data/draft.ts';
import { applyEdit } from '../../../../engine/data/draft-edits.ts';
import {
  cellColumns,
  clearCells,
  duplicateRows,
  fillCells,
  fillDown,
  pasteCells,
  readCells,
} from '../../../../engine/data/editing/cell-ranges.ts';
import { parseTable, tableText } from '../../../../engine/data/editing/clipboard.ts';

function draftOf(rows: Partial<DraftRow>[]): Draft {
  const fresh = { input: '', target: '', split: 'train' as Split, note: '' };
  return { ...emptyDraft(), rows: rows.map((row, i) => ({ ...fresh, ...row, id: i + 1 })) };
}
const done = (draft: Draft, edit: DraftEdit | null) => (edit ? applyEdit(draft, edit).draft : draft);
const column = (draft: Draft, name: 'input' | 'target' | 'split' | 'note') =>
  draft.rows.map((row) => row[name]);
const abc = draftOf([
  { input: 'a', target: '1' },
  { input: 'b', target: '2', split: 'off', note: 'n' },
  { input: 'c', target: '3' },
]);

const anyRows = fc.array(
  fc.record({
    input: fc.string(),
    target: fc.string(),
    split: fc.constantFrom<Split>('train', 'validation', 'off'),
    note: fc.string(),
  }),
  { minLength: 1, maxLength: 8 },
);

describe('cells that are pasted', () => {
  it('are those that were copied: paste(copy(x)) is x, and one undo takes it back', () => {
    const columns = cellColumns('mapping');
    fc.assert(
      fc.property(anyRows, anyRows, fc.nat(3), fc.nat(3), fc.nat(9), (from, into, left, right, row) => {
        const taken = columns.slice(Math.min(left, right), Math.max(left, right) + 1);
        // A first line that happens to name columns is read as a header, which is tested elsewhere.
        fc.pre(from[0]!.input.trim().toLowerCase() !== 'input');
        const source = draftOf(from);
        const copied = readCells(source.rows, { from: 0, to: from.length - 1, columns: taken });
        const draft = draftOf(into);
        const at = { row: Math.min(row, into.length), column: taken[0]! };
        const { edit, range } = pasteCells(draft, at, parseTable(tableText(copied)));
        const after = done(draft, edit);
        expect(readCells(after.rows, range)).toEqual(copied);
        if (edit) expect(applyEdit(after, applyEdit(draft, edit).inverse).draft).toEqual(draft);
      }),
    );
  });

  it('fill targets from a column put at a target; rows that are missing are added', () => {
    const made = pasteCells(abc, { row: 1, column: 'target' }, [['x'], ['y'], ['z']]);
    const after = done(abc, made.edit);
    expect(column(after, 'target')).toEqual(['1', 'x', 'y', 'z']);
    expect(column(after, 'input')).toEqual(['a', 'b', 'c', '']);
    expect(made).toMatchObject({ added: 1, range: { from: 1, to: 3, columns: ['target'] } });
  });

  it('change nothing where they are put over themselves', () => {
    const columns = cellColumns('mapping');
    const copied = tableText(readCells(abc.rows, { from: 0, to: 2, columns }));
    expect(pasteCells(abc, { row: 0, column: 'input' }, parseTable(copied)).edit).toBeNull();
  });

  it('follow a first line that names columns', () => {
    const table = [
      ['target', 'input'],
      ['T', 'I'],
    ];
    const after = done(abc, pasteCells(abc, { row: 3, column: 'note' }, table).edit);
    expect(after.rows[3]).toMatchObject({ input: 'I', target: 'T', split: 'train' });
  });

  it('that have no column or are no split are counted, and change nothing', () => {
    const made = pasteCells(abc, { row: 1, column: 'split' }, [['maybe', 'note', 'beyond', '']]);
    expect(made).toMatchObject({ beyond: 1, notSplits: ['maybe'] });
    expect(done(abc, made.edit).rows[1]).toMatchObject({ split: 'off', note: 'note' });
  });
});

describe('a range of cells', () => {
  const range = (from: number, to: number, ...columns: ('input' | 'target' | 'split' | 'note')[]) => ({
    from,
    to,
    columns,
  });
  it('is cleared of its texts, and keeps its splits', () => {
    const after = done(abc, clearCells(abc.rows, range(0, 1, 'target', 'split', 'note')));
    expect([column(after, 'target'), column(after, 'split')]).toEqual([
      ['', '', '3'],
      ['train', 'off', 'train'],
    ]);
    expect(clearCells(after.rows, range(0, 1, 'target', 'note'))).toBeNull();
  });
  it('is filled from its first row, one row from the row above it', () => {
    expect(column(done(abc, fillDown(abc.rows, range(0, 2, 'target'))), 'target')).toEqual(['1', '1', '1']);
    expect(column(done(abc, fillDown(abc.rows, range(2, 2, 'split'))), 'split')).toEqual([
      'train',
      'off',
      'off',
    ]);
    expect(fillDown(abc.rows, range(0, 0, 'input'))).toBeNull();
  });
  it('takes one text into all of its cells', () => {
    const after = done(abc, fillCells(abc.rows, range(1, 2, 'input', 'target'), 'x'));
    expect([column(after, 'input'), column(after, 'target')]).toEqual([
      ['a', 'x', 'x'],
      ['1', 'x', 'x'],
    ]);
    expect(column(done(abc, fillCells(abc.rows, range(0, 2, 'split'), 'Off')), 'split')).toEqual(
      Array(3).fill('off'),
    );
  });
  it('is duplicated after its last row, with ids of its own', () => {
    const after = done(abc, duplicateRows(abc, 0, 1));
    expect(column(after, 'input')).toEqual(['a', 'b', 'a', 'b', 'c']);
    expect(new Set(after.rows.map(({ id }) => id)).size).toBe(5);
  });
});
