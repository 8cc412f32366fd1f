/** Spreadsheet operations on ranges of cells, each as one edit of the draft, so that one undo takes it back. */
import { type Draft, type DraftEdit, type DraftRow, nextRowId, type Split } from '../draft.ts';

export type CellColumn = 'input' | 'target' | 'split' | 'note';

/** A table's columns in order; a language model has no target. */
export function cellColumns(task: Draft['data']['task']): readonly CellColumn[] {
  return task === 'language-model' ? ['input', 'split', 'note'] : ['input', 'target', 'split', 'note'];
}

/** A rectangle of cells: rows `from` to `to`, both included, from 0, in adjacent columns. */
export interface CellRange {
  from: number;
  to: number;
  columns: readonly CellColumn[];
}

type RowChange = Extract<DraftEdit, { kind: 'rows.change' }>['rows'][number];

export function readCells(rows: readonly DraftRow[], { from, to, columns }: CellRange): string[][] {
  return rows.slice(from, to + 1).map((row) => columns.map((column) => row[column]));
}

/** Empties the texts of a range; a split has no empty value and stays. null: there is nothing to empty. */
export function clearCells(rows: readonly DraftRow[], { from, to, columns }: CellRange): DraftEdit | null {
  const texts = columns.filter((column) => column !== 'split');
  return changesOf(rows, from, to, (row) =>
    differing(
      row,
      texts.map((column) => [column, '']),
    ),
  );
}

/**
 * Gives every row of the range the values of its first row; a single row gets the values of the row above it. null:
 * nothing changes.
 */
export function fillDown(rows: readonly DraftRow[], { from, to, columns }: CellRange): DraftEdit | null {
  const first = rows[from === to ? from - 1 : from];
  if (!first) return null;
  return changesOf(rows, from, to, (row) =>
    differing(
      row,
      columns.map((column) => [column, first[column]]),
    ),
  );
}

/**
 * Copies whole rows and inserts the copies after the last of them. `from` and `to` are indices of the shown rows.
 */
export function duplicateRows(
  draft: Draft,
  from: number,
  to: number,
  shown: readonly DraftRow[] = draft.rows,
): DraftEdit {
  const id = nextRowId(draft);
  const rows = shown.slice(from, to + 1).map((row, i) => ({ ...row, id: id + i }));
  const last = shown === draft.rows ? to : draft.rows.indexOf(shown[to]!);
  return { kind: 'rows.insert', at: last + 1, rows };
}

export interface PastedCells {
  /** null: every cell held the pasted text already. */
  edit: DraftEdit | null;
  /** Rows that the cells went to, from 0, and their columns. */
  range: CellRange;
  added: number;
  /**
   * What was not taken: the count of non-empty table columns beyond the last column, and the texts that are no
   * split.
   */
  beyond: number;
  notSplits: string[];
}

/** Every split, in the order in which they are offered. */
export const splitNames: readonly Split[] = ['train', 'validation', 'off'];

/**
 * Pastes a table at a cell. The table's first column goes to that cell's column, and missing rows are added. A first
 * line that names columns (`input`, `target`) is left out and decides which column is which. A text that names no
 * split is not taken.
 *
 * `splitOf` reads a split as the window names it. `shown` are the rows that indices refer to, where some are hidden;
 * missing rows are added after all rows.
 */
export function pasteCells(
  draft: Draft,
  at: { row: number; column: CellColumn },
  table: readonly (readonly string[])[],
  splitOf: (text: string) => Split | null = plainSplit,
  shown: readonly DraftRow[] = draft.rows,
): PastedCells {
  const all = cellColumns(draft.data.task);
  const named = namedColumns(table[0]);
  const body = named ? table.slice(1) : table;
  const width = body.reduce((widest, cells) => Math.max(widest, cells.length), 0);
  const columns = named ?? Array.from({ length: width }, (_, i) => all[all.indexOf(at.column) + i] ?? null);
  const notSplits: string[] = [];
  const valuesOf = (cells: readonly string[]) => {
    const values: [CellColumn, string][] = [];
    columns.forEach((column, i) => {
      const text = cells[i];
      if (!column || text === undefined) return;
      if (column !== 'split') values.push([column, text]);
      else if (text.trim() !== '') {
        const split = splitOf(text);
        if (split) values.push([column, split]);
        else notSplits.push(text);
      }
    });
    return values;
  };
  const changes: RowChange[] = [];
  const added: DraftRow[] = [];
  const firstId = nextRowId(draft);
  body.forEach((cells, i) => {
    const row = shown[at.row + i];
    const values = valuesOf(cells);
    if (row) {
      const change = differing(row, values);
      if (change) changes.push(change);
    } else {
      const fresh: DraftRow = { id: firstId + added.length, input: '', target: '', split: 'train', note: '' };
      added.push({ ...fresh, ...Object.fromEntries(values) });
    }
  });
  const edits: DraftEdit[] = [];
  if (changes.length > 0) edits.push({ kind: 'rows.change', rows: changes });
  if (added.length > 0) edits.push({ kind: 'rows.insert', at: draft.rows.length, rows: added });
  const used = all.filter((column) => columns.includes(column));
  return {
    edit: edits.length > 1 ? { kind: 'all', edits } : (edits[0] ?? null),
    range: { from: at.row, to: at.row + Math.max(0, body.length - 1), columns: used },
    added: added.length,
    beyond: columns.filter((column, i) => !column && body.some((cells) => (cells[i] ?? '') !== '')).length,
    notSplits,
  };
}

/** Puts one text into every cell of the range. null: nothing changes. */
export function fillCells(
  rows: readonly DraftRow[],
  { from, to, columns }: CellRange,
  text: string,
  splitOf: (text: string) => Split | null = plainSplit,
): DraftEdit | null {
  const split = splitOf(text);
  const values = columns.flatMap((column): [CellColumn, string][] =>
    column !== 'split' ? [[column, text]] : split ? [[column, split]] : [],
  );
  return changesOf(rows, from, to, (row) => differing(row, values));
}

function plainSplit(text: string): Split | null {
  return splitNames.find((name) => name === text.trim().toLowerCase()) ?? null;
}

/** The columns that a first line names, where it names only known columns and `input` among them; else null. */
function namedColumns(cells: readonly string[] | undefined): (CellColumn | null)[] | null {
  const names = cells?.map((cell) => cell.trim().toLowerCase()) ?? [];
  const known = cellColumns('mapping');
  const columns = names.map((name) => known.find((column) => column === name) ?? null);
  return columns.includes('input') && columns.length > 1 && columns.every((column) => column)
    ? columns
    : null;
}

function changesOf(
  rows: readonly DraftRow[],
  from: number,
  to: number,
  change: (row: DraftRow) => RowChange | null,
): DraftEdit | null {
  const changes = rows.slice(from, to + 1).flatMap((row) => change(row) ?? []);
  return changes.length > 0 ? { kind: 'rows.change', rows: changes } : null;
}

/** The change that gives the row these values; null where it has them already. */
function differing(row: DraftRow, values: readonly (readonly [CellColumn, string])[]): RowChange | null {
  const other = values.filter(([column, text]) => row[column] !== text);
  return other.length > 0 ? { id: row.id, ...Object.fromEntries(other) } : null;
}
