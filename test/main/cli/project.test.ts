import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { writeExperiment } from '../../../engine/formats/experiment.ts';
import { writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { type TrainedBy, weightsDocument } from '../../../engine/formats/weights.ts';
import type { SequenceExperiment, WeightsJson } from '../../../engine/model/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { createTrainer } from '../../../engine/training/trainer.ts';
import { insertBlob } from '../../../main/project/blob-store.ts';
import { storeCheckpoint } from '../../../main/project/checkpoint-store.ts';
import { closeProjectFile, createProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import { appendEpochs, insertRun, storeInitialWeights, storeState } from '../../../main/project/run-store.ts';
import { withDatabase } from '../project/project-folder.ts';
import { ohlol } from './run-ohlol.ts';

const folder = mkdtempSync(join(tmpdir(), 'ohlol-project-'));
const inFolder = (name: string) => join(folder, name);
const project = inFolder('lesson.ohlol');
const experiment = findTemplate('hello-rnn') as SequenceExperiment;
let file: ProjectFile;
let runId: string;

/** Makes a project with one finished run, which the lab still has open. */
beforeAll(() => {
  const created = createProjectFile(project, experimentToDraft(experiment));
  if (!created.ok) throw new Error(created.problems[0]!.message);
  file = created.value;
  const trainer = createTrainer(experiment, null);
  if (!trainer.ok) throw new Error(trainer.problems[0]!.message);
  const initialWeights = trainer.value.weights();
  const rows: EpochRow[] = [];
  for (let row = trainer.value.stepEpoch(); row !== null; row = trainer.value.stepEpoch()) rows.push(row);
  const { database } = file;
  runId = insertRun(database, experiment);
  const pack = (weights: WeightsJson, trained: TrainedBy | null) =>
    writeSafetensors(weightsDocument(experiment, weights, trained));
  storeInitialWeights(database, runId, insertBlob(database, pack(initialWeights, null)));
  appendEpochs(database, runId, rows);
  const trained = { epochs: 20, loss: rows.at(-1)!.loss, seed: experiment.training.seed };
  storeCheckpoint(database, runId, {
    epoch: 20,
    state: trainer.value.checkpoint(),
    weights: pack(trainer.value.weights(), trained),
  });
  storeState(database, runId, trainer.value.state(), trainer.value.progress());
});

afterAll(() => {
  closeProjectFile(file);
  rmSync(folder, { recursive: true });
});

test('a run of an open project exports the same bytes as its experiment trained anew', async () => {
  for (const format of ['weights-json', 'safetensors', 'experiment']) {
    const [fromRun, anew] = [inFolder(`run.${format}`), inFolder(`anew.${format}`)];
    expect((await ohlol('export', project, '--run', runId, '--to', format, '--out', fromRun)).status).toBe(0);
    expect((await ohlol('export', 'hello-rnn', '--to', format, '--out', anew)).status).toBe(0);
    expect(readFileSync(fromRun).equals(readFileSync(anew)), format).toBe(true);
  }
});

test('without --run it is the last one', async () => {
  const path = inFolder('metrics.csv');
  expect((await ohlol('export', project, '--to', 'csv', '--out', path)).status).toBe(0);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(21);
});

test('a project is inspected', async () => {
  expect((await ohlol('inspect', project)).lines).toEqual([
    `${project}: an Ohlol project`,
    'runs: 1',
    expect.stringMatching(`^  run ${runId}: hello → ohlol, finished, epoch 20 of 20, loss 0.58346`),
  ]);
});

test('what cannot be had of a project is said', async () => {
  const missing = await ohlol('export', project, '--run', '77', '--to', 'csv', '--out', inFolder('x'));
  expect(missing).toMatchObject({
    status: 2,
    stderr: `ohlol: ${project} has no run "77"; it has ${runId}\n`,
  });
  const trained = await ohlol('train', project);
  expect(trained).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('is an Ohlol project; ohlol export'),
  });
  const damaged = inFolder('damaged.ohlol');
  writeFileSync(damaged, readFileSync(project).subarray(0, 5000));
  const { status, stderr } = await ohlol('inspect', damaged);
  expect([status, stderr.split('\n').length]).toEqual([2, 2]);
  expect(stderr).toContain(damaged);
});

test('an empty project gives the experiment that is being edited', async () => {
  const path = inFolder('new.ohlol');
  const created = createProjectFile(path, experimentToDraft(experiment));
  if (!created.ok) throw new Error(created.problems[0]!.message);
  const out = inFolder('draft.json');
  expect((await ohlol('export', path, '--to', 'experiment', '--out', out)).status).toBe(0);
  expect(readFileSync(out, 'utf8')).toBe(writeExperiment(experiment));
  const weights = await ohlol('export', path, '--to', 'weights-json', '--out', inFolder('none'));
  expect(weights).toMatchObject({ status: 2, stderr: `ohlol: ${path} has no run yet\n` });
  closeProjectFile(created.value);
});

test('any epoch of a run or an experiment exports the weights that training had then', async () => {
  for (const epoch of [0, 7, 20]) {
    const trainer = createTrainer(experiment, null);
    if (!trainer.ok) throw new Error(trainer.problems[0]!.message);
    for (let e = 0; e < epoch; e++) trainer.value.stepEpoch();
    const [fromRun, anew] = [inFolder(`at-${epoch}.json`), inFolder(`anew-${epoch}.json`)];
    const to = ['--epoch', String(epoch), '--to', 'weights-json', '--out'];
    expect((await ohlol('export', project, '--run', runId, ...to, fromRun)).status).toBe(0);
    expect((await ohlol('export', 'hello-rnn', ...to, anew)).status).toBe(0);
    const weightsIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')).weights;
    const wanted = weightsDocument(experiment, trainer.value.weights(), null);
    const plain = JSON.parse(JSON.stringify(weightsIn(fromRun)));
    expect(weightsIn(anew)).toEqual(plain);
    for (const [key, { data }] of Object.entries(wanted.weights)) {
      expect(Float32Array.from(plain[key].data), key).toEqual(Float32Array.from(data));
    }
  }
  const late = ['--epoch', '21', '--to', 'weights-json', '--out', inFolder('late.json')];
  for (const source of [project, 'hello-rnn']) {
    const refused = await ohlol('export', source, ...late);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('21');
  }
});

test('an epoch whose replay comes to any other number than the run had is not exported', async () => {
  for (const [column, what] of [
    ['loss', 'loss'],
    ['accuracy', 'accuracy'],
    ['grad_norm', 'gradient norm'],
    ['lr', 'learning rate'],
  ]) {
    const other = inFolder(`other-${column}.ohlol`);
    copyFileSync(project, other);
    withDatabase(other, (database) => {
      database.exec(
        `DELETE FROM checkpoint WHERE epoch < 20; UPDATE epoch SET ${column} = ${column} * 0.5 WHERE epoch = 4`,
      );
    });
    const out = ['--to', 'weights-json', '--out', inFolder(`other-${column}.json`)];
    expect((await ohlol('export', other, '--run', runId, '--epoch', '3', ...out)).status).toBe(0);
    const refused = await ohlol('export', other, '--run', runId, '--epoch', '7', ...out, '--force');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(`epoch 4: the replay comes to a ${what} of `);
  }
});
