import {
  type Draft,
  type DraftEdit,
  type DraftRow,
  nextRowId,
  type Split,
} from '../../../engine/data/draft.ts';
import type { PastedRow } from '../../../engine/formats/table-rows.ts';
import type { EditLabel } from '../../../main/api.ts';

/** One action of the user: one undo step. */
export interface LabelledEdit {
  edit: DraftEdit;
  label: EditLabel;
}

export type RowField = 'input' | 'target' | 'note';

export function changeField(draft: Draft, id: number, field: RowField, text: string): LabelledEdit {
  return {
    edit: { kind: 'rows.change', rows: [{ id, [field]: text }] },
    label: { key: `edit_row_${field}`, values: { row: placeOf(draft, id) } },
  };
}

export function changeSplit(draft: Draft, id: number, split: Split): LabelledEdit {
  return {
    edit: { kind: 'rows.change', rows: [{ id, split }] },
    label: { key: 'edit_row_split', values: { row: placeOf(draft, id) } },
  };
}

export function addRow(draft: Draft, row: Partial<PastedRow>): LabelledEdit & { id: number } {
  const id = nextRowId(draft);
  const fresh: DraftRow = { id, input: '', target: '', split: 'train', note: '', ...row };
  return {
    id,
    edit: { kind: 'rows.insert', at: draft.rows.length, rows: [fresh] },
    label: { key: 'edit_row_added', values: { row: draft.rows.length + 1 } },
  };
}

/** Inserts rows after the given row, or at the end. */
export function insertRows(
  draft: Draft,
  after: number | null,
  rows: readonly PastedRow[],
  key: 'edit_rows_pasted' | 'edit_rows_added' = 'edit_rows_pasted',
): LabelledEdit {
  const first = nextRowId(draft);
  const at = after === null ? draft.rows.length : placeOf(draft, after);
  return {
    edit: { kind: 'rows.insert', at, rows: rows.map((row, i) => ({ id: first + i, ...row })) },
    label: { key, values: { count: rows.length } },
  };
}

/** Moves a row to the index `to`, from 0; null where it is there already. */
export function moveRow(draft: Draft, id: number, to: number): LabelledEdit | null {
  const from = placeOf(draft, id) - 1;
  const place = Math.min(draft.rows.length - 1, Math.max(0, to));
  if (place === from) return null;
  return {
    edit: { kind: 'rows.move', id, to: place },
    label: { key: 'edit_row_moved', values: { row: from + 1 } },
  };
}

/** The row's number, from 1. */
function placeOf(draft: Draft, id: number): number {
  const index = draft.rows.findIndex((row) => row.id === id);
  if (index < 0) throw new Error(`row ${id} is not among the ${draft.rows.length} rows of the draft`);
  return index + 1;
}
