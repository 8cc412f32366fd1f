/** Numbers as the lab prints them: 4 decimals in lists, 6 in read-outs, U+2212 as the minus. */

/** `0.669359`; very large or small numbers in scientific form; a dash for a missing value. */
export function formatNumber(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined) return '—';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size >= 1e7 || size < 0.5 * 10 ** -decimals)
      ? value.toExponential(3)
      : value.toFixed(decimals);
  return text.replaceAll('-', '−');
}

/** All digits that tell this double from its neighbours. */
export function formatExact(value: number): string {
  return String(value).replaceAll('-', '−');
}

/** `1,234,567`, grouped the same way in both languages. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll('-', '−');
}

/** `80 B`, `1.5 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Pads a number with figure spaces to the width of the greatest value that it may reach. */
export function steadyNumber(value: number, greatest: number): string {
  return String(value).padStart(String(Math.max(value, greatest)).length, '\u2007');
}
