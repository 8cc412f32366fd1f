/** The draft in the project file: each part as JSON, each sample row as a table row. */
import type { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { type ChangedStretch, changedStretch } from '../../engine/data/changed-stretch.ts';
import type { Draft, DraftEdit, DraftRow } from '../../engine/data/draft.ts';
import type { Problem } from '../../engine/errors.ts';
import { draftSchema } from './draft-schema.ts';
import { damaged, readCell } from './json-cells.ts';
import { repairNumbers } from './repair-draft.ts';

/**
 * The draft's parts without its rows. The text of a language model is a part of its own, because it may have 10 MB and
 * the settings beside it change often.
 */
function partsOf({ name, data, model, training, initialWeights }: Draft): Record<string, unknown> {
  const { text, ...settings } = data;
  return { name, data: settings, text, model, training, initialWeights };
}

/** Writes a draft into an empty file, as revision 0. */
export function writeWholeDraft(database: DatabaseSync, draft: Draft): void {
  for (const [part, value] of Object.entries(partsOf(draft))) writePart(database, part, value);
  writeRevision(database, 0);
  insertRows(
    database,
    draft.rows.map((row, index) => ({ row, place: index + 1 })),
  );
}

/**
 * Replaces the stored draft. Its undo history is deleted, because its changes do not apply to the new draft. Foreign
 * keys must be on.
 */
export function replaceDraft(database: DatabaseSync, draft: Draft): void {
  database.exec('DELETE FROM change; DELETE FROM sample; DELETE FROM draft;');
  writeWholeDraft(database, draft);
}

/** Whether two drafts would be written alike. */
export function isSameDraft(one: Draft, other: Draft): boolean {
  const plain = (draft: Draft): unknown => JSON.parse(JSON.stringify(draft));
  return isDeepStrictEqual(plain(one), plain(other));
}

/**
 * Reads the draft. Numbers that had to be repaired are added to `repairs`. Throws a LabError if the file does not hold
 * a draft.
 */
export function readDraft(database: DatabaseSync, repairs: Problem[] = []): Draft {
  const parts = database.prepare('SELECT part, value FROM draft').all();
  const stored = Object.fromEntries(
    parts.map(({ part, value }) => [String(part), readCell(value, `draft, ${part}`, v.unknown())]),
  );
  const { text, data, ...others } = stored;
  const whole = { ...others, data: { ...(data as object), text }, rows: [] };
  let checked = v.safeParse(draftSchema, whole);
  if (!checked.success) {
    repairs.push(...repairNumbers(whole));
    checked = v.safeParse(draftSchema, whole);
  }
  if (checked.success) return { ...checked.output, rows: readRows(database) };
  const [issue] = checked.issues;
  throw damaged(`draft, ${v.getDotPath(issue) ?? 'parts'}`, issue.message);
}

/**
 * Reads the rows without a schema, which would be slow for a hundred thousand of them: the table is strict and checks
 * the split.
 */
function readRows(database: DatabaseSync): DraftRow[] {
  const select = database.prepare('SELECT id, input, target, split, note FROM sample ORDER BY place');
  // Arrays are twice as fast as objects.
  select.setReturnArrays(true);
  const rows = select.all() as unknown as [number, string, string, DraftRow['split'], string][];
  return rows.map(([id, input, target, split, note]) => ({ id, input, target, split, note }));
}

export interface Revision {
  /** Number of committed changes. */
  revision: number;
  /** When the last change was committed, ISO 8601. */
  savedAt: string;
}

/** The revision of the stored draft. Throws a LabError if its cells are damaged. */
export function readRevision(database: DatabaseSync): Revision {
  const read = database.prepare('SELECT value FROM draft WHERE part = ?');
  return {
    revision: readCell(read.get('revision')?.value, 'draft, revision', v.pipe(v.number(), v.safeInteger())),
    savedAt: readCell(read.get('savedAt')?.value, 'draft, savedAt', v.string()),
  };
}

/** Stores the revision, with the current time. */
export function writeRevision(database: DatabaseSync, revision: number): void {
  writePart(database, 'revision', revision);
  writePart(database, 'savedAt', new Date().toISOString());
}

/** Writes what differs between two drafts; `edit` led from `before` to `after`. */
export function storeDraft(database: DatabaseSync, before: Draft, after: Draft, edit: DraftEdit): void {
  const old = partsOf(before);
  for (const [part, value] of Object.entries(partsOf(after))) {
    const same = part === 'data' ? before.data === after.data : old[part] === value;
    if (!same) writePart(database, part, value);
  }
  if (before.rows !== after.rows) storeRows(database, before.rows, after.rows, placedAnew(edit));
}

/** Writes the parts of a draft that were repaired in reading it; rows are never repaired. */
export function writeRepaired(database: DatabaseSync, draft: Draft): void {
  for (const [part, value] of Object.entries(partsOf(draft))) writePart(database, part, value);
}

function writePart(database: DatabaseSync, part: string, value: unknown): void {
  database
    .prepare('INSERT OR REPLACE INTO draft (part, value) VALUES (?, ?)')
    .run(part, JSON.stringify(value));
}

/** Rows per insert statement: twenty together take half the time of twenty single ones; more save no more. */
const insertedAtOnce = 20;

function insertRows(database: DatabaseSync, placed: readonly { row: DraftRow; place: number }[]): void {
  const insertOf = (count: number) => {
    const values = Array.from({ length: count }, () => '(?, ?, ?, ?, ?, ?)').join(', ');
    return database.prepare(`INSERT INTO sample (id, place, input, target, split, note) VALUES ${values}`);
  };
  const valuesOf = ({ row, place }: (typeof placed)[number]) => [
    row.id,
    place,
    row.input,
    row.target,
    row.split,
    row.note,
  ];
  const whole = placed.length - (placed.length % insertedAtOnce);
  const many = whole > 0 ? insertOf(insertedAtOnce) : null;
  for (let i = 0; i < whole; i += insertedAtOnce) {
    many!.run(...placed.slice(i, i + insertedAtOnce).flatMap(valuesOf));
  }
  if (whole < placed.length) insertOf(placed.length - whole).run(...placed.slice(whole).flatMap(valuesOf));
}

/** The ids of the rows that an edit inserts or moves; all other rows keep their relative order. */
function placedAnew(edit: DraftEdit, ids = new Set<number>()): Set<number> {
  switch (edit.kind) {
    case 'rows.insert':
      for (const row of edit.rows) ids.add(row.id);
      break;
    case 'rows.restore':
      for (const { row } of edit.places) ids.add(row.id);
      break;
    case 'rows.move':
      ids.add(edit.id);
      break;
    case 'rows.order':
      for (const id of edit.ids) ids.add(id);
      break;
    case 'all':
      for (const one of edit.edits) placedAnew(one, ids);
      break;
  }
  return ids;
}

/** Looks only at the stretch of rows that changed: a map of 100,000 rows takes longer than all else that an edit does. */
function storeRows(database: DatabaseSync, before: DraftRow[], after: DraftRow[], moved: Set<number>): void {
  const stretch = changedStretch(before, after);
  const left = before.slice(stretch.from, stretch.before);
  const come = after.slice(stretch.from, stretch.after);
  const old = new Map(left.map((row) => [row.id, row]));
  const kept = new Set(come.map((row) => row.id));
  const remove = database.prepare('DELETE FROM sample WHERE id = ?');
  for (const { id } of left) if (!kept.has(id)) remove.run(id);

  const change = database.prepare(
    'UPDATE sample SET input = ?, target = ?, split = ?, note = ? WHERE id = ?',
  );
  for (const row of come) {
    const was = old.get(row.id);
    if (was && was !== row) change.run(row.input, row.target, row.split, row.note, row.id);
  }
  placeRows(database, after, stretch, old, moved);
}

/**
 * Gives inserted and moved rows places between their neighbours; renumbers all rows if no number fits between. `old`:
 * the rows of the stretch as they were.
 */
function placeRows(
  database: DatabaseSync,
  after: DraftRow[],
  stretch: ChangedStretch,
  old: Map<number, DraftRow>,
  moved: Set<number>,
): void {
  const placeOf = database.prepare('SELECT place FROM sample WHERE id = ?');
  const move = database.prepare('UPDATE sample SET place = ? WHERE id = ?');
  const isPlaced = (row: DraftRow) => old.has(row.id) && !moved.has(row.id);
  const storedPlace = (row: DraftRow) => Number(placeOf.get(row.id)!.place);

  for (let i = stretch.from; i < stretch.after; i++) {
    if (isPlaced(after[i]!)) continue;
    let end = i;
    while (end < stretch.after && !isPlaced(after[end]!)) end++;
    const low = i === 0 ? null : storedPlace(after[i - 1]!);
    const high = end === after.length ? null : storedPlace(after[end]!);
    const places = placesBetween(low, high, end - i);
    const inserted: { row: DraftRow; place: number }[] = [];
    for (let j = i; j < end; j++) {
      const row = after[j]!;
      const place = places[j - i]!;
      if (old.has(row.id)) move.run(place, row.id);
      else inserted.push({ row, place });
    }
    insertRows(database, inserted);
    const numbers = [low, ...places, high].filter((place) => place !== null);
    if (numbers.some((place, at) => at > 0 && place <= numbers[at - 1]!)) {
      after.forEach((row, index) => {
        move.run(index + 1, row.id);
      });
    }
    i = end;
  }
}

/** `count` ascending numbers between two places; null means no neighbour on that side. */
function placesBetween(low: number | null, high: number | null, count: number): number[] {
  const from = low ?? (high ?? 0) - count - 1;
  const step = high === null ? 1 : (high - from) / (count + 1);
  return Array.from({ length: count }, (_, index) => from + step * (index + 1));
}
