/** One line of matrices with what stands between them. Pure. */
import type { MatrixView } from '../numbers/matrix-view.ts';
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
