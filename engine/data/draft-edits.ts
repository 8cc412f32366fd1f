import { LabError, problem } from '../errors.ts';
import { checkEdit } from './check-edit.ts';
import type { Draft, DraftEdit, DraftRow } from './draft.ts';
import { draftDefault } from './later-fields.ts';
import { changeText } from './text-changes.ts';

export interface AppliedEdit {
  draft: Draft;
  /** An edit that turns the new draft into the old one again, value for value. */
  inverse: DraftEdit;
}

/**
 * Applies one change. The given draft stays as it is. The new draft shares everything that the change does not
 * touch, so rows can be compared by identity. O(rows) at worst.
 *
 * Throws a LabError where the edit does not fit the draft: a row id that is missing or already exists, an index
 * outside the rows, more than the limits, or something that a file cannot hold (checkEdit).
 */
export function applyEdit(draft: Draft, edit: DraftEdit): AppliedEdit {
  const unfit = checkEdit(draft, edit);
  if (unfit) throw new LabError(unfit);
  switch (edit.kind) {
    case 'name':
      return { draft: { ...draft, name: edit.name }, inverse: { kind: 'name', name: draft.name } };
    case 'data': {
      const { patched, before } = patchPart('data', draft.data, edit.patch);
      return { draft: { ...draft, data: patched }, inverse: { kind: 'data', patch: before } };
    }
    case 'text': {
      const { text, inverse } = changeText(draft.data.text, edit.changes);
      return {
        draft: { ...draft, data: { ...draft.data, text } },
        inverse: { kind: 'text', changes: inverse },
      };
    }
    case 'model': {
      const { patched, before } = patchPart('model', draft.model, edit.patch);
      return { draft: { ...draft, model: patched }, inverse: { kind: 'model', patch: before } };
    }
    case 'training': {
      const { patched, before } = patchPart('training', draft.training, edit.patch);
      return { draft: { ...draft, training: patched }, inverse: { kind: 'training', patch: before } };
    }
    case 'initialWeights':
      return {
        draft: { ...draft, initialWeights: edit.weights },
        inverse: { kind: 'initialWeights', weights: draft.initialWeights },
      };
    case 'rows.insert':
      return insertRows(draft, edit.at, edit.rows);
    case 'rows.remove':
      return removeRows(draft, edit.ids);
    case 'rows.restore':
      return restoreRows(draft, edit.places);
    case 'rows.change':
      return changeRows(draft, edit.rows);
    case 'rows.move':
      return moveRow(draft, edit.id, edit.to);
    case 'rows.order':
      return orderRows(draft, edit.ids);
    case 'all':
      return applyAll(draft, edit.edits);
    default:
      edit satisfies never;
      throw new Error(`unknown edit ${JSON.stringify(edit)}`);
  }
}

/** The value with some keys replaced, and the old values of those keys. Keys set to undefined are left alone. */
function patch<T extends object>(value: T, changes: Partial<T>): { patched: T; before: Partial<T> } {
  const patched = { ...value };
  const before: Partial<T> = {};
  for (const key of Object.keys(changes) as (keyof T)[]) {
    const next = changes[key];
    if (next === undefined) continue;
    before[key] = value[key];
    patched[key] = next as T[typeof key];
  }
  return { patched, before };
}

/**
 * Patches a part with fields that came later. An absent field counts as its default, and a field that is set to its
 * default is left out again, so that undo restores exactly the old draft.
 */
function patchPart<T extends object>(
  part: 'data' | 'model' | 'training',
  value: T,
  changes: Partial<T>,
): { patched: T; before: Partial<T> } {
  const { patched, before } = patch(value, changes);
  for (const key of Object.keys(changes) as (keyof T)[]) {
    const standard = draftDefault(part, key);
    if (standard === undefined) continue;
    before[key] ??= standard as T[typeof key];
    if (patched[key] === standard) delete patched[key];
  }
  return { patched, before };
}

function insertRows(draft: Draft, at: number, rows: readonly DraftRow[]): AppliedEdit {
  if (!Number.isInteger(at) || at < 0 || at > draft.rows.length) throw wrongPlace(at, draft.rows.length);
  requireNewIds(draft, rows);
  return {
    draft: { ...draft, rows: [...draft.rows.slice(0, at), ...rows, ...draft.rows.slice(at)] },
    inverse: { kind: 'rows.remove', ids: rows.map((row) => row.id) },
  };
}

function removeRows(draft: Draft, ids: readonly number[]): AppliedEdit {
  const gone = new Set(ids);
  const kept: DraftRow[] = [];
  const places: { at: number; row: DraftRow }[] = [];
  draft.rows.forEach((row, at) => {
    if (gone.delete(row.id)) places.push({ at, row });
    else kept.push(row);
  });
  for (const id of gone) throw missingRow(id);
  const contiguous = places.length > 0 && places.at(-1)!.at - places[0]!.at === places.length - 1;
  return {
    draft: { ...draft, rows: kept },
    inverse: contiguous
      ? { kind: 'rows.insert', at: places[0]!.at, rows: places.map((place) => place.row) }
      : { kind: 'rows.restore', places },
  };
}

