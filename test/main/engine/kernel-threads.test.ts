import { expect, it } from 'vitest';
import { threadLimit } from '../../../main/engine/kernel-threads.ts';

it.each([
  [undefined, 2, 2],
  ['1', 4, 1],
  ['4', 2, 4],
  ['0', 2, 2],
  ['many', 3, 3],
  ['1000', 2, 8],
  [undefined, 64, 8],
])('OHLOL_THREADS %s on %i cores gives %i threads', (setting, cores, threads) => {
  expect(threadLimit(setting, cores)).toBe(threads);
});
