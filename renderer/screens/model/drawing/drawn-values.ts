import type { Trace } from '../../../../engine/questions.ts';

/** The numbers of one sequence's way through the network, as the drawing colours them. */
export interface DrawnValues {
  /** h_t of each layer and direction, in the order of h_n's rows. */
  h: readonly Float32Array[]; // [L·D] of [T, H]
  c: readonly Float32Array[] | null; // [L·D] of [T, H]
  /** Where the colours end: 1 for an h that is bounded, else the largest size that is there. */
  limits: { h: number; c: number };
}

export type DrawnState = 'h' | 'c';

/** A strip has at most so many cells; a wider state is shown by units at equal distances. */
const stripCells = 24;

/** The units whose values a strip shows, from 0. */
function stripUnits(H: number): number[] {
  const count = Math.min(H, stripCells);
  return Array.from({ length: count }, (_, k) => Math.floor((k * H) / count));
}

/** The values of a strip; null: nothing is known there. */
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

/** Of a trace, whose directions stand in the order of h_n's rows. */
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
