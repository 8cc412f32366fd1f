/**
 * Datasets and given initial weights of runs. They are large and often the same for many runs, so each is stored once.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { readCell } from './json-cells.ts';
import { keepingObject } from './keeping.ts';

/** Stores a value unless it is stored already, and returns its id. */
export function freeze(database: DatabaseSync, value: object): number {
  const text = JSON.stringify(value);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const known = database.prepare('SELECT id FROM frozen WHERE sha256 = ?').get(sha256);
  if (known) return Number(known.id);
  const made = database.prepare('INSERT INTO frozen (sha256, value) VALUES (?, ?)').run(sha256, text);
  return Number(made.lastInsertRowid);
}

/** The value that was last read from each open file: the data of a run that is looked at is needed again and again. */
const lastRead = new WeakMap<DatabaseSync, { sha256: string; value: object }>();

/** Reads a stored value. Callers share the object and must not change it. */
export function readFrozen(database: DatabaseSync, id: number): object {
  const found = database.prepare('SELECT sha256 FROM frozen WHERE id = ?').get(id);
  const known = lastRead.get(database);
  if (known && known.sha256 === found?.sha256) return known.value;
  const row = database.prepare('SELECT value FROM frozen WHERE id = ?').get(id);
  const value = readCell(row?.value, `frozen ${id}`, keepingObject({}));
  lastRead.set(database, { sha256: String(found!.sha256), value });
  return value;
}

/** Deletes values that no run and no sweep refers to. */
export function thinFrozen(database: DatabaseSync): void {
  database.exec(`DELETE FROM frozen WHERE id NOT IN (
    SELECT dataset FROM run UNION SELECT given_weights FROM run WHERE given_weights IS NOT NULL
    UNION SELECT dataset FROM sweep UNION SELECT given_weights FROM sweep WHERE given_weights IS NOT NULL)`);
}
