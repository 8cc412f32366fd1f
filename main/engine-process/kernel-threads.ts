import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ThreadHost } from '../../engine/kernels/thread-team.ts';

/** All that such a thread runs outside the module; as text, so that no bundle needs to know where it lies. */
const program = `
  const { module, memory, start, commands } = require('node:worker_threads').workerData;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.start(...start);
  exports.serve(commands);
`;

/** Threads on this computer's cores, as many as are wanted at each run's opening; null: as many as are best here. */
export function createThreadHost(wanted: () => number | null = () => null): ThreadHost {
  return {
    get threads() {
      return wanted() ?? automaticThreads();
    },
    launch(task) {
      // A process with nothing else to do may end while a thread waits for work.
      new Worker(program, { eval: true, workerData: task, execArgv: [] }).unref();
    },
  };
}

/** More threads than this share the products of one batch badly. */
export const mostThreads = 8;

/** As many as OHLOL_THREADS says, else all cores except those spared for window and main. */
export function automaticThreads(spared: 0 | 1 = 1): number {
  return threadLimit(process.env.OHLOL_THREADS, availableParallelism() - spared);
}

/** What is wrong with OHLOL_THREADS, as a sentence; null where it is not set, or can be meant. As `--threads` has it. */
export function threadSettingProblem(setting: string | undefined): string | null {
  if (setting === undefined || setting === '') return null;
  if (/^[1-9]\d*$/.test(setting) && Number(setting) <= mostThreads) return null;
  return `OHLOL_THREADS is ${JSON.stringify(setting)}; it must be a whole number from 1 to ${mostThreads}`;
}

/**
 * What is no whole number from 1 is not taken. Else the cores that are free: threads that wait for each other lose more
 * by a busy core than they win by it (measured on two Zen 4 cores with one of them busy: 305 ms a step on both, 174 ms
 * on one alone, LSTM H 256, B 64, T 100).
 */
export function threadLimit(setting: string | undefined, freeCores: number): number {
  const wanted = Number(setting);
  const bound = Number.isInteger(wanted) && wanted >= 1 ? wanted : freeCores;
  return Math.max(1, Math.min(bound, mostThreads));
}