function restoreRows(draft: Draft, places: readonly { at: number; row: DraftRow }[]): AppliedEdit {
  requireNewIds(
    draft,
    places.map((place) => place.row),
  );
  const rows: DraftRow[] = [];
  let next = 0;
  for (const { at, row } of places) {
    const before = at - rows.length;
    if (!Number.isInteger(at) || before < 0 || next + before > draft.rows.length) {
      throw wrongPlace(at, draft.rows.length + places.length - 1);
    }
    for (const end = next + before; next < end; next++) rows.push(draft.rows[next]!);
    rows.push(row);
  }
  for (; next < draft.rows.length; next++) rows.push(draft.rows[next]!);
  return {
    draft: { ...draft, rows },
    inverse: { kind: 'rows.remove', ids: places.map(({ row }) => row.id) },
  };
}

type RowChange = Extract<DraftEdit, { kind: 'rows.change' }>['rows'][number];

function changeRows(draft: Draft, changes: readonly RowChange[]): AppliedEdit {
  const rows = draft.rows.slice();
  const indexOf = rowIndex(rows, changes.length);
  const undo: RowChange[] = [];
  for (const { id, ...change } of changes) {
    const index = indexOf(id);
    const { patched, before } = patch<Omit<DraftRow, 'id'>>(rows[index]!, change);
    rows[index] = { ...patched, id };
    undo.push({ ...before, id });
  }
  // A row that was changed twice must be changed back in reverse order.
  return { draft: { ...draft, rows }, inverse: { kind: 'rows.change', rows: undo.reverse() } };
}

function moveRow(draft: Draft, id: number, to: number): AppliedEdit {
  const from = rowIndex(draft.rows, 1)(id);
  if (!Number.isInteger(to) || to < 0 || to >= draft.rows.length) throw wrongPlace(to, draft.rows.length - 1);
  const rows = draft.rows.slice();
  const [row] = rows.splice(from, 1);
  rows.splice(to, 0, row!);
  return { draft: { ...draft, rows }, inverse: { kind: 'rows.move', id, to: from } };
}

function orderRows(draft: Draft, ids: readonly number[]): AppliedEdit {
  const byId = new Map(draft.rows.map((row) => [row.id, row]));
  const rows = ids.map((id) => {
    const row = byId.get(id);
    if (!row) throw missingRow(id);
    byId.delete(id);
    return row;
  });
  if (byId.size > 0) {
    const message = `an order of ${ids.length} rows is given, and the draft has ${draft.rows.length}; it must name each of them`;
    throw new LabError(
      problem('edit-order-incomplete', 'edit', message, { ids: ids.length, rows: draft.rows.length }),
    );
  }
  return { draft: { ...draft, rows }, inverse: { kind: 'rows.order', ids: draft.rows.map(({ id }) => id) } };
}

function applyAll(draft: Draft, edits: readonly DraftEdit[]): AppliedEdit {
  const inverses: DraftEdit[] = [];
  let current = draft;
  for (const edit of edits) {
    const applied = applyEdit(current, edit);
    current = applied.draft;
    inverses.push(applied.inverse);
  }
  return { draft: current, inverse: { kind: 'all', edits: inverses.reverse() } };
}

/** Returns a function that finds a row's index by its id; it makes a map only for more than two look-ups. */
function rowIndex(rows: readonly DraftRow[], lookUps: number): (id: number) => number {
  const byId = lookUps > 2 ? new Map(rows.map((row, index) => [row.id, index])) : null;
  return (id) => {
    const index = byId ? (byId.get(id) ?? -1) : rows.findIndex((row) => row.id === id);
    if (index < 0) throw missingRow(id);
    return index;
  };
}

function requireNewIds(draft: Draft, rows: readonly DraftRow[]): void {
  // New rows have rising ids above all others; for these the check needs no set, which takes longer than all the
  // rest for a hundred thousand rows.
  const highest = draft.rows.reduce((most, { id }) => Math.max(most, id), 0);
  if (rows.every(({ id }, i) => id > (rows[i - 1]?.id ?? highest))) return;
  const ids = new Set(draft.rows.map((row) => row.id));
  for (const { id } of rows) {
    if (ids.has(id)) {
      throw new LabError(problem('edit-row-exists', 'edit', `row ${id} is already in the draft`, { id }));
    }
    ids.add(id);
  }
}

function missingRow(id: number): LabError {
  return new LabError(problem('edit-row-missing', 'edit', `row ${id} is not in the draft`, { id }));
}

function wrongPlace(at: number, last: number): LabError {
  const message = `place ${at} is outside the rows; it must be a whole number from 0 to ${last}`;
  return new LabError(problem('edit-wrong-place', 'edit', message, { at, last }));
}
