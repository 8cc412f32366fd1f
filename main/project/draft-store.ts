/** The draft in the project file: its parts as JSON, its rows a table row each. */
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { Draft, DraftEdit, DraftRow } from '../../engine/data/draft.ts';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import { draftSchema } from './draft-schema.ts';

const parts = ['name', 'data', 'model', 'training', 'initialWeights'] as const;

export function writeWholeDraft(database: DatabaseSync, draft: Draft): void {
  for (const part of parts) writePart(database, part, draft[part]);
  writePart(database, 'revision', 0);
  const insert = prepareInsert(database);
  draft.rows.forEach((row, index) => {
    insert(row, index + 1);
  });
}

export function readDraft(database: DatabaseSync, path: string): Result<Draft> {
  const stored = new Map(
    database
      .prepare('SELECT part, value FROM draft')
      .all()
      .map((row) => [String(row.part), String(row.value)]),
  );
  const draft: Record<string, unknown> = {};
  for (const part of parts) {
    try {
      draft[part] = JSON.parse(stored.get(part) ?? 'missing');
    } catch {
      const message = `${path}: draft.${part} is not JSON; the file was changed by another program`;
      return failure(problem('project-damaged', `draft.${part}`, message, { path }));
    }
  }
  draft.rows = database.prepare('SELECT id, input, target, split, note FROM sample ORDER BY place').all();
  const checked = v.safeParse(draftSchema, draft);
  if (checked.success) return success(checked.output);
  return failure(
    ...checked.issues.map((issue) => {
      const where = v.getDotPath(issue) ?? 'draft';
      return problem('project-damaged', where, `${path}: ${where}: ${issue.message}`, { path });
    }),
  );
}

export function readRevision(database: DatabaseSync): number {
  return Number(database.prepare("SELECT value FROM draft WHERE part = 'revision'").get()?.value ?? 0);
}

/** Writes what differs between two drafts, and the new revision; `edit` is what led from one to the other. */
export function storeDraft(
  database: DatabaseSync,
  before: Draft,
  after: Draft,
  edit: DraftEdit,
  revision: number,
): void {
  for (const part of parts) if (before[part] !== after[part]) writePart(database, part, after[part]);
  if (before.rows !== after.rows) storeRows(database, before.rows, after.rows, placedAnew(edit));
  writePart(database, 'revision', revision);
}

function writePart(database: DatabaseSync, part: string, value: unknown): void {
  database
    .prepare('INSERT OR REPLACE INTO draft (part, value) VALUES (?, ?)')
    .run(part, JSON.stringify(value));
}

function prepareInsert(database: DatabaseSync): (row: DraftRow, place: number) => void {
  const insert = database.prepare(
    'INSERT INTO sample (id, place, input, target, split, note) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return ({ id, input, target, split, note }, place) => insert.run(id, place, input, target, split, note);
}

/** The rows that an edit puts somewhere; all others keep their order among each other. */
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
    case 'all':
      for (const one of edit.edits) placedAnew(one, ids);
      break;
  }
  return ids;
}

function storeRows(database: DatabaseSync, before: DraftRow[], after: DraftRow[], moved: Set<number>): void {
  const old = new Map(before.map((row) => [row.id, row]));
  const kept = new Set(after.map((row) => row.id));
  const remove = database.prepare('DELETE FROM sample WHERE id = ?');
  for (const { id } of before) if (!kept.has(id)) remove.run(id);

  const change = database.prepare(
    'UPDATE sample SET input = ?, target = ?, split = ?, note = ? WHERE id = ?',
  );
  for (const row of after) {
    const was = old.get(row.id);
    if (was && was !== row) change.run(row.input, row.target, row.split, row.note, row.id);
  }
  placeRows(database, after, old, moved);
}

/** Gives inserted and moved rows a place between their neighbours; when no number fits between, all are renumbered. */
function placeRows(
  database: DatabaseSync,
  after: DraftRow[],
  old: Map<number, DraftRow>,
  moved: Set<number>,
): void {
  const placeOf = database.prepare('SELECT place FROM sample WHERE id = ?');
  const insert = prepareInsert(database);
  const move = database.prepare('UPDATE sample SET place = ? WHERE id = ?');
  const isPlaced = (row: DraftRow) => old.has(row.id) && !moved.has(row.id);
  const storedPlace = (row: DraftRow) => Number(placeOf.get(row.id)!.place);

  for (let i = 0; i < after.length; i++) {
    if (isPlaced(after[i]!)) continue;
    let end = i;
    while (end < after.length && !isPlaced(after[end]!)) end++;
    const low = i === 0 ? null : storedPlace(after[i - 1]!);
    const high = end === after.length ? null : storedPlace(after[end]!);
    const places = placesBetween(low, high, end - i);
    for (let j = i; j < end; j++) {
      const row = after[j]!;
      if (old.has(row.id)) move.run(places[j - i]!, row.id);
      else insert(row, places[j - i]!);
    }
    const numbers = [low, ...places, high].filter((place) => place !== null);
    if (numbers.some((place, at) => at > 0 && place <= numbers[at - 1]!)) {
      after.forEach((row, index) => {
        move.run(index + 1, row.id);
      });
    }
    i = end;
  }
}

/** `count` ascending numbers between two places; null is no neighbour on that side. */
function placesBetween(low: number | null, high: number | null, count: number): number[] {
  const from = low ?? (high ?? 0) - count - 1;
  const step = high === null ? 1 : (high - from) / (count + 1);
  return Array.from({ length: count }, (_, index) => from + step * (index + 1));
}
