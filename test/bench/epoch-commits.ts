/**
 * How long it takes to commit the rows of a run's epochs, with the extremes of its curves, in the batches
 * in which the engine sends them: 5000 rows at once, 100, one. Alone: `node test/bench/epoch-commits.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochRow } from '../../engine/api.ts';
import { experimentToDraft } from '../../engine/data/draft-experiment.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import { inTransaction } from '../../main/project/migrations.ts';
import { closeProjectFile, createProjectFile } from '../../main/project/project-file.ts';
import { appendEpochs, insertRun } from '../../main/project/run-store.ts';
import { valueIn } from '../crash/user.ts';

const hello = findTemplate('hello-rnn')!;
const folder = mkdtempSync(join(tmpdir(), 'ohlol-bench-'));
const file = valueIn(createProjectFile(join(folder, 'rows.ohlol'), experimentToDraft(hello)));

const rowAt = (epoch: number): EpochRow => ({
  epoch,
  loss: 1 / epoch,
  lr: 0.05,
  gradNorm: 0.5 + Math.sin(epoch),
  accuracy: 0.8,
  validationLoss: 2 / epoch,
  validationAccuracy: 0.5,
  predictions: ['ohlol'],
  probabilities: Array.from({ length: 20 }, (_, i) => i / epoch),
  trainedMs: epoch / 50,
});

// Processor time depends least on other programs and on the disk.
const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

console.log('| rows a commit | ms a commit, median of 41 | ms of the processor |\n| --- | --- | --- |');
for (const count of [5000, 100, 1]) {
  const runId = insertRun(file.database, hello);
  const times: number[] = [];
  const used: number[] = [];
  for (let commit = 0; commit < 41; commit++) {
    const rows = Array.from({ length: count }, (_, i) => rowAt(1 + commit * count + i));
    const start = performance.now();
    const before = process.cpuUsage();
    inTransaction(file.database, () => appendEpochs(file.database, runId, rows));
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    used.push((user + system) / 1000);
  }
  console.log(`| ${count} | ${median(times).toFixed(2)} | ${median(used).toFixed(2)} |`);
}
closeProjectFile(file);
rmSync(folder, { recursive: true, force: true });
