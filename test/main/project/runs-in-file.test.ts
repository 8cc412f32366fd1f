/** What the file holds of a run: its losses, its state when its lab ended, which checkpoints are kept. */
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochRow, RunProgress } from '../../../engine/api.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { insertBlob, readBlob, removeWaste } from '../../../main/project/blob-store.ts';
import {
  lastCheckpointEpoch,
  readLastCheckpoint,
  storeCheckpoint,
  surplus,
} from '../../../main/project/checkpoint-store.ts';
import { freeze, readFrozen, thinFrozen } from '../../../main/project/frozen-store.ts';
import { interruptRuns } from '../../../main/project/interrupted-runs.ts';
import { inTransaction } from '../../../main/project/migrations.ts';
import { closeProjectFile, createProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import {
  appendEpochs,
  cutEpochsAfter,
  insertRun,
  readEpochs,
  readRunSummary,
  readShapes,
  storeShapes,
  storeState,
} from '../../../main/project/run-store.ts';
import { valueIn } from '../lab/open-lab.ts';
import { helloDraft, useFolder } from './project-folder.ts';

const folder = useFolder();
let file: ProjectFile;
let database: DatabaseSync;
let runId: string;

beforeEach(() => {
  file = valueIn(createProjectFile(folder.path('a.ohlol'), helloDraft()));
  database = file.database;
  runId = insertRun(database, findTemplate('hello-rnn')!);
});
afterEach(() => closeProjectFile(file));

/** Rows of epochs 1, 2 … with these losses; a row with loss 0 is right. */
const rowsOf = (losses: number[], first = 1): EpochRow[] =>
  losses.map((loss, i) => ({
    epoch: first + i,
    loss,
    lr: 0.1,
    gradNorm: 1,
    accuracy: loss === 0 ? 1 : 0.5,
    validationLoss: null,
    validationAccuracy: null,
    predictions: ['ohlol'],
    probabilities: null,
    trainedMs: first + i,
  }));
const progressAt = (epoch: number, batch = 0): RunProgress => ({
  epoch,
  batch,
  batchesPerEpoch: 1,
  trainedMs: epoch,
  tokensPerSecond: null,
});
const checkpointAt = (epoch: number) => ({
  epoch,
  state: Uint8Array.of(epoch),
  weights: Uint8Array.of(epoch, 1),
});
const summary = () => readRunSummary(database, runId)!;
const epochsIn = () => readEpochs(database, runId, 0, 1000).map(({ epoch }) => epoch);

describe('the losses of a run', () => {
  it('are the last, the least of all that was appended, and the first epoch that was right', () => {
    const steps: [number[], number, number, number | null][] = [
      [[3], 3, 3, null],
      [[2, 1, 4], 4, 1, null],
      [[5], 5, 1, null],
      [[0.5, 0, 0.25], 0.25, 0, 7],
      [[2, 0], 0, 0, 7],
    ];
    let first = 1;
    for (const [losses, last, best, right] of steps) {
      appendEpochs(database, runId, rowsOf(losses, first));
      first += losses.length;
      expect(summary()).toMatchObject({ lastLoss: last, bestLoss: best, firstRightEpoch: right });
    }
  });

  it('are those of the epochs that are left after a cut', () => {
    appendEpochs(database, runId, rowsOf([3, 2, 1, 0]));
    cutEpochsAfter(database, runId, 2);
    expect(summary()).toMatchObject({ lastLoss: 2, bestLoss: 2, firstRightEpoch: null });
    cutEpochsAfter(database, runId, 0);
    expect(summary()).toMatchObject({ lastLoss: null, bestLoss: null });
  });
});

describe('a run whose lab ended', () => {
  it('while it ran is interrupted at its last checkpoint, and its epochs after it are cut', () => {
    appendEpochs(database, runId, rowsOf([3, 2, 1.5]));
    storeCheckpoint(database, runId, checkpointAt(3));
    appendEpochs(database, runId, rowsOf([1, 0], 4));
    storeState(database, runId, { status: 'running' }, progressAt(5, 1));
    interruptRuns(database);
    expect(epochsIn()).toEqual([1, 2, 3]);
    expect(summary()).toMatchObject({
      state: { status: 'interrupted', problem: { code: 'lab-ended' } },
      progress: { epoch: 3, batch: 0 },
      lastLoss: 1.5,
      bestLoss: 1.5,
      firstRightEpoch: null,
    });
  });

  it('before any checkpoint begins at its beginning', () => {
    appendEpochs(database, runId, rowsOf([3, 2]));
    storeState(database, runId, { status: 'running' }, progressAt(2));
    interruptRuns(database);
    expect([epochsIn(), summary().progress.epoch, summary().bestLoss]).toEqual([[], 0, null]);
  });

  it('while it was paused stays where it is, but not after its last checkpoint', () => {
    appendEpochs(database, runId, rowsOf([3, 2]));
    storeCheckpoint(database, runId, checkpointAt(2));
    storeState(database, runId, { status: 'paused' }, progressAt(2, 1));
    interruptRuns(database);
    expect([epochsIn(), summary().progress.batch]).toEqual([[1, 2], 1]);
    appendEpochs(database, runId, rowsOf([1], 3));
    storeState(database, runId, { status: 'paused' }, progressAt(3));
    interruptRuns(database);
    expect([epochsIn(), summary().state.status, summary().progress.epoch]).toEqual([[1, 2], 'paused', 2]);
  });

  it('after it was done is left alone', () => {
    appendEpochs(database, runId, rowsOf([3, 2]));
    storeCheckpoint(database, runId, checkpointAt(1));
    storeState(database, runId, { status: 'finished', reason: 'epochs' }, progressAt(2));
    interruptRuns(database);
    expect([epochsIn(), summary().state.status]).toEqual([[1, 2], 'finished']);
  });
});

it('shapes come back as they were stored, and a damaged cell of them is named', () => {
  const report = {
    steps: [{ t: null, tensors: [{ name: 'input', shape: [2], data: Float32Array.of(0.5, -1) }] }],
    sameNumbers: [],
  };
  expect(readShapes(database, runId)).toBeNull();
  storeShapes(database, runId, report);
  expect(readShapes(database, runId)).toEqual(report);
  database.exec(`UPDATE run SET shapes = replace(shapes, '-1', '"x"')`);
  expect(() => readShapes(database, runId)).toThrow(
    `the project is damaged in run ${runId}, shapes (steps.0.tensors.0.data: a list of numbers is needed)`,
  );
});

it('shapes hold every float32, also those that JSON does not have', () => {
  const data = Float32Array.of(Infinity, -Infinity, Number.NaN, -0, 0, 1e-45, 3.4e38);
  const report = { steps: [{ t: 0, tensors: [{ name: 'hidden', shape: [7], data }] }], sameNumbers: [] };
  storeShapes(database, runId, report);
  const kept = readShapes(database, runId)!.steps[0]!.tensors[0]!.data;
  expect(new Uint8Array(kept.buffer)).toEqual(new Uint8Array(data.buffer));
});

describe('a branch', () => {
  /** A branch of the existing run at its epoch 2, with a state of its own. */
  function branch(): string {
    appendEpochs(database, runId, rowsOf([3, 2]));
    const branchId = insertRun(database, findTemplate('hello-rnn')!);
    database
      .prepare('UPDATE run SET parent = ?, parent_epoch = 2, start_state = ? WHERE id = ?')
      .run(Number(runId), insertBlob(database, Uint8Array.of(7, 7)), Number(branchId));
    return branchId;
  }
  const stateOf = (id: string) => readBlob(database, readLastCheckpoint(database, id)!.state);

  it('goes on from the state it owns, at its parent’s epoch, until it has a checkpoint', () => {
    const id = branch();
    expect(readLastCheckpoint(database, id)).toMatchObject({ epoch: 2, trainedMs: 0 });
    expect([lastCheckpointEpoch(database, id), ...stateOf(id)]).toEqual([2, 7, 7]);
    appendEpochs(database, id, rowsOf([1.5], 3));
    storeCheckpoint(database, id, checkpointAt(3));
    expect([lastCheckpointEpoch(database, id), ...stateOf(id)]).toEqual([3, 3]);
    expect([lastCheckpointEpoch(database, runId), readLastCheckpoint(database, runId)]).toEqual([0, null]);
  });

  it('that was interrupted before its first checkpoint stands where it began', () => {
    const id = branch();
    appendEpochs(database, id, rowsOf([1.5, 1], 3));
    storeState(database, id, { status: 'running' }, progressAt(4));
    interruptRuns(database);
    expect(readEpochs(database, id, 0, 10)).toEqual([]);
    expect(readRunSummary(database, id)!.progress.epoch).toBe(2);
  });

  it('outlives its parent, and its state goes with it', () => {
    const id = branch();
    database.prepare('DELETE FROM run WHERE id = ?').run(Number(runId));
    expect(database.prepare('SELECT parent, parent_epoch FROM run').all()).toEqual([
      { parent: null, parent_epoch: 2 },
    ]);
    removeWaste(database);
    expect([lastCheckpointEpoch(database, id), ...stateOf(id)]).toEqual([2, 7, 7]);
    database.prepare('DELETE FROM run WHERE id = ?').run(Number(id));
    removeWaste(database);
    expect(database.prepare('SELECT count(*) AS blobs FROM blob').get()).toEqual({ blobs: 0 });
  });
});

it('what a sweep was frozen with stays as long as the sweep, without any run', () => {
  const [dataset, weights] = [freeze(database, { a: 1 }), freeze(database, { b: 2 })];
  freeze(database, { c: 3 });
  database
    .prepare(
      "INSERT INTO sweep (name, created_at, status, document, dataset, given_weights) VALUES ('', '', 'paused', '{}', ?, ?)",
    )
    .run(dataset, weights);
  const sweep = Number(database.prepare('SELECT id FROM sweep').get()!.id);
  database.prepare('UPDATE run SET sweep = ?').run(sweep);
  thinFrozen(database);
  expect([readFrozen(database, dataset), readFrozen(database, weights)]).toEqual([{ a: 1 }, { b: 2 }]);
  database.exec('DELETE FROM sweep');
  expect(database.prepare('SELECT sweep FROM run').get()).toEqual({ sweep: null });
  thinFrozen(database);
  expect(database.prepare('SELECT count(*) AS kept FROM frozen').get()).toEqual({ kept: 1 });
});

describe('checkpoints that are too many', () => {
  const listed = (losses: (number | null)[], bytes = 1) =>
    losses.map((loss, i) => ({ epoch: i + 1, loss, bytes }));
  const losses = (best: number, count = 60) =>
    Array.from({ length: count }, (_, i) => (i === best ? 0.1 : 1 + i));

  it.each([0, 1, 17, 40, 58, 59])(
    'go, but never the last nor the one of least loss (place %i of 60)',
    (best) => {
      const gone = surplus(listed(losses(best)));
      expect(gone).toHaveLength(20);
      expect(gone).not.toContain(best + 1);
      expect(gone).not.toContain(60);
    },
  );

  it('go by their bytes too, down to the best and the last', () => {
    expect(surplus(listed(losses(3, 9), 60 * 1024 * 1024)).sort()).toEqual([1, 2, 3, 5, 6, 7, 8]);
  });

  it('of equal loss keep the later; those of unknown loss are no best', () => {
    const gone = surplus(listed([null, 1, 1, 2, null], 60 * 1024 * 1024));
    expect(gone.sort()).toEqual([1, 2, 4]);
  });

  it('leave the best in the file while a run goes on for long', () => {
    const run = losses(4, 100);
    inTransaction(database, () => {
      run.forEach((loss, i) => {
        appendEpochs(database, runId, rowsOf([loss], i + 1));
        storeCheckpoint(database, runId, checkpointAt(i + 1));
      });
    });
    const kept = database
      .prepare('SELECT epoch FROM checkpoint WHERE run_id = ? ORDER BY epoch')
      .all(Number(runId))
      .map(({ epoch }) => Number(epoch));
    expect(kept).toHaveLength(40);
    expect(kept).toContain(5);
    expect(readLastCheckpoint(database, runId)!.epoch).toBe(100);
  });
});
