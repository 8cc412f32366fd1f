/** One line of matrices with what stands between them. Pure. */
import { cellHeight, isWritten, type MatrixView, mostWritten } from '../numbers/matrix-view.ts';
import type { NumberNote } from '../numbers/notes.svelte.ts';
import { type NumberScale, scaleOf } from '../numbers/number-scale.ts';

export type RowItem =
  | {
      kind: 'matrix';
      matrix: MatrixView;
      caption: string;
      /** Which names stand beside the cells. */
      names?: 'none' | 'rows' | 'columns' | 'both';
      /** What a press on a cell chooses. */
      choose?: (row: number, column: number) => void;
    }
  | { kind: 'sign'; text: string };

/** Matrices that belong together, with a bracket and a title over them. */
export interface RowGroup {
  title: string | null;
  items: readonly RowItem[];
}

export const sign = (text: string): RowItem => ({ kind: 'sign', text });

export const shapeText = (...shape: number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;

export interface ColumnOptions {
  name: string;
  values: ArrayLike<number>;
  names: readonly string[];
  note(unit: number): NumberNote;
  chosen: number | null;
  kind?: NumberScale['kind'] | undefined;
  scale?: NumberScale | undefined;
  caption?: string | undefined;
  withNames?: boolean | undefined;
  choose?: ((unit: number) => void) | undefined;
}

/** A vector as a column. */
export function column(options: ColumnOptions): RowItem {
  const { name, values, names, note, chosen, choose } = options;
  return {
    kind: 'matrix',
    caption: options.caption ?? shapeText(values.length),
    names: options.withNames ? 'rows' : 'none',
    matrix: {
      name,
      rows: values.length,
      columns: 1,
      value: (row) => values[row]!,
      scale: options.scale ?? scaleOf(options.kind ?? 'diverging', values),
      rowNames: names,
      note: (row) => note(row),
      row: chosen,
      column: chosen === null ? null : 0,
    },
    ...(choose && { choose: (row: number) => choose(row) }),
  };
}

export interface BlockOptions {
  name: string;
  rows: number;
  columns: number;
  value(row: number, column: number): number | null;
  rowNames: readonly string[];
  columnNames: readonly string[];
  note(row: number, column: number): NumberNote;
  scale: NumberScale;
  /** The framed row, or the framed cell. */
  row: number | null;
  column?: number | null | undefined;
  caption?: string | undefined;
  names?: 'none' | 'rows' | 'columns' | 'both' | undefined;
  choose?: ((row: number, column: number) => void) | undefined;
}

export function block(options: BlockOptions): RowItem {
  const { caption, names, choose, ...matrix } = options;
  return {
    kind: 'matrix',
    matrix,
    caption: caption ?? shapeText(matrix.rows, matrix.columns),
    names: names ?? 'none',
    ...(choose && { choose }),
  };
}

export interface RowRoom {
  cellWidth: number;
  /** Matrices that have no room for numbers. */
  asPixels: ReadonlySet<MatrixView>;
  /** Rows of equal number are equally high, so that a unit is one line through all matrices. */
  heightOf(rows: number): number;
}

/** Widths of a written cell, from the usual one to the least that a number fits. */
const cellWidths = [46, 42, 38];
/** The height that matrices of pixels share. */
const pixelHeight = 240;
const pixelCell = 12;

/** How a line fits a width in pixels: first with narrower cells, then with the widest matrices as pixels. */
export function fitRow(groups: readonly RowGroup[], width: number): RowRoom {
  const items = groups.flatMap((group) => group.items);
  const matrices = items.flatMap((item) => (item.kind === 'matrix' ? [item.matrix] : []));
  const asPixels = new Set(matrices.filter((matrix) => !isWritten(matrix)));
  const heightOf = (rows: number) =>
    rows <= mostWritten ? cellHeight(rows) : Math.min(pixelCell, Math.max(1, Math.floor(pixelHeight / rows)));
  const widthOf = (matrix: MatrixView, cell: number) => {
    if (!asPixels.has(matrix)) return matrix.columns * (cell + 1) + 24;
    const pixel = matrix.columns <= 4 ? 26 : Math.min(pixelCell, pixelHeight / matrix.columns);
    return matrix.columns * pixel + 16;
  };
  const signs = items.reduce((sum, item) => sum + (item.kind === 'sign' ? 8 * item.text.length + 14 : 0), 0);
  const needed = (cell: number) =>
    matrices.reduce((sum, matrix) => sum + widthOf(matrix, cell), 0) + signs + groups.length * 20;
  const cellWidth = cellWidths.find((cell) => needed(cell) <= width) ?? cellWidths.at(-1)!;
  const widest = matrices
    .filter((matrix) => !asPixels.has(matrix) && matrix.columns > 4)
    .sort((a, b) => b.columns - a.columns);
  for (const matrix of widest) {
    if (needed(cellWidth) <= width || matrix.columns <= 6) break;
    asPixels.add(matrix);
  }
  return { cellWidth, asPixels, heightOf };
}
