import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../main/api.ts';
import { linesOf, runBefore } from '../../../renderer/screens/train/ghost.svelte.ts';

const run = (number: number, epoch: number, kind: RunSummary['kind'] = 'training') =>
  ({ id: `r${number}`, number, kind, progress: { epoch } }) as RunSummary;

describe('the ghost', () => {
  it('is the newest trained run before the one on screen', () => {
    const runs = [run(1, 20), run(2, 7), run(3, 0), run(4, 3, 'shapes'), run(5, 9), run(6, 4)];
    expect(runBefore(runs, 'r5')?.number).toBe(2);
    expect(runBefore(runs, 'r6')?.number).toBe(5);
    expect(runBefore(runs, 'r1')).toBeNull();
    expect(runBefore(runs, null)).toBeNull();
  });
  it('of a branch is its parent, while that is there', () => {
    const branch = { ...run(7, 4), parent: { runId: 'r2', epoch: 3 } };
    const runs = [run(1, 20), run(2, 7), run(3, 9), branch];
    expect(runBefore(runs, 'r7')?.number).toBe(2);
    expect(runBefore([...runs.slice(0, 1), runs[2]!, branch], 'r7')?.number).toBe(3);
  });
  it('is drawn from the least to the greatest of each point', () => {
    const points = [
      { first: 1, last: 1, min: 3, max: 3 },
      { first: 2, last: 17, min: 1, max: 2 },
    ];
    expect(linesOf([{ metric: 'loss', points }])).toEqual({ loss: { x: [1, 2, 17], y: [3, 1, 2] } });
  });
});
