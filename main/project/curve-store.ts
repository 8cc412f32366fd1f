/**
 * The extremes of a run's curves in the project file: the least and greatest values of every 16 epochs, every 64, and
 * so on. A chart asks for as many points as it has columns, so a million epochs cost no more than a thousand. The
 * extremes are written in the same transaction as the rows they are computed from.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { EpochRow } from '../../engine/api.ts';
import type { CurveMetric, CurvePoint } from '../curves-api.ts';

/** Epochs per bucket. Buckets of size s begin at epochs 1, 1 + s, 1 + 2 s … */
export const bucketSizes = [16, 64, 256, 1024, 4096, 16_384, 65_536] as const;
const sizes = bucketSizes;

export const curveColumns = {
  loss: 'loss',
  lr: 'lr',
  gradNorm: 'grad_norm',
  accuracy: 'accuracy',
  validationLoss: 'validation_loss',
  validationAccuracy: 'validation_accuracy',
  trainedMs: 'trained_ms',
} as const satisfies Record<CurveMetric, string>;

const columns = curveColumns;

export const curveMetrics = Object.keys(columns) as CurveMetric[];

interface Bucket {
  first: number;
  /** min and max of each metric in turn; null if no row has the metric. */
  extremes: (number | null)[];
}

const firstOf = (epoch: number, size: number) => Math.floor((epoch - 1) / size) * size + 1;

const allColumns = Object.values(columns).flatMap((name) => [`${name}_min`, `${name}_max`]);
const upsert = `INSERT INTO curve (run_id, size, first, ${allColumns.join(', ')})
  VALUES (?, ?, ?${', ?'.repeat(allColumns.length)})
  ON CONFLICT (run_id, size, first) DO UPDATE SET ${allColumns.map(merged).join(', ')}`;

function merged(name: string, index: number): string {
  const extreme = index % 2 === 0 ? 'min' : 'max';
  return `${name} = ${extreme}(coalesce(${name}, excluded.${name}), coalesce(excluded.${name}, ${name}))`;
}

/** Adds appended rows, ordered by epoch, to the curves, in the caller's transaction. Writes each bucket once. */
export function addToCurves(database: DatabaseSync, runId: string, rows: readonly EpochRow[]): void {
  const write = database.prepare(upsert);
  let buckets = bucketsOfRows(rows);
  for (const size of sizes) {
    if (size > sizes[0]) buckets = inLarger(buckets, size);
    for (const { first, extremes } of buckets) write.run(Number(runId), size, first, ...extremes);
  }
}

function bucketsOfRows(rows: readonly EpochRow[]): Bucket[] {
  const buckets: Bucket[] = [];
  for (const row of rows) {
    const { extremes } = bucketAt(buckets, firstOf(row.epoch, sizes[0]));
    for (let i = 0; i < curveMetrics.length; i++) {
      const value = row[curveMetrics[i]!];
      widen(extremes, i, value, value);
    }
  }
  return buckets;
}

function inLarger(smaller: readonly Bucket[], size: number): Bucket[] {
  const buckets: Bucket[] = [];
  for (const { first, extremes: given } of smaller) {
    const { extremes } = bucketAt(buckets, firstOf(first, size));
    for (let i = 0; i < curveMetrics.length; i++) widen(extremes, i, given[2 * i]!, given[2 * i + 1]!);
  }
  return buckets;
}

/** The last bucket if it begins at `first`, else a new one behind it. */
function bucketAt(buckets: Bucket[], first: number): Bucket {
  const last = buckets.at(-1);
  if (last?.first === first) return last;
  const bucket = { first, extremes: Array<number | null>(2 * curveMetrics.length).fill(null) };
  buckets.push(bucket);
  return bucket;
}

function widen(extremes: (number | null)[], metric: number, min: number | null, max: number | null): void {
  const [least, greatest] = [extremes[2 * metric]!, extremes[2 * metric + 1]!];
  if (min !== null && (least === null || min < least)) extremes[2 * metric] = min;
  if (max !== null && (greatest === null || max > greatest)) extremes[2 * metric + 1] = max;
}

/** Updates the curves after rows of epochs > epoch were deleted. Buckets that are left in part are computed anew. */
export function cutCurvesAfter(database: DatabaseSync, runId: string, epoch: number): void {
  const remove = database.prepare('DELETE FROM curve WHERE run_id = ? AND size = ? AND first >= ?');
  sizes.forEach((size, level) => {
    const first = firstOf(epoch + 1, size);
    remove.run(Number(runId), size, first);
    if (first > epoch) return;
    const smaller = sizes[level - 1];
    const extremesOf = (name: string) =>
      smaller === undefined ? `min(${name}), max(${name})` : `min(${name}_min), max(${name}_max)`;
    const from = smaller === undefined ? 'epoch WHERE epoch' : `curve WHERE size = ${smaller} AND first`;
    database
      .prepare(
        `INSERT INTO curve (run_id, size, first, ${allColumns.join(', ')})
         SELECT run_id, ${size}, $first, ${Object.values(columns).map(extremesOf).join(', ')}
         FROM ${from} BETWEEN $first AND $epoch AND run_id = $run GROUP BY run_id`,
      )
      .run({ run: Number(runId), first, epoch });
  });
}

/**
 * A curve of at most `points` points (2 at the least), in order, each with the least and the greatest value of its
 * epochs. It covers exactly the rows from `from` to `to`, both included; epochs without a row or without the metric
 * give no value. `waiting` are rows, in order, that may not be in the file yet; those already in it are skipped.
 */
