import type { Draft, DraftEdit, DraftRow, Split } from '../../../engine/data/draft.ts';
import {
  type CellRange,
  clearCells,
  duplicateRows,
  fillCells,
  fillDown,
  pasteCells,
  splitNames,
} from '../../../engine/data/editing/cell-ranges.ts';
import { parseTable } from '../../../engine/data/editing/clipboard.ts';
import { splitOf as knownSplit } from '../../../engine/formats/importing/columns.ts';
import { parseRows } from '../../../engine/formats/table-rows.ts';
import { t } from '../../text/text.svelte.ts';
import { changeField, type LabelledEdit } from './edits.ts';
import type { GridPlace } from './grid-keys.ts';
import type { RowPlace } from './restore-rows.ts';

// Ranges are indices in `rows`, the rows that are shown; a filter hides the others.

type Rows = readonly DraftRow[];

/** null: the cells hold nothing that would change. */
export function clearRange(draft: Draft, rows: Rows, range: CellRange): LabelledEdit | null {
  return labelled(draft, rows, clearCells(rows, range), range, 'edit_cells_cleared');
}

export function fillRange(draft: Draft, rows: Rows, range: CellRange): LabelledEdit | null {
  return labelled(draft, rows, fillDown(rows, range), range, 'edit_cells_filled');
}

/** `places`: the removed rows, each with its index among all rows, from 0. */
export function removeRange(
  rows: Rows,
  from: number,
  to: number,
  placeOf: (row: number) => number,
): LabelledEdit & { places: RowPlace[] } {
  const places = rows.slice(from, to + 1).map((row, i) => ({ at: placeOf(from + i), row }));
  return {
    places,
    edit: { kind: 'rows.remove', ids: places.map(({ row }) => row.id) },
    label:
      places.length === 1
        ? { key: 'edit_row_removed', values: { row: places[0]!.at + 1 } }
        : { key: 'edit_rows_removed', values: { count: places.length } },
  };
}

export function duplicateRange(
  draft: Draft,
  rows: Rows,
  from: number,
  to: number,
  number: number,
): LabelledEdit {
  return {
    edit: duplicateRows(draft, from, to, rows),
    label:
      from === to
        ? { key: 'edit_row_duplicated', values: { row: number } }
        : { key: 'edit_rows_duplicated', values: { count: to - from + 1 } },
  };
}

export interface Pasted {
  send: LabelledEdit | null;
  range: CellRange;
  /** A sentence about cells that were not pasted; null: all were. */
  notTaken: string | null;
}

/**
 * Pastes a text from the clipboard at a cell. If several cells are chosen, a single value goes into all of
 * them.
 */
export function pasteTable(
  draft: Draft,
  rows: Rows,
  at: GridPlace,
  chosen: CellRange | null,
  text: string,
): Pasted {
  const table = tableOf(text);
  const only = table.length === 1 && table[0]!.length === 1 ? table[0]![0]! : null;
  if (only !== null && chosen) {
    const edit = fillCells(rows, chosen, only, splitOf);
    return { send: labelled(draft, rows, edit, chosen, 'edit_cells_pasted'), range: chosen, notTaken: null };
  }
  const made = pasteCells(draft, at, table, splitOf, rows);
  const { beyond, notSplits, range } = made;
  const said = [
    ...(beyond > 0 ? [t('data_paste_beyond', { count: beyond })] : []),
    ...(notSplits.length > 0
      ? [t('data_paste_not_splits', { count: notSplits.length, text: notSplits[0]! })]
      : []),
  ];
  const count = range.to - range.from + 1;
  return {
    send: made.edit && {
      edit: made.edit,
      label:
        made.added === count
          ? { key: 'edit_rows_pasted', values: { count } }
          : { key: 'edit_cells_pasted', values: { count } },
    },
    range,
    notTaken: said.length > 0 ? said.join(' ') : null,
  };
}

/** Commas separate only if the first line names the columns; otherwise they are characters of a sample. */
function tableOf(text: string): string[][] {
  if (text.includes('\t') || !/^\uFEFF?"?(input|target)"?,/i.test(text)) return parseTable(text);
  const rows = parseRows(text).map(({ input, target, split, note }) => [input, target, split, note]);
  return [['input', 'target', 'split', 'note'], ...rows];
}

/**
 * The split with this name in the window's language or in common tables (`val`, `dev`, `测试`); null for an
 * empty or unknown text.
 */
export function splitOf(text: string): Split | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  return splitNames.find((one) => t(`data_split_${one}`).toLowerCase() === wanted) ?? knownSplit(wanted);
}

/** An edit of one cell is named by its row; edits of several by the number of changed rows. */
function labelled(
  draft: Draft,
  rows: Rows,
  edit: DraftEdit | null,
  { from, to, columns }: CellRange,
  key: string,
): LabelledEdit | null {
  if (edit?.kind !== 'rows.change') return null;
  const [column] = columns;
  if (from === to && columns.length === 1 && column && column !== 'split') {
    const row = rows[from]!;
    return changeField(draft, row.id, column, edit.rows[0]![column] ?? row[column]);
  }
  return { edit, label: { key, values: { count: edit.rows.length } } };
}
