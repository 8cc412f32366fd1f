import type { DatabaseSync } from 'node:sqlite';
import { makeLacking } from './migration-parts.ts';
import { schemaOfVersion5 } from './schema-v5.ts';

/**
 * Adds the places of settings changed while a run trained. For older runs, changes of the learning rate are derived
 * from the epochs if no schedule changes it; the places of other settings are unknown.
 */
export function toVersion5(database: DatabaseSync): void {
  makeLacking(database, schemaOfVersion5);
  const changes = database.prepare(`SELECT epoch, lr FROM
    (SELECT epoch, lr, lag(lr) OVER (ORDER BY epoch) AS before FROM epoch WHERE run_id = ?)
    WHERE before IS NULL OR lr <> before ORDER BY epoch`);
  const insert = database.prepare('INSERT INTO setting (run_id, epoch, batch, settings) VALUES (?, ?, 0, ?)');
  for (const { id, experiment } of database.prepare('SELECT id, experiment FROM run').all()) {
    let lr = fixedRate(String(experiment));
    if (lr === null) continue;
    for (const change of changes.all(id!)) {
      if (change.lr === lr) continue;
      lr = Number(change.lr);
      insert.run(id!, Number(change.epoch) - 1, JSON.stringify({ lr }));
    }
  }
}

/**
 * The learning rate; null if a schedule changes it or the run's row is damaged, which is reported for that run alone.
 */
function fixedRate(experiment: string): number | null {
  try {
    const { training } = JSON.parse(experiment) as {
      training?: { scheduler?: unknown; optimizer?: { lr?: unknown } };
    };
    const lr = training?.scheduler ? null : training?.optimizer?.lr;
    return typeof lr === 'number' ? lr : null;
  } catch {
    return null;
  }
}