export function readCurve(
  database: DatabaseSync,
  runId: string,
  metric: CurveMetric,
  from: number,
  to: number,
  points: number,
  waiting: readonly EpochRow[] = [],
): CurvePoint[] {
  if (!(points >= 2)) throw new Error(`a curve of ${points} points; there must be 2 or more`);
  const reader = curveReader(database, Number(runId), columns[metric]);
  const ends = reader.ends(from, to);
  const saved = ends?.last ?? 0;
  const further = waiting.filter(({ epoch }) => epoch > saved && epoch >= from && epoch <= to);
  const first = ends?.first ?? further[0]?.epoch;
  if (first === undefined) return [];
  const size = sizeFor((further.at(-1)?.epoch ?? saved) - first + 1, points);
  const curve = ends ? reader.points(ends.first, ends.last, size) : [];
  for (const row of further) addRow(curve, row.epoch, row[metric], size);
  return curve;
}

/** Adds a row to the last point, or as a new point if the last one covers other epochs. */
function addRow(curve: CurvePoint[], epoch: number, value: number | null, size: number): void {
  if (value === null) return;
  const last = curve.at(-1);
  if (!last || firstOf(last.last, size) !== firstOf(epoch, size)) {
    curve.push({ first: epoch, last: epoch, min: value, max: value });
    return;
  }
  last.last = epoch;
  last.min = Math.min(last.min, value);
  last.max = Math.max(last.max, value);
}

/** Epochs per point: enough for the number of points, rounded up to whole buckets of the largest size that fits. */
function sizeFor(epochs: number, points: number): number {
  // Points begin where buckets do, so the first and the last may be partial.
  const least = Math.max(1, Math.ceil((epochs - 1) / (points - 1)));
  const bucket = sizes.findLast((size) => size <= least) ?? 1;
  return Math.ceil(least / bucket) * bucket;
}

interface CurveReader {
  /** The first and the last epoch in the range that have rows; null if none has. */
  ends(from: number, to: number): { first: number; last: number } | null;
  points(from: number, to: number, size: number): CurvePoint[];
}

/**
 * Prepares the queries of one metric. `cast` is needed because numbers are bound as REAL, whose division does not
 * round.
 */
function curveReader(database: DatabaseSync, runId: number, column: string): CurveReader {
  const ofRows = database.prepare(
    `SELECT (epoch - 1) / cast($size AS INTEGER) AS point, min(${column}) AS least, max(${column}) AS greatest FROM epoch
     WHERE run_id = $run AND epoch BETWEEN $from AND $to AND ${column} IS NOT NULL GROUP BY point`,
  );
  const ofBuckets = database.prepare(
    `SELECT (first - 1) / cast($size AS INTEGER) AS point, min(${column}_min) AS least, max(${column}_max) AS greatest FROM curve
     WHERE run_id = $run AND size = $bucket AND first BETWEEN $from AND $to AND ${column}_min IS NOT NULL
     GROUP BY point`,
  );

  /** Reads points from whole buckets, or from rows if `bucket` is 1. */
  function read(bucket: number, from: number, to: number, size: number): CurvePoint[] {
    const given = { run: runId, from, to, size };
    const rows = bucket === 1 ? ofRows.all(given) : ofBuckets.all({ ...given, bucket });
    return rows.map(({ point, least, greatest }) => ({
      first: Math.max(from, Number(point) * size + 1),
      last: Math.min(to, (Number(point) + 1) * size),
      min: Number(least),
      max: Number(greatest),
    }));
  }

  /**
   * One point for a range that is not made of whole buckets: reads the largest buckets that fit, and rows at its ends.
   */
  function part(from: number, to: number): CurvePoint[] {
    const found = wholeBuckets(from, to).flatMap(({ bucket, first, last }) =>
      read(bucket, first, last, Number.MAX_SAFE_INTEGER),
    );
    if (found.length === 0) return [];
    const min = found.reduce((least, point) => Math.min(least, point.min), Infinity);
    const max = found.reduce((greatest, point) => Math.max(greatest, point.max), -Infinity);
    return [{ first: from, last: to, min, max }];
  }

  return {
    ends(from, to) {
      const { first, last } = database
        .prepare(
          `SELECT (SELECT min(epoch) FROM epoch WHERE run_id = $run AND epoch BETWEEN $from AND $to) AS first,
             (SELECT max(epoch) FROM epoch WHERE run_id = $run AND epoch BETWEEN $from AND $to) AS last`,
        )
        .get({ run: runId, from, to })!;
      return first === null ? null : { first: Number(first), last: Number(last) };
    },
    points(from, to, size) {
      const bucket = sizes.findLast((one) => size % one === 0) ?? 1;
      if (bucket === 1) return read(1, from, to, size);
      const whole = firstOf(from + size - 1, size);
      const end = firstOf(to + 1, size) - 1;
      // The range lies within one point, or two.
      if (whole > end) return whole > to ? part(from, to) : [...part(from, whole - 1), ...part(whole, to)];
      const before = whole > from ? part(from, whole - 1) : [];
      const after = end < to ? part(end + 1, to) : [];
      return [...before, ...read(bucket, whole, end, size), ...after];
    },
  };
}

/** Splits a range into the largest buckets that fit; neighbours of one size are joined. Bucket 1 stands for rows. */
function wholeBuckets(from: number, to: number): { bucket: number; first: number; last: number }[] {
  const parts: { bucket: number; first: number; last: number }[] = [];
  for (let at = from; at <= to; ) {
    const begin = at;
    const bucket = sizes.findLast((size) => (begin - 1) % size === 0 && begin + size - 1 <= to) ?? 1;
    at += bucket;
    const last = parts.at(-1);
    if (last?.bucket === bucket) last.last = at - 1;
    else parts.push({ bucket, first: begin, last: at - 1 });
  }
  return parts;
}
