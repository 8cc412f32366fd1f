/**
 * Bytes of any length in a project file. Short ones are written in the transaction that refers to them. Long ones are
 * written ahead of it in parts of 1 MiB, a transaction each, so that a run of millions of parameters holds nobody up.
 */
import type { DatabaseSync } from 'node:sqlite';
import { damaged } from './json-cells.ts';

export const partBytes = 2 ** 20;

/** Writes a whole blob in the caller's transaction and returns its id. */
export function insertBlob(database: DatabaseSync, bytes: Uint8Array): number {
  const id = beginBlob(database, bytes.length);
  for (let part = 0; part * partBytes < bytes.length; part++) insertPart(database, id, part, bytes);
  keepBlob(database, id);
  return id;
}

/** Begins a blob of `bytes` bytes whose parts follow, and returns its id. Until it is kept, it is waste. */
export function beginBlob(database: DatabaseSync, bytes: number): number {
  const { lastInsertRowid } = database.prepare('INSERT INTO blob (bytes, kept) VALUES (?, 0)').run(bytes);
  return Number(lastInsertRowid);
}

/** Writes part `part` (from 0); `bytes` are the bytes of the whole blob. */
export function insertPart(database: DatabaseSync, id: number, part: number, bytes: Uint8Array): void {
  const piece = bytes.subarray(part * partBytes, (part + 1) * partBytes);
  database.prepare('INSERT INTO blob_part (blob_id, part, bytes) VALUES (?, ?, ?)').run(id, part, piece);
}

/** Marks a blob as kept, in the transaction that refers to it. */
export function keepBlob(database: DatabaseSync, id: number): void {
  database.prepare('UPDATE blob SET kept = 1 WHERE id = ?').run(id);
}

/** Reads a blob part by part, so that the reader can do other work in between. Throws a LabError if it is not whole. */
export function* readBlobInParts(database: DatabaseSync, id: number): Generator<void, Uint8Array> {
  const found = database
    .prepare(
      `SELECT bytes, (SELECT coalesce(sum(length(bytes)), 0) FROM blob_part WHERE blob_id = blob.id) AS held
       FROM blob WHERE id = ?`,
    )
    .get(id);
  // Checked before memory is allocated, because another program may have written the length.
  if (found && found.bytes !== found.held) {
    throw damaged(`blob ${id}`, `it has ${found.held} bytes of ${found.bytes}`);
  }
  const select = database.prepare('SELECT bytes FROM blob_part WHERE blob_id = ? AND part = ?');
  const whole = new Uint8Array(Number(found?.bytes ?? 0));
  let at = 0;
  for (let part = 0; at < whole.length; part++) {
    const piece = select.get(id, part)?.bytes as Uint8Array | undefined;
    if (!piece || piece.length === 0 || at + piece.length > whole.length) {
      throw damaged(`blob ${id}, part ${part}`, 'its bytes are not whole');
    }
    whole.set(piece, at);
    at += piece.length;
    yield;
  }
  return whole;
}

/** Reads a whole blob. Throws a LabError if it is not whole. */
export function readBlob(database: DatabaseSync, id: number): Uint8Array {
  const reading = readBlobInParts(database, id);
  let step = reading.next();
  while (!step.done) step = reading.next();
  return step.value;
}

/** Removes at most `atMost` parts of blobs that nothing refers to, except those in `beingWritten`. */
export function removeWaste(
  database: DatabaseSync,
  beingWritten: ReadonlySet<number> = new Set(),
  atMost = Infinity,
): void {
  let left = atMost;
  for (const { id } of database.prepare('SELECT id FROM blob WHERE kept = 0').all()) {
    if (beingWritten.has(Number(id))) continue;
    if (left <= 0) return;
    const limit = Number.isFinite(left) ? left : -1;
    const removed = database
      .prepare('DELETE FROM blob_part WHERE rowid IN (SELECT rowid FROM blob_part WHERE blob_id = ? LIMIT ?)')
      .run(id!, limit);
    left -= Number(removed.changes);
    if (left > 0) database.prepare('DELETE FROM blob WHERE id = ?').run(id!);
  }
}
