import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { applicationId, schema } from './schema.ts';

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
  for (const migration of migrations) if (migration.version > from) migration.run(database);
  database.exec(`PRAGMA user_version = ${newestVersion}`);
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

/**
 * The tables of version 1 move aside, the schema is made, and what they held is put into it. A later migration must
 * carry the schema of its own version with it, because this one then changes.
 */
function toVersion2(database: DatabaseSync): void {
  const tables = ['draft', 'sample', 'change', 'run', 'epoch', 'checkpoint', 'lock'];
  database.exec('DROP INDEX sample_place');
  for (const table of tables) database.exec(`ALTER TABLE ${table} RENAME TO old_${table}`);
  database.exec(schema);
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
