/** What an engine reports is written to the file, while the file can be written and while it cannot. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { failure, problem, success } from '../../../engine/errors.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import {
  createRunRecorder,
  nothingUnsaved,
  type RecordedRun,
  type RunRecorder,
} from '../../../main/lab/runs/run-recorder.ts';
import { partBytes, readBlob } from '../../../main/project/blob-store.ts';
import { readLastCheckpoint } from '../../../main/project/checkpoint-store.ts';
import type { Keeper } from '../../../main/project/keeper.ts';
import { createLargeBytes } from '../../../main/project/large-bytes.ts';
import { inTransaction } from '../../../main/project/migrations.ts';
import { closeProjectFile, createProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import { insertRun, readEpochs, readRunSummary } from '../../../main/project/run-store.ts';
import { helloDraft, useFolder } from '../project/project-folder.ts';
import { valueIn } from './open-lab.ts';

const folder = useFolder();
let file: ProjectFile;
let run: RecordedRun;
let recorder: RunRecorder;
/** How many of the next writes are refused, as by a full disk. */
let refusals: number;
let refused: number;

beforeEach(() => {
  file = valueIn(createProjectFile(folder.path('a.ohlol'), helloDraft()));
  refusals = 0;
  refused = 0;
  const { database } = file;
  const keeper = {
    database: () => database,
    write(work: (to: typeof database) => unknown) {
      if (refusals > 0) {
        refusals -= 1;
        return failure(problem('disk-full', '', 'full'));
      }
      return success(inTransaction(database, () => work(database)));
    },
  } as unknown as Keeper;
  const experiment = findTemplate('hello-rnn') as SequenceExperiment;
  const runId = insertRun(database, experiment);
  run = { runId, summary: readRunSummary(database, runId)!, experiment, unsaved: nothingUnsaved() };
  recorder = createRunRecorder({
    keeper,
    largeBytes: createLargeBytes(keeper),
    tell: { runChanged() {}, epochsArrived() {} },
    onRefused: () => {
      refused += 1;
    },
    onCommitted() {},
  });
});
afterEach(async () => {
  await recorder.close();
  closeProjectFile(file);
});

const rowsOf = (first: number, ...losses: number[]): EpochRow[] =>
  losses.map((loss, i) => ({
    epoch: first + i,
    loss,
    lr: 0.1,
    gradNorm: 1,
    accuracy: 0,
    validationLoss: null,
    validationAccuracy: null,
    predictions: ['x'],
    probabilities: null,
    trainedMs: 1,
  }));
const checkpoint = (epoch: number, bytes: number) => ({
  epoch,
  state: new Uint8Array(bytes).fill(epoch),
  weights: Uint8Array.of(epoch),
});
function stateInFile() {
  const last = readLastCheckpoint(file.database, run.runId);
  return last && { epoch: last.epoch, state: readBlob(file.database, last.state) };
}

it('the least loss of a run is that of all its rows, in whatever order they fall and rise', () => {
  recorder.takeEpochs(run, rowsOf(1, 3, 2));
  recorder.takeEpochs(run, rowsOf(3, 1, 4));
  recorder.takeEpochs(run, rowsOf(5, 2));
  expect([run.summary.bestLoss, run.summary.lastLoss]).toEqual([1, 2]);
  recorder.commit(run);
  expect(readRunSummary(file.database, run.runId)).toMatchObject({ bestLoss: 1, lastLoss: 2 });
});

it.each([
  ['a short', 10],
  ['a large', partBytes + 1],
  ['a very large', 9 * partBytes],
])('%s checkpoint that the file refuses is written when it takes changes again', async (_, bytes) => {
  recorder.takeEpochs(run, rowsOf(1, 3));
  recorder.commit(run);
  refusals = 1;
  const made = checkpoint(1, bytes);
  recorder.takeCheckpoint(run, made);
  await recorder.written(run);
  expect([refused > 0, stateInFile()]).toEqual([true, null]);
  recorder.commit(run);
  await recorder.written(run);
  expect(stateInFile()?.epoch).toBe(1);
  expect(Buffer.from(stateInFile()!.state).equals(made.state)).toBe(true);
  expect(run.unsaved.checkpoint).toBeNull();
});

it('a large checkpoint refused in its middle is written anew, and not in the place of a newer one', async () => {
  recorder.takeEpochs(run, rowsOf(1, 3, 2));
  recorder.commit(run);
  recorder.takeCheckpoint(run, checkpoint(1, 9 * partBytes));
  // The first part is written; the next is refused.
  refusals = 1;
  recorder.takeCheckpoint(run, checkpoint(2, 2 * partBytes));
  await recorder.written(run);
  recorder.commit(run);
  await recorder.written(run);
  expect(stateInFile()?.epoch).toBe(2);
});

it('rows that the file refuses are written with the next', () => {
  recorder.takeEpochs(run, rowsOf(1, 3));
  refusals = 1;
  recorder.takeEpochs(run, rowsOf(2, 2));
  expect(recorder.commit(run)).toBe(false);
  recorder.takeEpochs(run, rowsOf(3, 1));
  expect(recorder.commit(run)).toBe(true);
  const epochs = file.database.prepare('SELECT epoch FROM epoch ORDER BY epoch').all();
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
});

it('of a row with many predictions as much is kept as a board shows, in whole strings, the first always', () => {
  const [row] = rowsOf(1, 0.5);
  const lines = Array.from({ length: 100 }, (_, i) => String(i % 10).repeat(100));
  const long = 'x'.repeat(9000);
  recorder.takeEpochs(run, [
    { ...row!, predictions: lines },
    { ...row!, epoch: 2, predictions: [long, 'y'] },
    { ...row!, epoch: 3, predictions: ['a', 'b'] },
  ]);
  expect(recorder.commit(run)).toBe(true);
  const kept = readEpochs(file.database, run.runId, 0, 10).map(({ predictions }) => predictions);
  expect(kept).toEqual([lines.slice(0, 40), [long], ['a', 'b']]);
});

it('rows that come faster than they are committed are committed before there are too many', () => {
  run.summary = { ...run.summary, state: { status: 'running' } };
  const inFile = () => readEpochs(file.database, run.runId, 0, 20_000).length;
  recorder.takeEpochs(run, rowsOf(1, ...new Array<number>(999).fill(0.5)));
  expect([inFile(), run.unsaved.rows.length]).toEqual([0, 999]);
  recorder.takeEpochs(run, rowsOf(1000, 0.5));
  expect([inFile(), run.unsaved.rows.length]).toEqual([1000, 0]);
});
