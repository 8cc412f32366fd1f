/** A matrix as it is drawn, and where the keys lead in it. */
import type { NumberNote } from './notes.svelte.ts';
import type { NumberScale } from './number-scale.ts';

/** Numbers are written into cells up to this many rows and columns; larger matrices are drawn as pixels. */
export const mostWritten = 16;

export interface MatrixView {
  /** `W_hh`; also the accessible name. */
  name: string;
  rows: number;
  columns: number;
  /** null: not computed yet. */
  value(row: number, column: number): number | null;
  scale: NumberScale;
  /** Names of the rows: tokens or units; absent: their numbers. */
  rowNames?: readonly string[] | undefined;
  columnNames?: readonly string[] | undefined;
  /** What the read-out says of a number. */
  note(row: number, column: number): NumberNote;
  /** Frames: the row, the column, or the one cell that matters. */
  row?: number | null | undefined;
  column?: number | null | undefined;
  /** Several framed cells, as in a row per column (targets). */
  isFramed?: ((row: number, column: number) => boolean) | undefined;
  /** Cells that were set by hand. */
  isEdited?: ((row: number, column: number) => boolean) | undefined;
}

export function isWritten({ rows, columns }: Pick<MatrixView, 'rows' | 'columns'>): boolean {
  return rows <= mostWritten && columns <= mostWritten;
}

/** The height of a written cell: lower where there are many, so that a stage stays on one screen. */
export function cellHeight(rows: number): number {
  return rows <= 6 ? 28 : rows <= 10 ? 21 : 16;
}

/** Where a key leads from a cell; null: it is not a key of the matrix. */
export function nextPlace(
  key: string,
  isFar: boolean,
  { row, column }: { row: number; column: number },
  { rows, columns }: { rows: number; columns: number },
): { row: number; column: number } | null {
  const step = isFar ? 5 : 1;
  const within = (value: number, count: number) => Math.min(Math.max(value, 0), Math.max(0, count - 1));
  const to = (r: number, c: number) => ({ row: within(r, rows), column: within(c, columns) });
  switch (key) {
    case 'ArrowRight':
      return to(row, column + step);
    case 'ArrowLeft':
      return to(row, column - step);
    case 'ArrowDown':
      return to(row + step, column);
    case 'ArrowUp':
      return to(row - step, column);
    case 'PageDown':
      return to(row + 10, column);
    case 'PageUp':
      return to(row - 10, column);
    case 'Home':
      return to(row, 0);
    case 'End':
      return to(row, columns - 1);
    default:
      return null;
  }
}
