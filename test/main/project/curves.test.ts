/**
 * A curve's extremes are those of its rows, whatever was appended, cut and migrated, and whichever range is
 * read.
 */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import type { CurveMetric } from '../../../main/curves-api.ts';
import { readCurve } from '../../../main/project/curve-store.ts';
import { inTransaction } from '../../../main/project/migrations.ts';
import { closeProjectFile, createProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import { appendEpochs, cutEpochsAfter, insertRun } from '../../../main/project/run-store.ts';
import { schemaOfVersion3 } from '../../../main/project/schema-v3.ts';
import { toVersion4 } from '../../../main/project/to-version-4.ts';
import { valueIn } from '../lab/open-lab.ts';
import { helloDraft, useFolder } from './project-folder.ts';

const folder = useFolder();
let file: ProjectFile;
let database: DatabaseSync;

beforeEach(() => {
  file = valueIn(createProjectFile(folder.path('a.ohlol'), helloDraft()));
  database = file.database;
});
afterEach(() => closeProjectFile(file));

/** Numbers that look random but depend only on the epoch and the salt; some epochs have no validation. */
function rowAt(epoch: number, salt: number): EpochRow {
  const value = (which: number) => Math.sin(epoch * 12.9898 + salt * 78.233 + which) * 1000;
  const isValidated = (epoch + salt) % 3 === 0;
  return {
    epoch,
    loss: value(0),
    lr: 0.1,
    gradNorm: epoch % 101 === 0 ? Infinity : value(1),
    accuracy: value(2),
    validationLoss: isValidated ? value(3) : null,
    validationAccuracy: isValidated && epoch > 40 ? value(4) : null,
    predictions: [],
    probabilities: null,
    trainedMs: epoch / 50,
  };
}
const rowsOf = (first: number, count: number, salt: number) =>
  Array.from({ length: count }, (_, i) => rowAt(first + i, salt));

const metrics: CurveMetric[] = [
  'loss',
  'lr',
  'gradNorm',
  'validationLoss',
  'validationAccuracy',
  'trainedMs',
];

/** Checks a curve against the rows themselves. */
function checkCurve(
  runId: string,
  rows: readonly EpochRow[],
  metric: CurveMetric,
  from: number,
  to: number,
  points: number,
) {
  const curve = readCurve(database, runId, metric, from, to, points);
  expect(curve.length).toBeLessThanOrEqual(points);
  const valued = rows.filter((row) => row.epoch >= from && row.epoch <= to && row[metric] !== null);
  let at = from;
  let covered = 0;
  for (const { first, last, min, max } of curve) {
    expect(first).toBeGreaterThanOrEqual(at);
    expect(last).toBeGreaterThanOrEqual(first);
    at = last + 1;
    const values = valued.filter(({ epoch }) => epoch >= first && epoch <= last).map((row) => row[metric]!);
    expect([min, max]).toEqual([Math.min(...values), Math.max(...values)]);
    covered += values.length;
  }
  expect(at).toBeLessThanOrEqual(to + 1);
  expect(covered).toBe(valued.length);
  // The curve uses at least half of the points that are allowed.
  if (valued.length === rows.length && valued.length > points)
    expect(curve.length).toBeGreaterThan(points / 2 - 2);
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      append: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 1500 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ cutTo: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  // Some reported rows are in the file already.
  { weight: 1, arbitrary: fc.record({ again: fc.integer({ min: 1, max: 30 }) }) },
);
const look = fc.record({
  metric: fc.constantFrom(...metrics),
  ends: fc.tuple(
    fc.double({ min: -0.1, max: 1.1, noNaN: true }),
    fc.double({ min: -0.1, max: 1.1, noNaN: true }),
  ),
  points: fc.oneof(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 6, max: 700 })),
});

const curvesOf = (from: DatabaseSync, runId: string) =>
  from.prepare('SELECT * FROM curve WHERE run_id = ? ORDER BY size, first').all(Number(runId));

/** The curves that the migration to version 4 makes from the same rows in a file of version 3. */
function migratedCurves(runId: string): unknown[] {
  const old = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false });
  old.exec(schemaOfVersion3);
  old.exec(`INSERT INTO run (id, number, name, created_at, status, state, progress, training, experiment, dataset)
    VALUES (${runId}, 1, '', '', 'paused', '{}', '{}', '{}', '{}', 1)`);
  const insert = old.prepare(`INSERT INTO epoch VALUES (${Array(11).fill('?').join(', ')})`);
  for (const row of database.prepare('SELECT * FROM epoch WHERE run_id = ?').all(Number(runId))) {
    insert.run(...Object.values(row));
  }
  toVersion4(old);
  const curves = curvesOf(old, runId);
  old.close();
  return curves;
}

it('has the extremes of its rows after any appends and cuts, for any metric, range and number of points', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.array(look, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(0, 5, 63, 64, 4090),
      (steps, looks, parentEpoch) => {
        const runId = insertRun(database, findTemplate('hello-rnn')!);
        let rows: EpochRow[] = [];
        inTransaction(database, () => {
          steps.forEach((one, salt) => {
            const next = (rows.at(-1)?.epoch ?? parentEpoch) + 1;
            if ('append' in one) {
              const made = rowsOf(next, one.append, salt);
              appendEpochs(database, runId, made);
              rows = rows.concat(made);
            } else if ('again' in one) appendEpochs(database, runId, rows.slice(-one.again));
            else {
              const epoch = parentEpoch + Math.floor(one.cutTo * rows.length);
              cutEpochsAfter(database, runId, epoch);
              rows = rows.filter((row) => row.epoch <= epoch);
            }
          });
        });
        for (const { metric, ends, points } of looks) {
          const [from, to] = ends
            .map((end) => Math.floor(parentEpoch + end * rows.length))
            .sort((a, b) => a - b);
          checkCurve(runId, rows, metric, from!, to!, points);
        }
        checkCurve(runId, rows, 'loss', 0, Number.MAX_SAFE_INTEGER, 300);
        expect(curvesOf(database, runId)).toEqual(migratedCurves(runId));
        database.prepare('DELETE FROM run WHERE id = ?').run(Number(runId));
        expect(curvesOf(database, runId)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

it('of a million epochs takes little to look at: rows at its ends alone, buckets between them', () => {
  const runId = insertRun(database, findTemplate('hello-rnn')!);
  inTransaction(database, () => {
    for (let first = 1; first < 300_000; first += 5000) appendEpochs(database, runId, rowsOf(first, 5000, 0));
  });
  // Only the rows that the ends of the range need are left.
  database.prepare('DELETE FROM epoch WHERE run_id = ? AND epoch BETWEEN 17 AND 299984').run(Number(runId));
  const curve = readCurve(database, runId, 'loss', 5, 299_990, 400);
  expect(curve.length).toBeGreaterThan(200);
  expect(curve.at(-1)!.last).toBe(299_990);
  const losses = rowsOf(1, 299_990, 0).map(({ loss }) => loss);
  for (const { first, last, min, max } of curve) {
    const values = losses.slice(first - 1, last);
    expect([min, max]).toEqual([Math.min(...values), Math.max(...values)]);
  }
});

it('has 2 points at the least', () => {
  expect(() => readCurve(database, '1', 'loss', 1, 10, 1)).toThrow(
    'a curve of 1 points; there must be 2 or more',
  );
  expect(readCurve(database, '1', 'loss', 1, 10, 2)).toEqual([]);
});
