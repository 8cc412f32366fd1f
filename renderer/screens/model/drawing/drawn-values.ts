import type { Trace } from '../../../../engine/questions.ts';

/** The states of one sequence on its way through the network, as the drawing colours them. */
export interface DrawnValues {
  /** h_t of each layer and direction, in the order of h_n's rows. */
  h: readonly Float32Array[]; // [L·D] of [T, H]
  c: readonly Float32Array[] | null; // [L·D] of [T, H]
  /** The limits of the colours: 1 for a bounded h, else the largest magnitude. */
  limits: { h: number; c: number };
}

export type DrawnState = 'h' | 'c';

/** The most cells of a strip; of a wider state, units at equal distances are shown. */
const stripCells = 24;

/** The indices of the units that a strip shows, from 0. */
function stripUnits(H: number): number[] {
  const count = Math.min(H, stripCells);
  return Array.from({ length: count }, (_, k) => Math.floor((k * H) / count));
}

/** The values of a strip; null: nothing is known for this step. */
export function stripValues(
  values: DrawnValues | null,
  state: DrawnState,
  row: number,
  t: number,
  H: number,
): number[] | null {
  const series = (state === 'h' ? values?.h : values?.c)?.[row];
  if (!series || series.length < t * H) return null;
  return stripUnits(H).map((unit) => series[(t - 1) * H + unit]!);
}

/** The values of a trace, whose directions are in the order of h_n's rows. */
export function drawnValues({ directions }: Pick<Trace, 'directions'>, isBounded: boolean): DrawnValues {
  const h = directions.map((direction) => direction.h);
  const c = directions.flatMap((direction) => direction.c ?? []);
  return {
    h,
    c: c.length > 0 ? c : null,
    limits: { h: isBounded ? 1 : largestSize(h), c: largestSize(c) },
  };
}

function largestSize(series: readonly Float32Array[]): number {
  let largest = 0;
  for (const values of series) for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
