import type { DatabaseSync } from 'node:sqlite';
import { dropOld, makeLacking, moveAside, namesOf } from './migration-parts.ts';
import { schemaOfVersion4 } from './schema-v4.ts';

/**
 * Recreates the table of runs, so that its longest column stays last, and computes the runs' curves from their epochs.
 */
export function toVersion4(database: DatabaseSync): void {
  database.exec('DROP INDEX run_deleted_by; DROP TRIGGER run_gone');
  moveAside(database, ['run']);
  makeLacking(database, schemaOfVersion4);
  const columns = namesOf(database, 'old_run').join(', ');
  database.exec(`
    INSERT INTO sqlite_sequence SELECT 'run', seq FROM sqlite_sequence WHERE name = 'old_run';
    INSERT INTO run (${columns}, kind) SELECT ${columns}, iif(shapes IS NULL, 'training', 'shapes') FROM old_run;
  `);
  dropOld(database, ['run']);
  buildCurves(database);
}

const sizes = [16, 64, 256, 1024, 4096, 16_384, 65_536];
const metrics = [
  'loss',
  'lr',
  'grad_norm',
  'accuracy',
  'validation_loss',
  'validation_accuracy',
  'trained_ms',
];

/** Computes a run's smallest buckets from its epochs, and larger ones from the next smaller. */
function buildCurves(database: DatabaseSync): void {
  const ofRows = metrics.map((name) => `min(${name}), max(${name})`).join(', ');
  const ofCurves = metrics.map((name) => `min(${name}_min), max(${name}_max)`).join(', ');
  const fromRows = database.prepare(`INSERT INTO curve
    SELECT run_id, ${sizes[0]}, (epoch - 1) / ${sizes[0]} * ${sizes[0]} + 1 AS first_epoch, ${ofRows}
    FROM epoch WHERE run_id = ? GROUP BY first_epoch`);
  const fromCurves = sizes.slice(1).map((size, level) =>
    database.prepare(`INSERT INTO curve
      SELECT run_id, ${size}, (first - 1) / ${size} * ${size} + 1 AS first_epoch, ${ofCurves}
      FROM curve WHERE run_id = ? AND size = ${sizes[level]} GROUP BY first_epoch`),
  );
  // Run by run, because SQLite sorts what it groups.
  for (const { id } of database.prepare('SELECT id FROM run').all()) {
    for (const step of [fromRows, ...fromCurves]) step.run(id!);
  }
}
