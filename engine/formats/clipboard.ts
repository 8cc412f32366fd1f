/** Ranges of cells as spreadsheets put them on the clipboard: tabs, line ends, and quotes where a cell holds either. */
import type { Draft, DraftEdit, DraftRow, Split } from '../data/draft.ts';
import { nextRowId } from '../data/draft.ts';
import { splitOf } from './importing/columns.ts';
import { readTable } from './importing/tables.ts';

/** The columns of a draft's rows, in the order of the grid. */
export const cellColumns = ['input', 'target', 'split', 'note'] as const;
export type CellColumn = (typeof cellColumns)[number];

/** As Excel, LibreOffice and Google Sheets write it: each row ends with a line feed, so that an empty last one counts. */
export function writeCells(cells: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return cells.map((row) => `${row.map(cell).join('\t')}\n`).join('');
}

/** What was copied; rows of the same width, shorter ones filled with empty cells. A text without a tab is one column. */
export function parseCells(text: string): string[][] {
  const work = readTable(text, { separator: '\t', quotes: true, comment: null });
  let step = work.next();
  while (!step.done) step = work.next();
  const rows = step.value.length === 0 ? [['']] : step.value;
  const width = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...Array<string>(width - row.length).fill('')]);
}

/** A range of the draft's cells; rows by their places, from 0, `to` not among them. */
export interface CellRange {
  from: number;
  to: number;
  columns: readonly CellColumn[];
}

export function copyCells({ rows }: Draft, { from, to, columns }: CellRange): string {
  return writeCells(rows.slice(from, to).map((row) => columns.map((column) => row[column])));
}

export interface Pasted {
  edit: DraftEdit;
  /** Rows that are changed, and rows that are added after the last. */
  changed: number;
  added: number;
  /** Columns that stand beyond the note, and are left out. */
  columnsLeft: number;
  /** Cells for the split that name none: the row keeps its split. */
  unknownSplits: number;
}

/**
 * The cells from this one on, to the right and down: a single column pasted at a target fills targets. What goes
 * beyond the last row becomes new rows.
 */
export function pasteCells(
  draft: Draft,
  at: { row: number; column: CellColumn },
  cells: readonly (readonly string[])[],
): Pasted {
  const first = cellColumns.indexOf(at.column);
  const columns = cellColumns.slice(first);
  const counts = { columnsLeft: Math.max(0, (cells[0]?.length ?? 0) - columns.length), unknownSplits: 0 };
  const toRow = (given: readonly string[]): Partial<Omit<DraftRow, 'id'>> => {
    const row: Partial<Omit<DraftRow, 'id'>> = {};
    columns.slice(0, given.length).forEach((column, c) => {
      if (column !== 'split') row[column] = given[c]!;
      else {
        const split: Split | null = splitOf(given[c]!);
        if (split === null) counts.unknownSplits++;
        else row.split = split;
      }
    });
    return row;
  };
  const there = draft.rows.slice(at.row, at.row + cells.length);
  const changes = there.map(({ id }, i) => ({ id, ...toRow(cells[i]!) }));
  const id = nextRowId(draft);
  const rows = cells.slice(there.length).map(
    (given, i): DraftRow => ({
      input: '',
      target: '',
      split: 'train',
      note: '',
      ...toRow(given),
      id: id + i,
    }),
  );
  const edits: DraftEdit[] = [];
  if (changes.length > 0) edits.push({ kind: 'rows.change', rows: changes });
  if (rows.length > 0) edits.push({ kind: 'rows.insert', at: draft.rows.length, rows });
  return { edit: { kind: 'all', edits }, changed: changes.length, added: rows.length, ...counts };
}
