/** What was typed into a number field, as a number; null where it is none. `−`, `1e-3`, ` 1,000 ` are understood. */
export function parseNumber(text: string): number | null {
  const plain = text
    .trim()
    .replaceAll('−', '-')
    .replace(/(?<=\d),(?=\d{3}(\D|$))/g, '');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** A number as a field shows it: all its digits, minus as U+2212. */
export function numberText(value: number | null): string {
  return value === null ? '' : String(value).replaceAll('-', '−');
}

/** One press of the up or down arrow: a step, kept free of binary dust, within the limits. */
export function stepNumber(value: number, step: number, min: number, max: number): number {
  const next = Number((value + step).toPrecision(12));
  return Math.min(max, Math.max(min, next));
}
