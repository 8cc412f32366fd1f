import { expect, it } from 'vitest';
import { createThreadHost, threadLimit } from '../../../main/engine/kernel-threads.ts';

it.each([
  [undefined, 1, 1],
  [undefined, 2, 1],
  ['1', 4, 1],
  ['4', 2, 4],
  ['0', 2, 1],
  ['many', 3, 2],
  ['1000', 2, 8],
  [undefined, 64, 8],
])('OHLOL_THREADS %s on %i cores gives %i threads', (setting, cores, threads) => {
  expect(threadLimit(setting, cores)).toBe(threads);
});

it('what the user wants counts before that, from when it is said', () => {
  let wanted: number | null = null;
  const host = createThreadHost(() => wanted);
  const automatic = host.threads;
  wanted = automatic + 1;
  expect(host.threads).toBe(automatic + 1);
});
