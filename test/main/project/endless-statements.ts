/** Loaded in front of the checker by `--import`: its first statement never ends, and cannot be ended from within. */
import { DatabaseSync } from 'node:sqlite';

const { prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = (): never => {
  // Written at once, where there is room.
  process.send!('runs');
  const endless = 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c';
  prepare.call(new DatabaseSync(':memory:'), endless).get();
  throw new Error('it has ended');
};
