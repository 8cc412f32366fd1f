/** When a run that kills its engines is no longer restarted automatically. */
import { describe, expect, it } from 'vitest';
import { type CrashRecord, crashedAgain, noCrash } from '../../../main/lab/runs/crash-record.ts';

const at = (epoch: number, batch = 0) => ({
  epoch,
  batch,
  batchesPerEpoch: 4,
  trainedMs: 0,
  tokensPerSecond: null,
});

/** The record after these deaths, each with its checkpoint and place, in order. */
function record(...deaths: [checkpoint: number, epoch: number, batch?: number][]): CrashRecord {
  return deaths.reduce(
    (before, [checkpoint, epoch, batch]) => crashedAgain(before, checkpoint, at(epoch, batch)),
    noCrash,
  );
}

describe('a run', () => {
  it('is hopeless where its engine dies twice in one place, known to a fifth of the way', () => {
    expect(record([0, 10]).isHopeless).toBe(false);
    expect(record([0, 10], [0, 10]).isHopeless).toBe(true);
    expect(record([0, 10], [0, 8]).isHopeless).toBe(true);
    expect(record([0, 8], [0, 10]).isHopeless).toBe(true);
    expect(record([0, 10], [0, 7]).isHopeless).toBe(false);
  });

  it('counts batches of the epoch under way', () => {
    expect(record([0, 0, 3], [0, 0, 3]).isHopeless).toBe(true);
    expect(record([0, 0, 3], [0, 0, 1]).isHopeless).toBe(false);
  });

  it('is hopeless after five deaths since one checkpoint, wherever they were', () => {
    const four: [number, number][] = [
      [0, 1],
      [0, 100],
      [0, 10],
      [0, 1000],
    ];
    expect(record(...four).isHopeless).toBe(false);
    expect(record(...four, [0, 50]).isHopeless).toBe(true);
  });

  it('has a clean sheet once a new checkpoint is behind it', () => {
    expect(record([0, 10], [0, 5], [5, 10])).toMatchObject({ deaths: 1, isHopeless: false });
    // The same distance after another checkpoint is a different place.
    expect(record([0, 10], [10, 20]).isHopeless).toBe(false);
  });
});
