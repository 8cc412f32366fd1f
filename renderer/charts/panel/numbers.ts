/** The numbers of a chart as a table: for its table view, and for a CSV file. */
import { csvLine } from '../../../engine/formats/csv-line.ts';

/** null: there is no such number. */
export type ChartCell = number | string | null;

export interface ChartColumn {
  /** The column's name in the file, the same in every language. */
  key: string;
  /** Its head in the table. */
  label: string;
}

export interface ChartNumbers {
  /** The first column names the row. */
  columns: readonly ChartColumn[];
  /** The number of rows. */
  count: number;
  /** The cells of the row at an index from 0; null while they are being fetched. */
  at(index: number): readonly ChartCell[] | null;
  /** All rows in pieces, where `at` does not have all of them at once. */
  pages?(): AsyncIterable<readonly (readonly ChartCell[])[]>;
}

/**
 * The numbers as the pieces of a CSV file (RFC 4180, lines ended by a line feed), each with the number of
 * rows written so far.
 */
export async function* csvPieces(numbers: ChartNumbers): AsyncGenerator<{ text: string; rows: number }> {
  yield { text: `${csvLine(numbers.columns.map(({ key }) => key))}\n`, rows: 0 };
  let rows = 0;
  for await (const page of numbers.pages?.() ?? [allRows(numbers)]) {
    rows += page.length;
    yield { text: page.map((cells) => `${csvLine(cells)}\n`).join(''), rows };
  }
}

function allRows(numbers: ChartNumbers): (readonly ChartCell[])[] {
  return Array.from({ length: numbers.count }, (_, index) => numbers.at(index) ?? []);
}
