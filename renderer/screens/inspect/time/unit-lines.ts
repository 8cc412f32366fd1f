/** One unit over many samples: which samples, what they are called, and where their lines go. Pure. */
import { linearAxis } from '../../../charts/ticks.ts';
import type { RunSample } from '../../../state/run-samples.ts';

/** The lab answers for at most 64 inputs at once. */
const mostInputs = 64;
/** Multiply-adds that may be spent on this picture: about a second. */
const mostWork = 2e9;

/**
 * Samples whose lines are drawn, evenly chosen, the one that is looked at among them.
 *
 * @param work multiply-adds of one sample
 */
export function chooseSamples(count: number, looked: number, work: number): number[] {
  const most = Math.max(1, Math.min(mostInputs, Math.floor(mostWork / Math.max(1, work))));
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  const even = Array.from({ length: most }, (_, i) => Math.floor((i * count) / most));
  const nearest = even.reduce(
    (best, sample, i) => (Math.abs(sample - looked) < Math.abs(even[best]! - looked) ? i : best),
    0,
  );
  return even.toSpliced(nearest, 1, looked).sort((a, b) => a - b);
}

/** By the token at the step that tells most samples apart, if it tells all; else by their numbers, from 1. */
export function lineNames(
  samples: readonly Pick<RunSample, 'input'>[],
  numbers: readonly number[],
): string[] {
  const steps = Math.min(...samples.map(({ input }) => input.length));
  for (let t = 0; t < Math.min(steps, 64); t++) {
    const tokens = samples.map(({ input }) => input[t]!);
    if (new Set(tokens).size === samples.length && samples.length > 1) return tokens;
  }
  return numbers.map((number) => String(number + 1));
}

export interface UnitPlot {
  low: number;
  high: number;
  ticks: number[];
  /** Longest line, in steps. */
  steps: number;
}

export function unitPlot(starts: Int32Array, values: Float32Array): UnitPlot {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (least > greatest) [least, greatest] = [0, 1];
  let steps = 1;
  for (let i = 1; i < starts.length; i++) steps = Math.max(steps, starts[i]! - starts[i - 1]!);
  return { ...linearAxis(least, greatest, 5), steps };
}

/** Moves texts apart that would overlap, as little as that needs; in the order given, which is from top to bottom. */
export function spreadTexts(places: readonly number[], apart: number, low: number, high: number): number[] {
  const moved = [...places];
  for (let i = 0; i < moved.length; i++) {
    moved[i] = Math.max(moved[i]!, i === 0 ? low : moved[i - 1]! + apart);
  }
  for (let i = moved.length - 1; i >= 0; i--) {
    moved[i] = Math.min(moved[i]!, i === moved.length - 1 ? high : moved[i + 1]! - apart);
  }
  return moved;
}
