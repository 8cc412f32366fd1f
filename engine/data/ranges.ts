import { type Problem, problem } from '../errors.ts';

export interface Range {
  whole?: boolean;
  above?: number;
  atLeast?: number;
  below?: number;
  atMost?: number;
}

/**
 * A problem where the number is not finite or is outside its range: `training.epochs is 0; it must be a whole number
 * from 1 to 10,000,000`.
 */
export function checkRange(value: number, path: string, range: Range): Problem[] {
  const inside =
    Number.isFinite(value) &&
    (!range.whole || Number.isSafeInteger(value)) &&
    value > (range.above ?? -Infinity) &&
    value >= (range.atLeast ?? -Infinity) &&
    value < (range.below ?? Infinity) &&
    value <= (range.atMost ?? Infinity);
  if (inside) return [];
  const needs = describeRange(range);
  return [
    problem('number-range', path, `${path} is ${value}; it must be ${needs}`, {
      value: String(value),
      needs,
    }),
  ];
}

function describeRange({ whole, above, atLeast, below, atMost }: Range): string {
  const kind = whole ? 'a whole number' : 'a finite number';
  if (atLeast !== undefined && atMost !== undefined)
    return `${kind} from ${group(atLeast)} to ${group(atMost)}`;
  const ends = [
    above !== undefined && `above ${group(above)}`,
    atLeast !== undefined && `of ${group(atLeast)} or more`,
    below !== undefined && `below ${group(below)}`,
    atMost !== undefined && `of ${group(atMost)} or less`,
  ].filter((end) => end !== false);
  return [kind, ends.join(' and ')].join(' ').trim();
}

/** A number with its thousands grouped: 10000000 → 10,000,000. */
export function group(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 20 });
}
