/** Finds single epochs of a run through the extremes of its curves: in a million epochs as fast as in a thousand. */
import type { DatabaseSync } from 'node:sqlite';
import type { CurveMetric } from '../curves-api.ts';
import { bucketSizes, curveColumns } from './curve-store.ts';

export interface FoundEpoch {
  epoch: number;
  value: number;
}

/** Bucket sizes, largest first. */
const fromLargest = [...bucketSizes].reverse();

/** The first epoch with the least value of a metric; null if no epoch has one. */
export function leastEpoch(database: DatabaseSync, runId: string, metric: CurveMetric): FoundEpoch | null {
  const column = curveColumns[metric];
  let [from, to] = [1, Number.MAX_SAFE_INTEGER];
  for (const size of fromLargest) {
    const bucket = database
      .prepare(
        `SELECT first FROM curve WHERE run_id = ? AND size = ? AND first BETWEEN ? AND ? AND ${column}_min IS NOT NULL
         ORDER BY ${column}_min, first LIMIT 1`,
      )
      .get(Number(runId), size, from, to);
    if (!bucket) return null;
    from = Number(bucket.first);
    to = from + size - 1;
  }
  const row = database
    .prepare(
      `SELECT epoch, ${column} AS value FROM epoch WHERE run_id = ? AND epoch BETWEEN ? AND ? AND ${column} IS NOT NULL
       ORDER BY ${column}, epoch LIMIT 1`,
    )
    .get(Number(runId), from, to);
  return row ? { epoch: Number(row.epoch), value: Number(row.value) } : null;
}

/** The last epoch whose value is below a limit; null if there is none. */
export function lastEpochBelow(
  database: DatabaseSync,
  runId: string,
  metric: CurveMetric,
  limit: number,
): number | null {
  const column = curveColumns[metric];
  let [from, to] = [1, Number.MAX_SAFE_INTEGER];
  for (const size of fromLargest) {
    const found = database
      .prepare(
        `SELECT max(first) AS first FROM curve WHERE run_id = ? AND size = ? AND first BETWEEN ? AND ? AND ${column}_min < ?`,
      )
      .get(Number(runId), size, from, to, limit)!.first;
    if (found === null) return null;
    from = Number(found);
    to = from + size - 1;
  }
  return numberOrNull(
    database
      .prepare(
        `SELECT max(epoch) AS epoch FROM epoch WHERE run_id = ? AND epoch BETWEEN ? AND ? AND ${column} < ?`,
      )
      .get(Number(runId), from, to, limit)!.epoch,
  );
}

/** The first epoch after `after` whose value is below a limit; null if there is none. */
export function firstEpochBelow(
  database: DatabaseSync,
  runId: string,
  metric: CurveMetric,
  after: number,
  limit: number,
): FoundEpoch | null {
  const column = curveColumns[metric];
  const inRows = database.prepare(
    `SELECT epoch, ${column} AS value FROM epoch WHERE run_id = ? AND epoch BETWEEN ? AND ? AND ${column} < ?
     ORDER BY epoch LIMIT 1`,
  );
  const inBuckets = database.prepare(
    `SELECT min(first) AS first FROM curve WHERE run_id = ? AND size = ? AND first BETWEEN ? AND ? AND ${column}_min < ?`,
  );
  const id = Number(runId);

  /** `level` indexes `bucketSizes`; −1 stands for rows. */
  function find(level: number, from: number, to: number): FoundEpoch | null {
    if (level < 0) {
      const row = inRows.get(id, from, to, limit);
      return row ? { epoch: Number(row.epoch), value: Number(row.value) } : null;
    }
    const first = inBuckets.get(id, bucketSizes[level]!, from, to, limit)!.first;
    if (first === null) return null;
    return find(level - 1, Number(first), Number(first) + bucketSizes[level]! - 1);
  }

  // Searches the rest of each bucket that contains `after`, smallest first.
  let from = after + 1;
  for (let level = -1; level < bucketSizes.length - 1; level++) {
    const size = bucketSizes[level + 1]!;
    const to = Math.ceil((from - 1) / size) * size;
    const found = to >= from ? find(level, from, to) : null;
    if (found) return found;
    from = to + 1;
  }
  return find(bucketSizes.length - 1, from, Number.MAX_SAFE_INTEGER);
}

const numberOrNull = (value: unknown) => (value === null || value === undefined ? null : Number(value));
