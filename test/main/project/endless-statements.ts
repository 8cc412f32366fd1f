/**
 * Loaded before the checker by `--import`: the checker's first statement never ends and cannot be
 * interrupted from within.
 */
import { DatabaseSync } from 'node:sqlite';

const { prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = (): never => {
  // This is written at once where the pipe has room.
  process.send!('runs');
  const endless = 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c';
  prepare.call(new DatabaseSync(':memory:'), endless).get();
  throw new Error('it has ended');
};
