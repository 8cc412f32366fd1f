/**
 * How long the largest projects take to open, from a window's call to its answer: 100,000 samples, a text
 * of 10 MB, 1,000 runs of 10,000 epochs. Alone: `node test/bench/large-projects.ts`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { EpochRow } from '../../engine/api.ts';
import type { Draft } from '../../engine/data/draft.ts';
import { experimentToDraft } from '../../engine/data/draft-experiment.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import { closeProjectFile, createProjectFile } from '../../main/project/project-file.ts';
import { appendEpochs, insertRun, storeState } from '../../main/project/run-store.ts';
import { valueIn } from '../crash/user.ts';
import { startTestLab } from '../main/lab/open-lab.ts';

const limitMs = 1000;
const hello = findTemplate('hello-rnn')!;
const folder = mkdtempSync(join(tmpdir(), 'ohlol-bench-'));

function make(name: string, draft: Draft, fill: (database: DatabaseSync) => void = () => {}): string {
  const path = join(folder, `${name}.ohlol`);
  const file = valueIn(createProjectFile(path, draft));
  file.database.exec('PRAGMA synchronous = OFF');
  fill(file.database);
  closeProjectFile(file);
  return path;
}

function manySamples(): Draft {
  const rows = Array.from({ length: 100_000 }, (_, index) => {
    const length = 1 + (index % 5);
    const [input, target] = ['hello'.slice(0, length), 'ohlol'.slice(0, length)];
    return { id: index + 1, input, target, split: 'train' as const, note: '' };
  });
  return { ...experimentToDraft(hello), rows };
}

function longText(): Draft {
  const draft = experimentToDraft(hello);
  const text = 'the quick brown fox jumps. '.repeat(400_000).slice(0, 10_000_000);
  return { ...draft, data: { ...draft.data, task: 'language-model', text } };
}

function manyRuns(database: DatabaseSync): void {
  const experiment = { ...hello, training: { ...hello.training, epochs: 10_000 } };
  const progress = { epoch: 10_000, batch: 0, batchesPerEpoch: 1, trainedMs: 500, tokensPerSecond: 100_000 };
  database.exec('BEGIN');
  const rows = Array.from({ length: 10_000 }, (_, i) => rowAt(i + 1));
  const first = insertRun(database, experiment);
  appendEpochs(database, first, rows);
  for (let number = 1; number < 1000; number++) insertRun(database, experiment);
  for (const { id } of database.prepare('SELECT id FROM run').all()) {
    storeState(database, String(id), { status: 'finished', reason: 'epochs' }, progress);
  }
  for (const table of ['epoch', 'curve']) {
    const columns = database
      .prepare("SELECT name FROM pragma_table_info(?) WHERE name <> 'run_id'")
      .all(table)
      .map(({ name }) => String(name));
    database.exec(`INSERT INTO ${table} (run_id, ${columns.join(', ')})
      SELECT run.id, ${columns.join(', ')} FROM run JOIN ${table} ON run_id = ${first} WHERE run.id <> ${first}`);
  }
  database.exec('COMMIT');
}

const rowAt = (epoch: number): EpochRow => ({
  epoch,
  loss: 1 / epoch,
  lr: 0.05,
  gradNorm: 0.5,
  accuracy: 0.8,
  validationLoss: null,
  validationAccuracy: null,
  predictions: ['ohlol'],
  probabilities: null,
  trainedMs: epoch,
});

const projects = {
  '100,000 samples': make('samples', manySamples()),
  'a text of 10 MB': make('text', longText()),
  '1,000 runs of 10,000 epochs': make('runs', experimentToDraft(hello), manyRuns),
};

const lab = startTestLab(join(folder, 'home'));
const window = lab.openWindow();
await window.api.describe();
let slowest = 0;
console.log('| large projects | MB | opens in ms |\n| --- | --- | --- |');
for (const [name, path] of Object.entries(projects)) {
  const times: number[] = [];
  for (let again = 0; again < 3; again++) {
    const start = performance.now();
    valueIn(await window.api.openProject({ path }));
    times.push(performance.now() - start);
    await window.api.closeProject();
  }
  const openedMs = times.sort((a, b) => a - b)[1]!;
  slowest = Math.max(slowest, openedMs);
  console.log(`| ${name} | ${(statSync(path).size / 1e6).toFixed(0)} | ${openedMs.toFixed(0)} |`);
}
valueIn(await window.api.openProject({ path: projects['1,000 runs of 10,000 epochs'] }));
const start = performance.now();
valueIn(await window.api.getEpochs({ runId: '500', since: 5000, limit: 2000 }));
console.log(`| a page of 2,000 epochs of one of those runs | | ${(performance.now() - start).toFixed(0)} |`);
await lab.close();
rmSync(folder, { recursive: true, force: true });
process.exitCode = slowest < limitMs ? 0 : 1;
