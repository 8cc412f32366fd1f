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

/**
 * A run's metrics as CSV (RFC 4180, UTF-8, lines ended by a line feed): a head, then a line an epoch. A number that
 * is not there is empty; NaN and Infinity stand as such; several predictions are parted by ` | `.
 */
export function writeMetricsCsv(rows: readonly EpochRow[]): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function cell(value: number | string[] | null): string {
  if (value === null) return '';
  const text = typeof value === 'number' ? String(shortestNumber(value)) : value.join(' | ');
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
