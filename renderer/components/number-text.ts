/**
 * Numbers as people type them and as fields show them. Every field uses this one reader, so that a comma
 * means the same everywhere. The command line and files take plain numbers (`0.001`) and do not use it.
 */
import type { TextKey, TextValues, Words } from '../text/text.svelte.ts';

/** A number, or the sentence that says why there is none. Nothing is guessed. */
export type NumberReading = { ok: true; value: number } | { ok: false; words: Words };

/**
 * `whole`: the field takes whole numbers only, which decides what a single mark before three digits can
 * mean.
 */
export interface NumberKind {
  whole?: boolean;
}

/**
 * Reads what was typed into a field for one number.
 *
 * Digits, signs and marks of an input method in full width (`０．００１`, `，`, `。`) are their ASCII twins; `−` and
 * dashes are a minus; `.5`, `5.`, `1e-3` are numbers. What a comma, a point or a space between digits means:
 *
 * | typed | where | is | because |
 * | --- | --- | --- | --- |
 * | `0.001`, `1.234` | real | point | it is how every field shows its number |
 * | `0,001`, `1,5`, `12,34`, `1234,567` | all | decimal comma | three digits after one to three are a group, other forms are none |
 * | `1,234,567`, `1.234.567` | all | separators | a number has one decimal mark |
 * | `1,234.5`, `1.234,5`, `1 234,5`, `1'234.5` | all | last: decimal; others: separators | two kinds of marks |
 * | `1 000`, `1'000`, `1_000` | all | separators | (no-break, thin, full-width spaces too) they are never decimal marks |
 * | `1,000` | whole | separator | a whole number has no decimals |
 * | `1,234` | real | refused | 1.234 to one, 1234 to another |
 * | `1.000` | whole | refused | 1 to one, 1000 to another |
 *
 * Groups have three digits, the first one to three of which the first is not 0; `1 2`, `1,23,4`, `0,001.5` are no
 * numbers. With an exponent nothing is grouped. What a double cannot hold (1e999, and 1e-999, which would be 0) is
 * refused too.
 */
export function readNumber(text: string, { whole = false }: NumberKind = {}): NumberReading {
  const refused = (key: TextKey, values: TextValues = {}): NumberReading => ({
    ok: false,
    words: { key, values: { text: text.trim(), ...values } },
  });
  const [, sign, digits, exponent = ''] = /^([+-]?)([\d., ]+)(e[+-]?\d+)?$/i.exec(inAscii(text)) ?? [];
  const meant = digits === undefined ? [] : meanings(digits, exponent !== '', whole);
  const [first, second] = meant.map((plain) => Number(`${sign}${plain}${exponent}`));
  if (first === undefined) return refused('shell_field_not_a_number');
  if (second !== undefined) {
    return refused('shell_field_two_numbers', { one: numberText(first), other: numberText(second) });
  }
  const vanished = first === 0 && /[1-9]/.test(digits!);
  if (!Number.isFinite(first) || vanished) return refused('shell_field_no_double');
  // A typed −0 becomes 0: no setting tells them apart, and the field shows 0 for both.
  return { ok: true, value: first === 0 ? 0 : first };
}

/**
 * Reads a list of `count` numbers, such as a row of h0 or Adam's betas. The numbers are separated by
 * semicolons, by commas followed by a space (a full-width comma brings its own), or by spaces; each may
 * have a decimal comma. Commas without spaces separate where they cannot form one number (`0.9,0.999`,
 * `1,2,3`). `0,9` may be one number or two and is refused. The caller checks that there are `count`
 * numbers.
 */
export function readNumbers(
  text: string,
  count: number,
): { ok: true; value: number[] } | { ok: false; words: Words } {
  const plain = text.trim().replace(/，/g, ', ');
  let separator = /\s+/;
  if (/[;；]/.test(plain)) separator = /[;；]/;
  else if (/,(\s|$)/.test(plain)) separator = /,(?:\s+|$)/;
  else if (/,/.test(plain) && !/\s/.test(plain) && count > 1) {
    const one = readNumber(plain);
    if (one.ok || one.words.key === 'shell_field_two_numbers') {
      return { ok: false, words: { key: 'shell_field_one_or_many', values: { text: plain } } };
    }
    separator = /,/;
  }
  const value: number[] = [];
  for (const part of plain.split(separator).filter((one) => one.trim() !== '')) {
    const read = readNumber(part);
    if (!read.ok) return read;
    value.push(read.value);
  }
  return { ok: true, value };
}

/**
 * Turns full-width forms, the true minus and dashes into ASCII, and every space, apostrophe or underscore
 * between digits into one space.
 */
function inAscii(text: string): string {
  return text
    .trim()
    .replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/。/g, '.')
    .replace(/[\u2010-\u2013\u2212\uFE63]/g, '-')
    .replace(/(?<=\d)[\s'’_](?=\d)/g, ' ');
}

/** The plain decimal texts that `digits` can be read as: none, one or two. */
function meanings(digits: string, scientific: boolean, whole: boolean): string[] {
  const marks = digits.replace(/[^.,]/g, '');
  const last = marks.at(-1);
  const asDecimal = last === undefined ? null : decimal(digits, last, scientific);
  if (scientific) return [asDecimal ?? (/^\d+$/.test(digits) ? digits : null)].filter((one) => one !== null);
  const asWhole = ungrouped(digits);
  if (asDecimal === null || asWhole === null) return [asDecimal ?? asWhole].filter((one) => one !== null);
  // Here there is one mark, with three digits after it and one to three before it.
  if (whole && last === ',') return [asWhole];
  return !whole && last === '.' ? [asDecimal] : [asDecimal, asWhole];
}

/** `1,234.5` with `.` as its decimal mark gives `1234.5`; null where the text is no such number. */
function decimal(digits: string, mark: string, scientific: boolean): string | null {
  const [before, after, ...more] = digits.split(mark);
  if (before === undefined || after === undefined || more.length > 0 || !/^\d*$/.test(after)) return null;
  if (before === '' && after === '') return null;
  const head = /^\d*$/.test(before) ? before : scientific ? null : ungrouped(before);
  return head === null ? null : `${head}.${after}`;
}

/**
 * `1 234 567` without its separators, which must be of one kind; plain digits unchanged; null where it is
 * no whole number.
 */
function ungrouped(digits: string): string | null {
  if (/^\d+$/.test(digits)) return digits;
  return /^[1-9]\d{0,2}([., ])\d{3}(\1\d{3})*$/.test(digits) ? digits.replace(/[., ]/g, '') : null;
}

/** A number as a field shows it: all its digits, with U+2212 as the minus. */
export function numberText(value: number | null): string {
  return value === null ? '' : String(value).replaceAll('-', '−');
}

/**
 * One press of the up or down arrow: adds a step, rounds to 12 digits to avoid binary rounding dust, and
 * keeps the limits.
 */
export function stepNumber(value: number, step: number, min: number, max: number): number {
  const next = Number((value + step).toPrecision(12));
  return Math.min(max, Math.max(min, next));
}
