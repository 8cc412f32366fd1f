/** How wide and high the cells of the strips are, and which steps and units are drawn. Pure. */

/** A step is never narrower, a unit never lower than this; what does not fit is reached by moving. */
const leastWidth = 9;
const leastHeight = 6;
const mostWidth = 64;
const mostHeight = 36;
/** With more units the strips hold a part of them. */
const mostRows = 64;

export interface StripLayout {
  /** Of one step and of one unit, the line between cells included. */
  stepX: number;
  stepY: number;
  /** How many steps and units are drawn. */
  steps: number;
  units: number;
}

/** @param width room for the cells of one strip; height the same, in pixels */
export function layoutOf(
  { steps, units }: { steps: number; units: number },
  { width, height }: { width: number; height: number },
): StripLayout {
  const fitting = Math.max(1, Math.floor(width / leastWidth));
  const shownSteps = Math.max(1, Math.min(steps, fitting));
  const shownUnits = Math.max(1, Math.min(units, mostRows));
  const whole = (room: number, count: number, least: number, most: number) =>
    Math.max(least, Math.min(most, Math.floor(room / count)));
  return {
    stepX: whole(width, shownSteps, Math.min(leastWidth, Math.max(1, Math.floor(width))), mostWidth),
    stepY: whole(height, shownUnits, leastHeight, mostHeight),
    steps: shownSteps,
    units: shownUnits,
  };
}

/** Numbers are written where there are at most 16 × 16 cells and they are large enough. */
export function isWrittenAt(
  { stepX, stepY }: StripLayout,
  { steps, units }: { steps: number; units: number },
): boolean {
  return steps <= 16 && units <= 16 && stepX >= 34 && stepY >= 15;
}

/**
 * Where a window of `length` out of `count` begins, so that the place is in it with some neighbours: the window stays
 * where it was as far as it can, and arrows never end at its edge.
 */
export function windowAt(before: number, place: number, length: number, count: number): number {
  const margin = Math.min(3, Math.floor((length - 1) / 2));
  const most = Math.max(0, count - length);
  const low = place + margin + 1 - length;
  const high = place - margin;
  return Math.min(most, Math.max(0, Math.min(high, Math.max(low, before))));
}

/** The rows or columns that have their number written, so that numbers are at least `apart` pixels apart. */
export function isNumbered(index: number, chosen: number, step: number, apart: number): boolean {
  if (index === chosen) return true;
  const every = Math.max(1, Math.ceil(apart / step));
  return index % every === 0 && Math.abs(index - chosen) * step >= apart;
}

/**
 * The steps that have their number under them, from 0: round ones, the first, the last and the chosen one, never closer
 * than can be read.
 */
export function numberedSteps(
  { first, count, total, chosen }: { first: number; count: number; total: number; chosen: number },
  stepX: number,
): number[] {
  const apart = 10 + 8 * String(total).length;
  const every = [1, 2, 5, 10, 20, 50, 100, 200].find((step) => step * stepX >= apart) ?? 500;
  const isRound = (t: number) => t === 0 || t === total - 1 || (t + 1) % every === 0;
  const kept = [chosen];
  const wanted = Array.from({ length: count }, (_, i) => first + i).filter(isRound);
  // The ends come before what lies between them.
  const byRank = wanted.toSorted(
    (a, b) => Number(b === 0 || b === total - 1) - Number(a === 0 || a === total - 1),
  );
  for (const t of byRank) if (kept.every((other) => Math.abs(other - t) * stepX >= apart)) kept.push(t);
  return kept.filter((t) => t >= first && t < first + count).sort((a, b) => a - b);
}
