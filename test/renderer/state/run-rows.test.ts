/** However long a run is, a window keeps a limited number of rows, and every row can be fetched. */
import { describe, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { success } from '../../../engine/errors.ts';
import { RunRows } from '../../../renderer/state/run-rows.svelte.ts';
import { patience } from '../../patience.ts';

/** A lab with a run whose epochs begin at `first`; `given` counts the rows that it has sent. */
function labWith(first = 1) {
  const lab = { last: 0, given: 0, calls: 0, sinces: [] as number[] };
  const getEpochs = async ({ since, limit }: { since: number; limit: number }) => {
    lab.calls += 1;
    lab.sinces.push(since);
    const from = Math.max(since + 1, first);
    const count = Math.max(0, Math.min(limit, lab.last - from + 1));
    lab.given += count;
    return success(Array.from({ length: count }, (_, i) => ({ epoch: from + i }) as EpochRow));
  };
  return { lab, rows: new RunRows({ getEpochs }, '1', first) };
}

describe('the rows of a run', () => {
  it('are fetched once each while a run is slow, and kept from the first on', async () => {
    const { lab, rows } = labWith();
    for (lab.last = 1; lab.last <= 50; lab.last++) await rows.pull(lab.last);
    expect(rows.newest.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(lab.given).toBe(50);
  });

  it('are all there when a run makes them, and ends, while an answer without any is on its way', async () => {
    const { lab, rows } = labWith(8);
    const shown = rows.pull(7);
    lab.last = 20;
    await Promise.all([shown, rows.pull(20)]);
    expect(rows.last?.epoch).toBe(20);
    // What the lab does not have is not asked for over and over.
    const { calls } = lab;
    await rows.pull(30);
    expect(lab.calls).toBeLessThan(calls + 3);
  });

  it('are some thousands of a million, and any of the others when it is looked at', async () => {
    const { lab, rows } = labWith();
    for (let pulls = 0; pulls < 12; pulls++) {
      lab.last += 80_000;
      await rows.pull(lab.last);
    }
    expect(rows.newest.length).toBeLessThan(2001);
    expect([rows.count, rows.last?.epoch]).toEqual([960_000, 960_000]);
    for (const epoch of [1, 128, 129, 500_000]) {
      await expect.poll(() => rows.at(epoch)?.epoch, patience).toBe(epoch);
    }
    expect(lab.given).toBeLessThan(20_000);
    // Pages that were dropped are fetched again.
    for (let epoch = 1000; epoch < 100_000; epoch += 1000) {
      await expect.poll(() => rows.at(epoch)?.epoch, patience).toBe(epoch);
    }
    expect(rows.at(1)).toBeNull();
    await expect.poll(() => rows.at(1)?.epoch, patience).toBe(1);
  });

  it('that come one after the other are bounded, too', async () => {
    const { lab, rows } = labWith();
    for (lab.last = 100; lab.last <= 10_000; lab.last += 100) {
      await rows.pull(lab.last);
      expect(rows.newest.length).toBeLessThan(2001);
    }
    const epochs = rows.newest.map(({ epoch }) => epoch);
    expect(epochs.length).toBeGreaterThan(399);
    expect(epochs).toEqual(epochs.map((_, i) => 10_000 - epochs.length + 1 + i));
  });

  it('that come after a gap are not joined to those before', async () => {
    const { lab, rows } = labWith();
    lab.last = 2100;
    await rows.pull(2100);
    const first = rows.newest[0]!.epoch;
    await expect.poll(() => rows.at(first - 1)?.epoch, patience).toBe(first - 1);
    lab.last = 60_000;
    await rows.pull(60_000);
    await expect.poll(() => rows.at(2170)?.epoch, patience).toBe(2170);
  });

  it('that were looked at last are fetched first, and those of a long scroll before it never', async () => {
    const { lab, rows } = labWith();
    lab.last = 1_000_000;
    await rows.pull(lab.last);
    lab.calls = 0;
    lab.sinces = [];
    for (let epoch = 1000; epoch <= 200_000; epoch += 1000) rows.at(epoch);
    await expect.poll(() => lab.calls, patience).toBeGreaterThan(0);
    expect(lab.sinces[0]).toBe(Math.floor(199_999 / 128) * 128);
    await expect.poll(() => rows.at(200_000)?.epoch, patience).toBe(200_000);
    await expect.poll(() => rows.at(195_000)?.epoch, patience).toBe(195_000);
    expect(lab.calls).toBeLessThan(26);
  });

  it('of a branch begin after its parent’s, and what is before is not asked for', async () => {
    const { lab, rows } = labWith(301);
    lab.last = 5000;
    await rows.pull(5000);
    expect(rows.count).toBe(4700);
    const { calls } = lab;
    expect(rows.at(300)).toBeNull();
    await Promise.resolve();
    await Promise.resolve();
    expect(lab.calls).toBe(calls);
    await expect.poll(() => rows.at(301)?.epoch, patience).toBe(301);
  });

  it('are gone through in order, whatever of them is here', async () => {
    const { lab, rows } = labWith(11);
    lab.last = 9000;
    await rows.pull(9000);
    const epochs: number[] = [];
    for await (const page of rows.pages()) epochs.push(...page.map(({ epoch }) => epoch));
    expect(epochs).toEqual(Array.from({ length: 8990 }, (_, i) => i + 11));
  });
});
