import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import {
  automaticThreads,
  createThreadHost,
  mostThreads,
  threadLimit,
  threadSettingProblem,
} from '../../../main/engine-process/kernel-threads.ts';

it.each([
  [undefined, 0, 1],
  [undefined, 1, 1],
  [undefined, 2, 2],
  ['1', 4, 1],
  ['4', 2, 4],
  ['0', 2, 2],
  ['many', 3, 3],
  ['1000', 2, 8],
  [undefined, 64, 8],
])('OHLOL_THREADS %s with %i free cores gives %i threads', (setting, cores, threads) => {
  expect(threadLimit(setting, cores)).toBe(threads);
});

it.each(['banana', '0', '9', '64', '-1', '1.5', '1e1', ' 2', 'Infinity'])(
  'OHLOL_THREADS %j is refused',
  (setting) => {
    expect(threadSettingProblem(setting)).toContain(
      `OHLOL_THREADS is ${JSON.stringify(setting)}; it must be a whole number from 1 to 8`,
    );
  },
);

it.each([undefined, '', '1', '8'])('OHLOL_THREADS %j can be meant', (setting) => {
  expect(threadSettingProblem(setting)).toBe(null);
});

it('what the user wants counts before that, from when it is said', () => {
  let wanted: number | null = null;
  const host = createThreadHost(() => wanted);
  const automatic = host.threads;
  wanted = automatic + 1;
  expect(host.threads).toBe(automatic + 1);
});

it('the window keeps a core, the command line takes all', () => {
  const cores = availableParallelism();
  const bounded = (count: number) => Math.max(1, Math.min(count, mostThreads));
  const setting = process.env.OHLOL_THREADS;
  delete process.env.OHLOL_THREADS;
  try {
    expect([automaticThreads(), automaticThreads(0)]).toEqual([bounded(cores - 1), bounded(cores)]);
  } finally {
    if (setting !== undefined) process.env.OHLOL_THREADS = setting;
  }
});
