import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ThreadHost } from '../../engine/kernels/thread-team.ts';

/** The program of a kernel thread outside the module, as text, so that no bundle needs to know its path. */
const program = `
  const { module, memory, start, commands } = require('node:worker_threads').workerData;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.start(...start);
  exports.serve(commands);
`;

/**
 * Starts kernel threads on this computer. `wanted` gives their number whenever a run is opened; null: the automatic
 * number.
 */
export function createThreadHost(wanted: () => number | null = () => null): ThreadHost {
  return {
    get threads() {
      return wanted() ?? automaticThreads();
    },
    launch(task) {
      // unref: a thread that waits for work must not keep a process alive that has nothing else to do.
      new Worker(program, { eval: true, workerData: task, execArgv: [] }).unref();
    },
  };
}

/** The most threads; more of them share the products of one batch badly. */
export const mostThreads = 8;

/** The number that OHLOL_THREADS says, else all cores except those spared for window and main. */
export function automaticThreads(spared: 0 | 1 = 1): number {
  return threadLimit(process.env.OHLOL_THREADS, availableParallelism() - spared);
}

/**
 * What is wrong with OHLOL_THREADS, as a sentence; null if it is unset or valid. The rules are those of `--threads`.
 */
export function threadSettingProblem(setting: string | undefined): string | null {
  if (setting === undefined || setting === '') return null;
  if (/^[1-9]\d*$/.test(setting) && Number(setting) <= mostThreads) return null;
  return `OHLOL_THREADS is ${JSON.stringify(setting)}; it must be a whole number from 1 to ${mostThreads}`;
}

/**
 * The number of threads, at least 1 and at most `mostThreads`: `setting` if it is a whole number from 1, else the free
 * cores. Not more, because threads that wait for each other lose more through a busy core than they gain from it
 * (measured on two Zen 4 cores, one of them busy: 305 ms a step on both, 174 ms on one alone; LSTM H 256, B 64, T 100).
 */
export function threadLimit(setting: string | undefined, freeCores: number): number {
  const wanted = Number(setting);
  const bound = Number.isInteger(wanted) && wanted >= 1 ? wanted : freeCores;
  return Math.max(1, Math.min(bound, mostThreads));
}
