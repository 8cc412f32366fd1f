import type { Line } from './sample-line.ts';

/**
 * An exponential moving average with its bias towards 0 corrected: s ← β s + (1 − β) y, drawn as s / (1 −
 * βⁿ) after n values (Kingma and Ba 2015, section 3). Where consecutive values are d epochs apart, βᵈ takes
 * the place of β. Values that are not finite are returned unchanged and do not count.
 *
 * @param beta 0: the line itself; towards 1: smoother.
 */
export function smoothed({ x, y }: Line, beta: number): Float64Array {
  if (beta === 0) return Float64Array.from(y);
  const out = new Float64Array(y.length);
  let sum = 0;
  let weight = 0;
  let last: number | null = null;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    const keep = last === null ? beta : beta ** (x[i]! - last);
    last = x[i]!;
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    out[i] = sum / weight;
  }
  return out;
}
