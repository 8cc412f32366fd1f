import type { EpochRow } from '../api.ts';
import { csvLine } from './csv-line.ts';

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

/** The first line, which identifies a table of metrics. */
export const metricsHeader = columns.join(',');

export interface CsvOptions {
  /**
   * Whether the text begins with a byte order mark (U+FEFF), by which Excel recognises UTF-8; without it Excel
   * assumes its system's encoding.
   */
  excelMark?: boolean;
}

/**
 * A run's metrics as CSV (RFC 4180, UTF-8, lines ended by a line feed): a header, then one line per epoch. A missing
 * number is an empty cell; NaN and Infinity are written as such. Several predictions are separated by ` | `; a `|`
 * or `\` within a prediction is written as `\|` or `\\`. A text that a spreadsheet could take for a formula, or that
 * begins with an apostrophe, gets an apostrophe in front; removing one apostrophe gives the text.
 */
export function writeMetricsCsv(rows: readonly EpochRow[], { excelMark = false }: CsvOptions = {}): string {
  const lines = rows.map((row) =>
    csvLine(
      columns.map((column) => {
        const value = row[column];
        return Array.isArray(value) ? value.map(escapeBar).join(' | ') : value;
      }),
    ),
  );
  return `${excelMark ? '\ufeff' : ''}${[metricsHeader, ...lines].join('\n')}\n`;
}

const escapeBar = (prediction: string) => prediction.replace(/[\\|]/g, '\\$&');
