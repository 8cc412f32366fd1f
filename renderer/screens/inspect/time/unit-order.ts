/** The order of units as rows: what changes most on top, what is alike together. Pure. */

export const orders = ['variance', 'similarity', 'number'] as const;
export type UnitOrder = (typeof orders)[number];

/** Steps that correlations are taken over; of more, this many evenly chosen ones. */
const mostSteps = 64;

/**
 * Units in the order of their rows.
 *
 * @param values of each unit at each step, [T, H]
 */
export function orderUnits(values: ArrayLike<number>, units: number, by: UnitOrder): number[] {
  const numbers = Array.from({ length: units }, (_, unit) => unit);
  if (by === 'number' || units === 0 || values.length === 0) return numbers;
  const centred = numbers.map((unit) => lineOf(values, units, unit));
  const variances = centred.map((line) => line.reduce((total, x) => total + x * x, 0));
  const byVariance = numbers.toSorted((a, b) => variances[b]! - variances[a]! || a - b);
  return by === 'variance' ? byVariance : alike(byVariance, centred, variances);
}

/** The unit over at most `mostSteps` of the steps, its mean taken off. */
function lineOf(values: ArrayLike<number>, units: number, unit: number): Float64Array {
  const T = values.length / units;
  const line = new Float64Array(Math.min(T, mostSteps));
  for (let i = 0; i < line.length; i++) line[i] = values[Math.floor((i * T) / line.length) * units + unit]!;
  const mean = line.reduce((total, x) => total + x, 0) / line.length;
  return line.map((x) => x - mean);
}

/** A chain that begins with the unit that changes most; each next one is most like the one before it. */
function alike(
  byVariance: readonly number[],
  lines: readonly Float64Array[],
  variances: readonly number[],
): number[] {
  const left = new Set(byVariance);
  const chain: number[] = [];
  let last: number | undefined = byVariance[0];
  while (last !== undefined) {
    chain.push(last);
    left.delete(last);
    let best = Number.NEGATIVE_INFINITY;
    const [line, variance]: [Float64Array, number] = [lines[last]!, variances[last]!];
    let next: number | undefined;
    for (const other of left) {
      const likeness = correlation(line, lines[other]!, variance * variances[other]!);
      if (likeness > best) [best, next] = [likeness, other];
    }
    last = next;
  }
  return chain;
}

function correlation(a: Float64Array, b: Float64Array, variances: number): number {
  if (variances === 0) return -1;
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total / Math.sqrt(variances);
}
