/** The axes of the loss chart and the small charts: from values to axis limits, ticks and texts. */
import { finestStep, linearAxis, logAxis, logTickText, tickText } from './ticks.ts';

export type Scale = 'linear' | 'log';

export interface ValueAxis {
  low: number;
  high: number;
  ticks: { value: number; text: string }[];
  /** From a value to the axis's own unit. */
  place(value: number): number;
}

/**
 * An axis for losses from low to high. It reaches below the least reachable loss, so that the part that cannot be
 * reached is seen from the first epoch on; without a bound and not zoomed in, a linear axis begins at 0, so that
 * it does not move while the loss falls. A loss of 0 has no logarithm: it is drawn at a logarithmic axis's lower end, and
 * `low` is the least above it.
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
  /** The user chose a part of the epochs: the axis fits what is seen of the line. */
  zoomed: boolean;
  maxTicks: number;
}

/** From 0 to the first tick that is not below high. */
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

/** 0 %, 50 %, 100 % at the values 0, 0.5 and 1. */
export function accuracyAxis(): ValueAxis {
  return {
    low: 0,
    high: 1,
    ticks: [0, 0.5, 1].map((value) => ({ value, text: `${value * 100}%` })),
    place: (value) => value,
  };
}

/** The lowest and highest of the y of points that are finite; null where there is none. */
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

/** A range that has nothing above 0 has no logarithm. */
function positive(value: number): number {
  return value > 0 ? value : 1e-12;
}
