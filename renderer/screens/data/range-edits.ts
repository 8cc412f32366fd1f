import type { Draft, DraftEdit, DraftRow, Split } from '../../../engine/data/draft.ts';
import {
  type CellRange,
  clearCells,
  duplicateRows,
  fillCells,
  fillDown,
  pasteCells,
  splitNames,
} from '../../../engine/data/editing/cells.ts';
import { parseTable } from '../../../engine/data/editing/clipboard.ts';
import { splitOf as knownSplit } from '../../../engine/formats/importing/columns.ts';
import { parseRows } from '../../../engine/formats/table-rows.ts';
import { t } from '../../text/text.svelte.ts';
import { changeField, type LabelledEdit } from './edits.ts';
import type { GridPlace } from './grid-keys.ts';

/** null: the cells hold nothing that would change. */
export function clearRange(draft: Draft, range: CellRange): LabelledEdit | null {
  return labelled(draft, clearCells(draft.rows, range), range, 'edit_cells_cleared');
}

export function fillRange(draft: Draft, range: CellRange): LabelledEdit | null {
  return labelled(draft, fillDown(draft.rows, range), range, 'edit_cells_filled');
}

export function removeRange(draft: Draft, from: number, to: number): LabelledEdit & { rows: DraftRow[] } {
  const rows = draft.rows.slice(from, to + 1);
  return {
    rows,
    edit: { kind: 'rows.remove', ids: rows.map(({ id }) => id) },
    label:
      rows.length === 1
        ? { key: 'edit_row_removed', values: { row: from + 1 } }
        : { key: 'edit_rows_removed', values: { count: rows.length } },
  };
}

export function duplicateRange(draft: Draft, from: number, to: number): LabelledEdit {
  return {
    edit: duplicateRows(draft, from, to),
    label:
      from === to
        ? { key: 'edit_row_duplicated', values: { row: from + 1 } }
        : { key: 'edit_rows_duplicated', values: { count: to - from + 1 } },
  };
}

export interface Pasted {
  send: LabelledEdit | null;
  range: CellRange;
  /** A sentence about cells that had no place; null: all had one. */
  notTaken: string | null;
}

/** A text from the clipboard put at a cell; where several are chosen, a single cell goes into all of them. */
export function pasteTable(draft: Draft, at: GridPlace, chosen: CellRange | null, text: string): Pasted {
  const table = tableOf(text);
  const only = table.length === 1 && table[0]!.length === 1 ? table[0]![0]! : null;
  if (only !== null && chosen) {
    const edit = fillCells(draft.rows, chosen, only, splitOf);
    return { send: labelled(draft, edit, chosen, 'edit_cells_pasted'), range: chosen, notTaken: null };
  }
  const made = pasteCells(draft, at, table, splitOf);
  const { beyond, notSplits, range } = made;
  const said = [
    ...(beyond > 0 ? [t('data_paste_beyond', { count: beyond })] : []),
    ...(notSplits.length > 0
      ? [t('data_paste_not_splits', { count: notSplits.length, text: notSplits[0]! })]
      : []),
  ];
  const rows = range.to - range.from + 1;
  return {
    send: made.edit && {
      edit: made.edit,
      label:
        made.added === rows
          ? { key: 'edit_rows_pasted', values: { count: rows } }
          : { key: 'edit_cells_pasted', values: { count: rows } },
    },
    range,
    notTaken: said.length > 0 ? said.join(' ') : null,
  };
}

/** Commas separate only where a first line names the columns; else they are characters of a sample. */
function tableOf(text: string): string[][] {
  if (text.includes('\t') || !/^\uFEFF?"?(input|target)"?,/i.test(text)) return parseTable(text);
  const rows = parseRows(text).map(({ input, target, split, note }) => [input, target, split, note]);
  return [['input', 'target', 'split', 'note'], ...rows];
}

/** A split by its name in the window's language, or as tables name it (`val`, `dev`, `测试`); an empty text names none. */
export function splitOf(text: string): Split | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  return splitNames.find((one) => t(`data_split_${one}`).toLowerCase() === wanted) ?? knownSplit(wanted);
}

/** One cell is named by its row; several by the count of rows that change. */
function labelled(
  draft: Draft,
  edit: DraftEdit | null,
  { from, to, columns }: CellRange,
  key: string,
): LabelledEdit | null {
  if (edit?.kind !== 'rows.change') return null;
  const [column] = columns;
  if (from === to && columns.length === 1 && column && column !== 'split') {
    const row = draft.rows[from]!;
    return changeField(draft, row.id, column, edit.rows[0]![column] ?? row[column]);
  }
  return { edit, label: { key, values: { count: edit.rows.length } } };
}
