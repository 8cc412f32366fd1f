import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { schemaOfVersion2 } from './schema-v2.ts';

/** Moves the tables of version 1 aside, creates those of version 2, and fills them from the old ones. */
export function toVersion2(database: DatabaseSync): void {
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
