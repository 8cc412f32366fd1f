/** The axes of the loss chart and the small charts: from values to axis limits, ticks and texts. */
import { finestStep, linearAxis, logAxis, logTickText, tickText } from './ticks.ts';

export type Scale = 'linear' | 'log';

export interface ValueAxis {
  low: number;
  high: number;
  ticks: { value: number; text: string }[];
  /** From a value to the axis's own unit: the value itself, or its log10. */
  place(value: number): number;
}

/**
 * An axis for losses from low to high. It reaches below the least reachable loss, so that the unreachable
 * part is visible from the first epoch on. Without such a bound, and unless zoomed in, a linear axis begins
 * at 0, so that it does not move while the loss falls. On a logarithmic axis a loss of 0 is drawn at the
 * lower end; `low` is then the smallest loss above 0.
 */
export function lossAxis(
  low: number,
  high: number,
  { scale, leastReachable, zoomed, maxTicks }: LossAxisOptions,
): ValueAxis {
  if (scale === 'log') {
    const bound = leastReachable !== null && !zoomed ? leastReachable * 0.9 : low;
    const axis = logAxis(Math.min(positive(low), positive(bound)), positive(high), maxTicks);
    return {
      low: axis.low,
      high: axis.high,
      ticks: axis.ticks.map((value) => ({ value, text: logTickText(value) })),
      place: (value) => (value > 0 ? Math.log10(value) : axis.low),
    };
  }
  const bottom = zoomed
    ? low
    : leastReachable === null
      ? Math.min(0, low)
      : Math.min(low, leastReachable * 0.8);
  return linear(bottom, high, maxTicks);
}

export interface LossAxisOptions {
  scale: Scale;
  leastReachable: number | null;
  /** The user zoomed to a part of the epochs: the axis fits the visible part of the line. */
  zoomed: boolean;
  maxTicks: number;
}

/** An axis from 0 to the first tick that is not below high. */
export function fromZeroAxis(high: number, maxTicks: number): ValueAxis {
  const top = high > 0 ? high : 1;
  const lastTick = (step: number) => Math.ceil(top / step - 1e-9);
  const step = finestStep(top, maxTicks, (each) => lastTick(each) + 1);
  const last = lastTick(step);
  const all = Array.from({ length: last + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return {
    low: 0,
    high: all.at(-1)!,
    ticks: all.map((value) => ({ value, text: tickText(value, all) })),
    place: (value) => value,
  };
}

/** An axis with 0 %, 50 % and 100 % at the values 0, 0.5 and 1. */
export function accuracyAxis(): ValueAxis {
  return {
    low: 0,
    high: 1,
    ticks: [0, 0.5, 1].map((value) => ({ value, text: `${value * 100}%` })),
    place: (value) => value,
  };
}

/** The lowest and highest finite y of the points; null where none is finite. */
export function rangeOf(
  points: readonly (readonly [number, number])[],
): { low: number; high: number } | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const [, value] of points) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? { low, high } : null;
}

function linear(low: number, high: number, maxTicks: number): ValueAxis {
  const axis = linearAxis(low, high, maxTicks);
  return {
    low: axis.low,
    high: axis.high,
    ticks: axis.ticks.map((value) => ({ value, text: tickText(value, axis.ticks) })),
    place: (value) => value,
  };
}

/** A value that is not above 0 has no logarithm; 1e-12 takes its place. */
function positive(value: number): number {
  return value > 0 ? value : 1e-12;
}
