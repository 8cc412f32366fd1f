/**
 * Tensors as matrices to draw: [A, B, C] becomes A matrices of B × C. What exceeds the limits is left out
 * and counted.
 */
import type { NamedTensor } from '../../../../engine/api.ts';

export interface SliceCell {
  /** The index in the tensor's data. */
  index: number;
  value: number;
  /** `hidden[0, 1]`, as written in Python. */
  name: string;
}

export interface TensorSlice {
  /** `[2]`; empty where the tensor is a single matrix. */
  label: string;
  rows: SliceCell[][];
}

export interface SlicedTensor {
  slices: TensorSlice[];
  /** The number of values that are not drawn. */
  hidden: number;
}

/** How much of a tensor is drawn. */
export const drawLimits = { slices: 16, rows: 16, columns: 16 };

export function sliceTensor({ name, shape, data }: NamedTensor): SlicedTensor {
  const columns = shape.at(-1) ?? 1;
  const rows = shape.length > 1 ? shape.at(-2)! : 1;
  const outer = shape.slice(0, -2);
  const count = outer.reduce((product, size) => product * size, 1);
  const drawn = {
    slices: Math.min(count, drawLimits.slices),
    rows: Math.min(rows, drawLimits.rows),
    columns: Math.min(columns, drawLimits.columns),
  };
  const slices = Array.from({ length: drawn.slices }, (_, slice): TensorSlice => {
    const place = outerPlace(slice, outer);
    const cells = Array.from({ length: drawn.rows }, (_, row) =>
      Array.from({ length: drawn.columns }, (_, column): SliceCell => {
        const index = (slice * rows + row) * columns + column;
        const indices = shape.length > 1 ? [...place, row, column] : [column];
        return { index, value: data[index]!, name: `${name}[${indices.join(', ')}]` };
      }),
    );
    return { label: place.length > 0 ? `[${place.join(', ')}]` : '', rows: cells };
  });
  return { slices, hidden: data.length - drawn.slices * drawn.rows * drawn.columns };
}

/** The indices of a slice's outer axes, row-major. */
function outerPlace(slice: number, outer: readonly number[]): number[] {
  const place: number[] = [];
  let rest = slice;
  for (const size of outer.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

/**
 * The common limit of the signed colours: the largest magnitude of all tensors, rounded up to a multiple of
 * 0.5.
 */
export function colourLimit(tensors: readonly { data: Iterable<number> }[]): number {
  let largest = 0;
  for (const { data } of tensors) {
    for (const value of data) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  }
  return largest === 0 ? 1 : Math.ceil(largest * 2) / 2;
}
