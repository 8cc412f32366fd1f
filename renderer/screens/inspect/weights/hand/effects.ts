/** What a changed weight does to what the network says. Pure. */
import type { Evaluation } from '../../../../../engine/questions.ts';

/** One sample at one of its steps, before and after. */
export interface EffectRow {
  sample: number;
  /** From 0. */
  step: number;
  wanted: number;
  before: { says: number; probability: number };
  after: { says: number; probability: number };
}

export interface Totals {
  /** Steps that are right, of `steps`. */
  right: number;
  steps: number;
  /** Mean cross entropy of a step. */
  loss: number;
}

export function totalsOf({ says, wanted, losses }: Evaluation): Totals {
  let right = 0;
  for (let k = 0; k < wanted.length; k++) if (says[k] === wanted[k]) right++;
  const sum = losses.reduce((total, loss) => total + loss, 0);
  return { right, steps: wanted.length, loss: wanted.length === 0 ? 0 : sum / wanted.length };
}

/**
 * One row a sample, at the step that was least sure of its target before, or at step `at` where it is given (the
 * last one of a sample that is shorter). Both evaluations are of the same samples.
 */
export function effectRows(before: Evaluation, after: Evaluation, at: number | null): EffectRow[] {
  return Array.from({ length: before.starts.length - 1 }, (_, sample) => {
    const [from, to] = [before.starts[sample]!, before.starts[sample + 1]!];
    let step = at === null ? 0 : Math.min(at, to - from - 1);
    if (at === null)
      for (let k = from; k < to; k++)
        if (before.probabilities[k]! < before.probabilities[from + step]!) step = k - from;
    const k = from + step;
    return {
      sample,
      step,
      wanted: before.wanted[k] ?? -1,
      before: { says: before.says[k] ?? -1, probability: before.probabilities[k] ?? Number.NaN },
      after: { says: after.says[k] ?? -1, probability: after.probabilities[k] ?? Number.NaN },
    };
  });
}

/** Whether two evaluations are of the same steps, so that they can be held beside each other. */
export function isSameSteps(a: Evaluation, b: Evaluation): boolean {
  return a.starts.length === b.starts.length && a.starts.every((start, i) => start === b.starts[i]);
}

/** The half width of the values that are tried: 0.5, 1, 2, 4, … at least a third more than the largest usual weight. */
export function sweepRange(trained: number, usual: number): { from: number; to: number } {
  const half = 2 ** Math.max(-1, Math.ceil(Math.log2(Math.max(1.25 * usual, 1e-9))));
  const centre = Number.isFinite(trained) ? Math.round(trained / (half / 4)) * (half / 4) : 0;
  return { from: centre - half, to: centre + half };
}

/** A value of a hand, as float32 holds it; null: it cannot. */
export function asWeight(value: number): number | null {
  const held = Math.fround(value);
  return Number.isFinite(held) ? held : null;
}

/** What one press or one notch of the wheel adds. */
export function stepSize({ shiftKey, altKey }: { shiftKey: boolean; altKey: boolean }): number {
  return shiftKey ? 1 : altKey ? 0.01 : 0.1;
}
