import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { insertBlob } from './blob-store.ts';
import { damaged } from './cells.ts';
import { applicationId, schema } from './schema.ts';
import { schemaOfVersion2 } from './schema-v2.ts';

export interface Migration {
  /** The version that it leads to, from the one before. */
  version: number;
  /** What a person who reads the list wants to know. */
  story: string;
  run(database: DatabaseSync): void;
}

/** Numbered without gaps from 2; `schema.ts` makes a new file as the last of them leaves an old one. */
export const migrations: readonly Migration[] = [
  {
    version: 2,
    story:
      'Runs have names, notes and can be deleted; their datasets are kept once; the text stands by itself.',
    run: toVersion2,
  },
  {
    version: 3,
    story: 'The bytes of checkpoints and initial weights stand in parts.',
    run: toVersion3,
  },
];

export const newestVersion = 1 + migrations.length;

/** Makes the tables of a new, empty file. Runs in the caller's transaction. */
export function makeTables(database: DatabaseSync): void {
  database.exec(schema);
  database.exec(`PRAGMA application_id = ${applicationId}`);
  database.exec(`PRAGMA user_version = ${newestVersion}`);
}

/** Brings a file of an older version to the newest, in the caller's transaction, foreign keys off. */
export function migrate(database: DatabaseSync): void {
  // Read here: another process may have been faster.
  const from = Number(database.prepare('PRAGMA user_version').get()!.user_version);
  if (from >= newestVersion) return;
  migrateTo(database, from, newestVersion);
  database.exec(`PRAGMA user_version = ${newestVersion}`);
}

/** The steps alone, from one version's tables to another's. */
export function migrateTo(database: DatabaseSync, from: number, to: number): void {
  for (const migration of migrations) {
    if (migration.version > from && migration.version <= to) migration.run(database);
  }
}

/** Runs work in one transaction: committed when it returns, rolled back when it throws. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** The tables of version 1 move aside, those of version 2 are made, and what the old ones held is put into them. */
function toVersion2(database: DatabaseSync): void {
  const tables = ['draft', 'sample', 'change', 'run', 'epoch', 'checkpoint', 'lock'];
  database.exec('DROP INDEX sample_place');
  for (const table of tables) database.exec(`ALTER TABLE ${table} RENAME TO old_${table}`);
  database.exec(schemaOfVersion2);
  database.function('sha256', { deterministic: true }, (text) =>
    createHash('sha256').update(String(text)).digest('hex'),
  );
  database.exec(`
    INSERT INTO draft SELECT part, CASE part WHEN 'data' THEN json_remove(value, '$.text') ELSE value END FROM old_draft;
    INSERT INTO draft SELECT 'text', json_quote(json_extract(value, '$.text')) FROM old_draft WHERE part = 'data';
    INSERT INTO draft SELECT 'savedAt', json_quote(strftime('%Y-%m-%dT%H:%M:%fZ'));
    INSERT INTO sample SELECT id, place, input, target, split, note FROM old_sample;
    INSERT INTO change SELECT id, made_at, undone, length(label) + length(edit) + length(inverse), label, edit, inverse
      FROM old_change;
    INSERT INTO frozen (sha256, value)
      SELECT DISTINCT sha256(value), value FROM (
        SELECT experiment -> '$.dataset' AS value FROM old_run
        UNION ALL SELECT experiment -> '$.initialWeights' FROM old_run WHERE experiment ->> '$.initialWeights' IS NOT NULL);
    INSERT INTO run (id, number, name, created_at, status, state, progress, last_loss, best_loss, first_right_epoch,
        training, experiment, dataset, given_weights, initial_weights, shapes)
      SELECT id, number, experiment ->> '$.name', created_at, status,
        iif(status = 'interrupted', json_set(state, '$.problem', json_object('code', 'lab-ended', 'message',
          state ->> '$.reason', 'path', '', 'details', json_object())), state),
        progress, last_loss, best_loss, first_right_epoch, training,
        json_remove(experiment, '$.dataset', '$.initialWeights'),
        (SELECT id FROM frozen WHERE sha256 = sha256(experiment -> '$.dataset')),
        (SELECT id FROM frozen WHERE sha256 = sha256(experiment -> '$.initialWeights')
          AND experiment ->> '$.initialWeights' IS NOT NULL), initial_weights, shapes
      FROM old_run;
    INSERT INTO epoch SELECT * FROM old_epoch;
    INSERT INTO checkpoint
      SELECT run_id, epoch, made_at, (SELECT coalesce(validation_loss, loss) FROM old_epoch
        WHERE old_epoch.run_id = old_checkpoint.run_id AND old_epoch.epoch = old_checkpoint.epoch), state, weights
      FROM old_checkpoint;
  `);
  for (const table of tables) database.exec(`DROP TABLE old_${table}`);
}

/**
 * Only the tables that change are made anew. A later migration must carry the schema of version 3 with it, because
 * the one that this reads is the newest.
 */
function toVersion3(database: DatabaseSync): void {
  const changed = ['run', 'checkpoint', 'lock'];
  database.exec('DROP INDEX run_deleted_by; PRAGMA legacy_alter_table = ON');
  for (const table of changed) database.exec(`ALTER TABLE ${table} RENAME TO old_${table}`);
  database.exec('PRAGMA legacy_alter_table = OFF');
  for (const sql of newParts(database)) database.exec(sql);
  const insert = (bytes: unknown, where: string) => {
    if (bytes instanceof Uint8Array) return insertBlob(database, bytes);
    throw damaged(where, 'it has no bytes where they should be');
  };

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
  for (const table of changed) database.exec(`DROP TABLE old_${table}`);
}

const namesOf = (database: DatabaseSync, table: string): string[] =>
  database
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name));

/** What a new file has and this one lacks. */
function newParts(database: DatabaseSync): string[] {
  const known = 'SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid';
  const has = new Set(
    database
      .prepare(known)
      .all()
      .map(({ name }) => name),
  );
  const fresh = new DatabaseSync(':memory:');
  fresh.exec(schema);
  const lacking = fresh
    .prepare(known)
    .all()
    .filter(({ name }) => !has.has(name!));
  fresh.close();
  return lacking.map(({ sql }) => String(sql));
}
