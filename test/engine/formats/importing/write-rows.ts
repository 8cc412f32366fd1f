import type { DraftRow } from '../../../../engine/data/draft.ts';

export type RowsFormat = 'csv' | 'tsv' | 'json' | 'jsonl';

type Row = Pick<DraftRow, 'input' | 'target' | 'split' | 'note'>;

const columns = ['input', 'target', 'split', 'note'] as const;

/**
 * Rows as a file from which an import reads the same rows. Tables begin with a header and end with a line
 * feed.
 */
export function writeRows(rows: readonly Row[], format: RowsFormat): string {
  switch (format) {
    case 'csv':
    case 'tsv':
      return writeTable(rows, format === 'csv' ? ',' : '\t');
    case 'json':
      return `${JSON.stringify(rows.map(plain), null, 1)}\n`;
    case 'jsonl':
      return rows.map((row) => `${JSON.stringify(plain(row))}\n`).join('');
  }
}

const plain = ({ input, target, split, note }: Row) => ({ input, target, split, note });

/**
 * RFC 4180: a field that holds a separator, a quote or a line end is put in quotes, and its own quotes are
 * doubled.
 */
function writeTable(rows: readonly Row[], separator: string): string {
  const cell = (text: string) =>
    /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(separator));
  return [columns.join(separator), ...lines].map((line) => `${line}\n`).join('');
}
