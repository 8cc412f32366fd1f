/**
 * How long the main process is blocked while a run of a million parameters trains, commits and checkpoints:
 * every moment in which it could not have answered its windows. Alone: `node test/bench/main-blocking.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeExperiment } from '../../engine/formats/experiment.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import { forkEngine } from '../../main/engine-process/fork-node.ts';
import type { Lab } from '../../main/lab/host.ts';
import { createLab } from '../../main/lab/thread/lab-in-thread.ts';
import { checkerEntry, engineEntry } from '../../main/paths.ts';
import { hasStatus, openWindow, valueIn } from '../main/lab/open-lab.ts';

/** Gives about a million parameters: an LSTM has 4·H·(I + H + 2), its head H·V more. */
const hiddenSize = 498;
const checkpoints = 12;
const limitMs = 16;

const home = mkdtempSync(join(tmpdir(), 'ohlol-bench-'));
const lab: Lab = createLab({
  kind: 'browser',
  folders: { projects: join(home, 'projects'), settings: join(home, 'settings') },
  forkEngine: (flags) => forkEngine(engineEntry, flags),
  forkChecker: () => forkEngine(checkerEntry, []),
  onLabGone({ message }) {
    throw new Error(message);
  },
});

/**
 * The time between two turns of the event loop is spent on this thread's own work or on other programs. The
 * thread's processor time counts only the former.
 */
const wall = createHistogram();
const processor = createHistogram();
let measuring = true;
let lastAt = 0;
let lastCpu = 0;
const cpuNow = () => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};
function turn(): void {
  const [at, cpu] = [performance.now(), cpuNow()];
  wall.record(Math.max(1, Math.round((at - lastAt) * 1000)));
  processor.record(Math.max(1, Math.round(cpu - lastCpu)));
  [lastAt, lastCpu] = [at, cpu];
  if (measuring) setImmediate(turn);
}

const { api, runIs } = openWindow(lab);
const experiment = structuredClone(findTemplate('hello-rnn')!);
Object.assign(experiment.model, { cell: 'lstm', hiddenSize, head: 'linear' });
Object.assign(experiment.training, { epochs: 1_000_000 });
const source = {
  kind: 'experiment',
  fileName: 'large.json',
  bytes: Buffer.from(writeExperiment(experiment)),
} as const;
valueIn(await api.createProject({ source, path: null }));
const { id } = valueIn(await api.newRun());
// A first epoch warms up: everything is compiled.
valueIn(await api.controlRun({ runId: id, command: { kind: 'step-epoch' } }));
let run = await runIs(id, ({ progress, state }) => progress.epoch === 1 && state.status === 'paused');

[lastAt, lastCpu] = [performance.now(), cpuNow()];
setImmediate(turn);
const longest: { wallMs: number; processorMs: number }[] = [];
for (let number = 0; number < checkpoints; number++) {
  wall.reset();
  processor.reset();
  valueIn(await api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
  await sleep(300);
  valueIn(await api.controlRun({ runId: id, command: { kind: 'pause' } }));
  run = await runIs(id, hasStatus('paused'));
  await sleep(100);
  longest.push({ wallMs: wall.max / 1000, processorMs: processor.max / 1000 });
}
measuring = false;
const percentile = (values: number[], share: number) =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!;
function row(name: string, values: number[]): string {
  return `| ${name} | ${percentile(values, 0.5).toFixed(1)} | ${percentile(values, 0.99).toFixed(1)} |`;
}
const wallMs = longest.map((one) => one.wallMs);
const processorMs = longest.map((one) => one.processorMs);
const keptMegabytes = run.checkpointBytes / 2 ** 20;
console.log(
  [
    `| main process, longest stretch around each of ${checkpoints} checkpoints of a million parameters | median ms | 99th percentile ms |`,
    '| --- | --- | --- |',
    row('by the clock', wallMs),
    row("by the thread's processor time", processorMs),
    `\nAt most ${limitMs} ms is wanted; ${keptMegabytes.toFixed(0)} MB of checkpoints are kept.`,
  ].join('\n'),
);
await lab.close();
rmSync(home, { recursive: true, force: true });
process.exitCode = percentile(processorMs, 0.99) < limitMs ? 0 : 1;
