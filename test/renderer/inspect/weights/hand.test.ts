import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../../engine/questions.ts';
import {
  asWeight,
  effectRows,
  isSameSteps,
  stepSize,
  sweepRange,
  totalsOf,
} from '../../../../renderer/screens/inspect/weights/hand/effects.ts';
import {
  chooseProbes,
  evenly,
  probeLimits,
} from '../../../../renderer/screens/inspect/weights/hand/probe.ts';
import { branchChange } from '../../../../renderer/screens/inspect/weights/hand/train-on.ts';
import type { RunSample } from '../../../../renderer/state/run-samples.ts';

/** Two samples of two and three steps. */
const evaluation = (says: number[], probabilities: number[]): Evaluation => ({
  starts: Int32Array.of(0, 2, 5),
  says: Int32Array.from(says),
  wanted: Int32Array.of(0, 1, 0, 1, 1),
  probabilities: Float32Array.from(probabilities),
  distributions: null,
  losses: Float64Array.of(1, 2),
});
const before = evaluation([0, 1, 0, 1, 0], [0.9, 0.4, 0.8, 0.7, 0.3]);
const after = evaluation([1, 1, 0, 0, 0], [0.1, 0.5, 0.8, 0.2, 0.25]);

describe('effects of a hand', () => {
  it('are counted over all steps', () => {
    expect(totalsOf(before)).toEqual({ right: 4, steps: 5, loss: 0.6 });
    expect(totalsOf(after).right).toBe(2);
  });

  it('are shown at the step that was least sure before, whatever came after', () => {
    expect(effectRows(before, after, null).map(({ step }) => step)).toEqual([1, 2]);
    expect(effectRows(before, after, null)[1]).toMatchObject({
      wanted: 1,
      before: { says: 0 },
      after: { says: 0 },
    });
  });

  it('or at the step of the cursor, the last one of a shorter sample', () => {
    expect(effectRows(before, after, 2).map(({ step }) => step)).toEqual([1, 2]);
    expect(effectRows(before, after, 0)[0]).toMatchObject({ before: { says: 0 }, after: { says: 1 } });
  });

  it('are held beside each other only where the steps are the same', () => {
    expect(isSameSteps(before, after)).toBe(true);
    expect(isSameSteps(before, { ...after, starts: Int32Array.of(0, 3, 5) })).toBe(false);
  });
});

describe('the values that are tried', () => {
  it('are about the trained one, as wide as the usual weights', () => {
    expect(sweepRange(3.1962, 3)).toEqual({ from: -1, to: 7 });
    expect(sweepRange(0.1, 0.75)).toEqual({ from: -1, to: 1 });
    const { from, to } = sweepRange(0, 0);
    expect(to).toBeGreaterThan(from);
  });

  it('do not move while the trained value hardly does', () => {
    expect(sweepRange(3.21, 3)).toEqual(sweepRange(3.19, 3));
  });
});

describe('a value of a hand', () => {
  it('is what float32 holds; what it cannot hold is refused', () => {
    expect(asWeight(0.1)).toBe(Math.fround(0.1));
    for (const wrong of [1e39, -1e39, Number.NaN, Number.POSITIVE_INFINITY])
      expect(asWeight(wrong)).toBeNull();
    expect(asWeight(3.4e38)).not.toBeNull();
  });

  it('moves by 0.1, with Shift by 1, with Alt by 0.01', () => {
    const keys = { shiftKey: false, altKey: false };
    expect(stepSize(keys)).toBe(0.1);
    expect(stepSize({ ...keys, shiftKey: true })).toBe(1);
    expect(stepSize({ ...keys, altKey: true })).toBe(0.01);
  });
});

describe('the samples that are measured', () => {
  const sample = (length: number): RunSample => ({
    input: Array.from({ length }, () => 'a'),
    target: Array.from({ length }, () => 'b'),
    length,
  });
  const ask = ({ input }: RunSample) => ({ input: input.join(''), target: '' });

  it('are evenly chosen', () => {
    expect(evenly(3, 64)).toEqual([0, 1, 2]);
    expect(evenly(100, 4)).toEqual([0, 25, 50, 75]);
  });

  it('are within the work that a sweep may cost, and one at least', () => {
    const limits = probeLimits(2000, 81);
    const probes = chooseProbes(500, () => sample(100), ask, false, limits);
    expect(probes.length).toBeLessThanOrEqual(64);
    expect(probes.reduce((sum, one) => sum + one.sample.input.length, 0)).toBeLessThanOrEqual(limits.tokens);
    expect(chooseProbes(3, () => sample(100), ask, false, { samples: 64, tokens: 1 })).toHaveLength(1);
  });

  it('of a text are beginnings of its streams', () => {
    const probes = chooseProbes(4, () => sample(1000), ask, true, { samples: 64, tokens: 400 });
    expect(probes.map((one) => one.sample.input.length)).toEqual([100, 100, 100, 100]);
    expect(probes[0]!.sample.target).toHaveLength(100);
  });
});

describe('a branch with weights of a hand', () => {
  it('changes nothing else as long as there are epochs to go, else has as many again', () => {
    expect(branchChange(20, 7)).toEqual({ kind: 'none' });
    expect(branchChange(20, 20)).toEqual({ kind: 'setting', settings: { epochs: 40 } });
  });
});
