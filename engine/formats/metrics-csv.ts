import type { EpochRow } from '../api.ts';
import { shortestNumber } from './float32.ts';

const columns = [
  'epoch',
  'loss',
  'lr',
  'gradNorm',
  'accuracy',
  'validationLoss',
  'validationAccuracy',
  'trainedMs',
  'predictions',
] as const satisfies readonly (keyof EpochRow)[];

/** The first line, by which a table of metrics is known. */
export const metricsHeader = columns.join(',');

export interface CsvOptions {
  /** Begins with the mark (U+FEFF) by which Excel reads it as UTF-8; without it Excel takes its system's encoding. */
  excelMark?: boolean;
}

/**
 * A run's metrics as CSV (RFC 4180, UTF-8, lines ended by a line feed): a head, then a line an epoch. A number that
 * is not there is empty; NaN and Infinity stand as such. Several predictions are parted by ` | `; a `|` or `\` of a
 * prediction's own stands as `\|` or `\\`. A cell of text that a spreadsheet could take for a formula, or that begins
 * with an apostrophe, has an apostrophe before it: take one off, and it is the text.
 */
export function writeMetricsCsv(rows: readonly EpochRow[], { excelMark = false }: CsvOptions = {}): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return `${excelMark ? '\ufeff' : ''}${[metricsHeader, ...lines].join('\n')}\n`;
}

function cell(value: number | string[] | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(shortestNumber(value));
  const text = harmless(value.map(escapeBar).join(' | '));
  return /[",;\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const escapeBar = (prediction: string) => prediction.replace(/[\\|]/g, '\\$&');

/** OWASP, CSV injection: what begins so is a formula to a spreadsheet, the wide forms in Chinese and Japanese ones too. */
function harmless(text: string): string {
  return /^'|^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}
