/** When a thread counts as not answering. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ThreadWatch, watchThread } from '../../../main/lab/thread/thread-watch.ts';

let changes: boolean[];
let asked: PromiseWithResolvers<void>[];
let watch: ThreadWatch;

beforeEach(() => {
  vi.useFakeTimers();
  changes = [];
  asked = [];
  const ask = () => {
    asked.push(Promise.withResolvers());
    return asked.at(-1)!.promise;
  };
  watch = watchThread(ask, (isSilent) => changes.push(isSilent), { beatMs: 1000, beats: 3 });
});
afterEach(() => {
  watch.end();
  vi.useRealTimers();
});

const pass = (beats: number) => vi.advanceTimersByTimeAsync(1000 * beats);
const answer = async () => {
  asked.at(-1)!.resolve();
  await pass(0);
};

describe('a thread', () => {
  it('that answers late is not silent, and one that does not is, until it does', async () => {
    await pass(1);
    await answer();
    for (let beat = 0; beat < 5; beat++) {
      await pass(3);
      await answer();
    }
    expect(changes).toEqual([]);
    await pass(4);
    expect([changes, watch.isSilent()]).toEqual([[true], true]);
    await pass(9);
    expect(changes).toEqual([true]);
    await answer();
    expect([changes, watch.isSilent()]).toEqual([[true, false], false]);
    // Only one question waits at a time.
    expect(asked).toHaveLength(7);
  });

  it('that starts takes its time, and can be left all the same', async () => {
    let isOver = false;
    void watch.nextSilence().then(() => {
      isOver = true;
    });
    await pass(2);
    expect(isOver).toBe(false);
    await pass(1);
    expect(isOver).toBe(true);
    await pass(20);
    expect([changes, watch.isSilent()]).toEqual([[], false]);
  });

  it('that is silent already has the patience again where it is to end', async () => {
    await pass(1);
    await answer();
    await pass(9);
    let isOver = false;
    void watch.nextSilence().then(() => {
      isOver = true;
    });
    await pass(2);
    expect(isOver).toBe(false);
    // An answer shows that the thread works.
    await answer();
    await pass(3);
    expect(isOver).toBe(false);
    await pass(1);
    expect(isOver).toBe(true);
  });

  it('that has ended is followed no more', async () => {
    await pass(1);
    await answer();
    watch.end();
    await pass(9);
    expect([changes, asked.length]).toEqual([[], 1]);
  });
});
