/** Where the lines of a chart's grid are: few of them, at round numbers. */

export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

/** The smallest of 1, 2, 5 × 10ⁿ that is not below size. */
function roundStep(size: number): number {
  const decade = 10 ** Math.floor(Math.log10(size));
  const factor = [1, 2, 5, 10].find((each) => each * decade >= size * (1 - 1e-9)) ?? 10;
  return factor * decade;
}

/** Rounds to 12 digits, which keeps 0.30000000000000004 out of the ticks. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => tidy((first + index) * step));
}

/** The finest round step for which `count` gives at most maxTicks ticks. */
export function finestStep(span: number, maxTicks: number, count: (step: number) => number): number {
  let step = roundStep(span / (maxTicks * 2));
  while (count(step) > maxTicks) step = roundStep(step * 1.01);
  return step;
}

/**
 * An axis from a tick at or below low to a little above high, with 2 to maxTicks (3 or more) ticks. A flat
 * line (low = high) gets an axis of some height around it.
 */
export function linearAxis(low: number, high: number, maxTicks: number): Axis {
  const span = high - low > 0 ? high - low : Math.max(Math.abs(high), 1) * 0.2;
  const top = low + span * 1.07;
  const bottomOf = (step: number) => tidy(Math.floor(low / step + 1e-9) * step);
  const step = finestStep(span, maxTicks, (each) => multiples(each, bottomOf(each), top).length);
  return { low: bottomOf(step), high: top, ticks: multiples(step, bottomOf(step), top) };
}

/**
 * The same in log10: low, high and the ticks are exponents. Over few decades the ticks are 1 … 9, or 1, 2
 * and 5, of each decade; over many, whole decades; within a part of one decade, the round numbers of a
 * linear axis.
 */
export function logAxis(low: number, high: number, maxTicks: number): Axis {
  const floor = Number.MIN_VALUE;
  const bottom = Math.log10(Math.max(low, floor));
  const top = Math.max(Math.log10(Math.max(high, floor)), bottom + 0.05);
  const decades = multiples(1, Math.floor(bottom), Math.ceil(top));
  const pad = (top - bottom) * 0.06;
  for (const factors of [
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 5],
  ]) {
    const fine = decades.flatMap((decade) => factors.map((factor) => decade + Math.log10(factor)));
    const inside = fine.filter((tick) => tick >= bottom - pad && tick <= top + pad);
    if (inside.length >= 3 && inside.length <= maxTicks) {
      return { low: bottom - pad, high: top + pad, ticks: inside };
    }
  }
  const whole = decades.filter((tick) => tick >= bottom - pad && tick <= top + pad);
  if (whole.length < 2) {
    // Within a part of one decade the ticks are the logarithms of a linear axis's round numbers.
    const axis = linearAxis(10 ** bottom, 10 ** top, maxTicks);
    const ticks = axis.ticks.filter((tick) => tick > 0).map((tick) => Math.log10(tick));
    return { low: Math.min(bottom - pad, ticks[0] ?? bottom), high: top + pad, ticks };
  }
  const every = Math.ceil(whole.length / maxTicks);
  return { low: bottom - pad, high: top + pad, ticks: whole.filter((_, index) => index % every === 0) };
}

/** Ticks at whole epochs: the first epoch of the range, then round numbers. */
export function epochTicks(from: number, to: number, maxTicks: number): number[] {
  if (to <= from) return [from];
  const step = Math.max(1, roundStep((to - from) / (maxTicks - 1)));
  const first = Math.ceil(from);
  return [first, ...multiples(step, first, to).filter((tick) => tick - first > step / 2)];
}

/**
 * Ticks on a logarithmic axis: the first epoch of the range, then 1, 2 and 5 of each decade, or only its 1
 * where there are many decades.
 */
export function logEpochTicks(from: number, to: number, maxTicks: number): number[] {
  const first = Math.max(1, Math.ceil(from));
  for (const factors of [[1, 2, 5], [1]]) {
    const inside: number[] = [];
    for (let decade = 1; decade <= to; decade *= 10) {
      for (const factor of factors) {
        const tick = factor * decade;
        if (tick > first * 1.3 && tick <= to) inside.push(tick);
      }
    }
    if (inside.length < maxTicks || factors.length === 1) return [first, ...inside];
  }
  return [first];
}

/**
 * A tick's text with as many decimals as the distance of the ticks needs: `0.2`, `1.0`; `1e-5` for very
 * small ones.
 */
export function tickText(value: number, ticks: readonly number[]): string {
  const step = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : Math.abs(value) || 1;
  const size = Math.max(...ticks.map(Math.abs), Math.abs(value));
  if (size !== 0 && (size >= 1e6 || step < 1e-5)) return minus(shortExponent(value));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return minus(value.toFixed(decimals));
}

/** The text of a tick on a log axis, whose ticks are exponents. */
export function logTickText(exponent: number): string {
  const value = Number((10 ** exponent).toPrecision(3));
  return minus(value >= 1e5 || value < 1e-4 ? shortExponent(value) : String(value));
}

function shortExponent(value: number): string {
  return value === 0 ? '0' : Number(value.toPrecision(4)).toExponential().replace('e+', 'e');
}

function minus(text: string): string {
  return text.replaceAll('-', '−');
}
