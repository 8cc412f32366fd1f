/** The memory of runs that are closed together is given back once, however many they are. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { coalesced } from '../../../main/engine-process/free-memory.ts';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }),
);
afterEach(() => void vi.useRealTimers());

it('a thousand runs that are closed at once are collected twice: at the first, and after the last', () => {
  const collect = vi.fn();
  const soon = coalesced(collect);
  for (let run = 0; run < 1000; run++) {
    soon();
    vi.advanceTimersByTime(1);
  }
  expect(collect).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10_000);
  expect(collect).toHaveBeenCalledTimes(2);
});

it('runs that are closed one after another are collected each, and once more when their threads have ended', () => {
  const collect = vi.fn();
  const soon = coalesced(collect);
  for (let run = 1; run <= 3; run++) {
    soon();
    vi.advanceTimersByTime(10_000);
    expect(collect).toHaveBeenCalledTimes(2 * run);
  }
});
