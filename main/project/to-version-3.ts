import type { DatabaseSync } from 'node:sqlite';
import { damaged } from './json-cells.ts';
import { dropOld, makeLacking, moveAside, namesOf } from './migration-parts.ts';
import { schemaOfVersion3 } from './schema-v3.ts';

const partBytes = 2 ** 20;

/** Recreates only the tables that change; rows keep their ids, and bytes become blobs. */
export function toVersion3(database: DatabaseSync): void {
  const changed = ['run', 'checkpoint', 'lock'];
  database.exec('DROP INDEX run_deleted_by');
  moveAside(database, changed);
  makeLacking(database, schemaOfVersion3);
  const insert = blobInserter(database);

  const columns = namesOf(database, 'old_run');
  const marks = columns.map(() => '?').join(', ');
  const insertRun = database.prepare(`INSERT INTO run (${columns.join(', ')}) VALUES (${marks})`);
  for (const row of database.prepare('SELECT * FROM old_run').iterate()) {
    const { initial_weights: given } = row;
    const initialWeights = given === null ? null : insert(given, `run ${row.id}, initial_weights`);
    const moved = { ...row, initial_weights: initialWeights } as typeof row;
    insertRun.run(...columns.map((column) => moved[column]!));
  }
  const insertCheckpoint = database.prepare('INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?, ?)');
  for (const row of database.prepare('SELECT * FROM old_checkpoint').iterate()) {
    const where = `run ${row.run_id}, checkpoint of epoch ${row.epoch}`;
    const [state, weights] = [insert(row.state, where), insert(row.weights, where)];
    insertCheckpoint.run(row.run_id!, row.epoch!, row.made_at!, row.loss!, state, weights);
  }
  database.exec('INSERT INTO lock SELECT * FROM old_lock');
  dropOld(database, changed);
}

/** Returns a function that inserts a blob and returns its id; it throws a LabError if there are no bytes. */
function blobInserter(database: DatabaseSync): (bytes: unknown, where: string) => number {
  const insertBlob = database.prepare('INSERT INTO blob (bytes, kept) VALUES (?, 1)');
  const insertPart = database.prepare('INSERT INTO blob_part (blob_id, part, bytes) VALUES (?, ?, ?)');
  return (bytes, where) => {
    if (!(bytes instanceof Uint8Array)) throw damaged(where, 'it has no bytes where they should be');
    const id = Number(insertBlob.run(bytes.length).lastInsertRowid);
    for (let part = 0; part * partBytes < bytes.length; part++) {
      insertPart.run(id, part, bytes.subarray(part * partBytes, (part + 1) * partBytes));
    }
    return id;
  };
}
