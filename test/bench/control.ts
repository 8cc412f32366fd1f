/**
 * How soon a run's commands are answered, from the window's call to the lab's answer, for models up to the
 * largest that the lab accepts: while the run trains, and while a checkpoint is made, sent and stored.
 * Alone: `node test/bench/control.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunCommand } from '../../engine/api.ts';
import { dataSizes } from '../../engine/data/check-experiment.ts';
import { writeExperiment } from '../../engine/formats/experiment.ts';
import { parameterCount } from '../../engine/model/spec.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import { forkEngine } from '../../main/engine-process/fork-node.ts';
import { createLab } from '../../main/lab/thread/lab-in-thread.ts';
import { checkerEntry, engineEntry } from '../../main/paths.ts';
import { hasStatus, openWindow, valueIn } from '../main/lab/open-lab.ts';

/** Hidden sizes of LSTMs; the last one is within 1 % of the largest model that the lab accepts. */
const hiddenSizes = [64, 352, 704, 1024, 1571];
const rounds = 6;
const limitMs = 100;

const home = mkdtempSync(join(tmpdir(), 'ohlol-bench-'));
const folders = { projects: join(home, 'projects'), settings: join(home, 'settings') };
const onLabGone = ({ message }: { message: string }) => {
  throw new Error(message);
};
const lab = createLab({
  kind: 'browser',
  folders,
  forkEngine: (flags) => forkEngine(engineEntry, flags),
  forkChecker: () => forkEngine(checkerEntry, []),
  onLabGone,
});
const { api, runIs } = openWindow(lab);

async function timed(runId: string, command: RunCommand): Promise<number> {
  const since = performance.now();
  valueIn(await api.controlRun({ runId, command }));
  return performance.now() - since;
}

async function measure(hiddenSize: number): Promise<number> {
  const experiment = structuredClone(findTemplate('reverse-words')!);
  Object.assign(experiment.model, { cell: 'lstm', hiddenSize, numLayers: 1, bidirectional: false });
  Object.assign(experiment.training, {
    epochs: 1_000_000,
    batchSize: 16,
    stopWhen: { lossBelow: null, rightFor: null },
  });
  const source = {
    kind: 'experiment',
    fileName: 'job.json',
    bytes: Buffer.from(writeExperiment(experiment)),
  } as const;
  valueIn(await api.createProject({ source, path: null }));
  const made = performance.now();
  const { id } = valueIn(await api.newRun());
  const openMs = performance.now() - made;
  const answers: Record<'run' | 'change' | 'pause', number[]> = { run: [], change: [], pause: [] };
  const rests: number[] = [];
  for (let round = 0; round < rounds; round++) {
    answers.run.push(await timed(id, { kind: 'run', epochsPerSecond: null }));
    await sleep(500 + 170 * round);
    answers.change.push(await timed(id, { kind: 'change', settings: { lr: 0.001 + round / 1e6 } }));
    // The pause comes while the checkpoint that the change asks for is being made.
    await sleep(40 * round);
    answers.pause.push(await timed(id, { kind: 'pause' }));
    const asked = performance.now();
    await runIs(id, hasStatus('paused'));
    rests.push(performance.now() - asked);
  }
  await api.closeProject('stop');
  const worst = (values: number[]) => Math.max(...values);
  const cells = [answers.run, answers.change, answers.pause, rests].map((values) => worst(values).toFixed(0));
  const million = (parameterCount(experiment.model, dataSizes(experiment)) / 1e6).toFixed(2);
  console.log(`| ${hiddenSize} | ${million} | ${openMs.toFixed(0)} | ${cells.join(' | ')} |`);
  return worst([...answers.run, ...answers.change, ...answers.pause]);
}

console.log(
  `Longest of ${rounds} answers, ms; at most ${limitMs} is wanted. LSTM, reverse-words, batches of 16.\n`,
);
console.log('| H | million parameters | new run | run | change | pause | at rest after |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
let worst = 0;
for (const hiddenSize of hiddenSizes) worst = Math.max(worst, await measure(hiddenSize));
await lab.close();
rmSync(home, { recursive: true, force: true });
process.exitCode = worst <= limitMs ? 0 : 1;
