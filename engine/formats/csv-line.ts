import { shortestNumber } from './float32.ts';

/**
 * One line of a CSV file (RFC 4180), without its end. A missing number (null) is an empty cell; NaN and Infinity are
 * written as such. A text that a spreadsheet could take for a formula, or that begins with an apostrophe, gets an
 * apostrophe in front; removing one apostrophe gives the text.
 */
export function csvLine(cells: readonly (number | string | null)[]): string {
  return cells.map(csvCell).join(',');
}

function csvCell(value: number | string | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(shortestNumber(value));
  const text = harmless(value);
  return /[",;\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * OWASP, CSV injection: spreadsheets take a text that begins like this for a formula, with the full-width signs in
 * Chinese and Japanese ones, too.
 */
function harmless(text: string): string {
  return /^'|^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}
