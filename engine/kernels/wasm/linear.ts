/** y = x Wᵀ + b and its gradients. Each thread computes its share of the rows that it writes. */
import { gemm } from './gemm';
import { addFloats } from './loops';
import { packColumns, packTransposed, transpose4 } from './pack';
import { mayWait, shareFrom, shareTo } from './threads';

/** The same block of k as in gemm, so that packing changes no bits. */
const kBlock = 256;
const rowBlock = 96;
/**
 * Bytes of a row of packed gradients. It is not a power of two, so that rows do not evict each other from the cache.
 */
const packedRow = (kBlock + 8) << 2;

/** y = x Wᵀ + b; panels as packTransposed makes them of W, b is [O] or zeros. */
export function linear(y: usize, x: usize, panels: usize, b: usize, rows: i32, I: i32, O: i32): void {
  const from = shareFrom(rows, 6);
  const to = shareTo(rows, 6);
  const xRow = I << 2;
  const yRow = O << 2;
  gemm(y + from * yRow, yRow, b, 0, x + from * xRow, xRow, 4, panels, I << 6, 64, to - from, O, I);
}

/** dx += dy W; panels as packColumns makes them of W. */
export function linearInputGradient(dx: usize, dy: usize, panels: usize, rows: i32, I: i32, O: i32): void {
  const from = shareFrom(rows, 6);
  const to = shareTo(rows, 6);
  const at = dx + from * (I << 2);
  const dyRow = O << 2;
  gemm(at, I << 2, at, I << 2, dy + from * dyRow, dyRow, 4, panels, O << 6, 64, to - from, I, O);
}

/** Bytes of the packed gradients, which begin a thread's `packed`. */
const packedGradients: usize = rowBlock * packedRow;

/**
 * dw += dyᵀ x. Large products read x and dy from packed copies of 256 rows. `packed` is this thread's own buffer for
 * them: [96, 264] for dy, then [⌈I/16⌉, 256, 16] for x.
 */
export function linearWeightGradient(
  dw: usize, dy: usize, x: usize, rows: i32, I: i32, O: i32, packed: usize,
): void {
  const from = shareFrom(O, 6);
  const to = shareTo(O, 6);
  const xRow = I << 2;
  const dyRow = O << 2;
  if (rows < 64 || I < 64 || O < 64) {
    gemm(dw + from * xRow, xRow, dw + from * xRow, xRow, dy + (from << 2), 4, dyRow, x, 64, xRow, to - from, I, rows);
    return;
  }
  const inputs = packed + packedGradients;
  for (let k = 0; k < rows; k += kBlock) {
    const depth = min(kBlock, rows - k);
    packColumns(inputs, x + k * xRow, xRow, depth, I);
    for (let o = from; o < to; o += rowBlock) {
      const now = min(rowBlock, to - o);
      transpose(packed, packedRow, dy + k * dyRow + (o << 2), dyRow, depth, now);
      mayWait();
      const at = dw + o * xRow;
      gemm(at, xRow, at, xRow, packed, packedRow, 4, inputs, depth << 6, 64, now, I, depth);
    }
  }
}

/** db += the sum of dy's rows. */
export function linearBiasGradient(db: usize, dy: usize, rows: i32, O: i32): void {
  const from: usize = shareFrom(O, 16);
  const count = shareTo(O, 16) - <i32>from;
  for (let r = 0; r < rows; r++) addFloats(db + (from << 2), dy + (r * O << 2) + (from << 2), count);
}

/** to[c][r] = from[r][c]. */
export function transpose(to: usize, toRow: usize, from: usize, fromRow: usize, rows: i32, columns: i32): void {
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    let c = 0;
    for (; c + 4 <= columns; c += 4) {
      transpose4(to + c * toRow + (r << 2), toRow, from + r * fromRow + (c << 2), fromRow);
    }
    for (; c < columns; c++) {
      for (let i = r; i < r + 4; i++) store<f32>(to + c * toRow + (i << 2), load<f32>(from + i * fromRow + (c << 2)));
    }
  }
  for (; r < rows; r++) {
    for (let c = 0; c < columns; c++) store<f32>(to + c * toRow + (r << 2), load<f32>(from + r * fromRow + (c << 2)));
  }
}

/** Packs this thread's share of W [O, I] into panels for `linear`. */
export function packForOutput(panels: usize, w: usize, O: i32, I: i32): void {
  const from = shareFrom(O, 16);
  const to = shareTo(O, 16);
  packTransposed(panels + from * (I << 2), w + from * (I << 2), to - from, I);
}

/** Packs this thread's share of W [O, I] into panels for `linearInputGradient`. */
export function packForInput(panels: usize, w: usize, O: i32, I: i32): void {
  const from = shareFrom(I, 16);
  const to = shareTo(I, 16);
  packColumns(panels + from * (O << 2), w + (from << 2), I << 2, O, to - from);
}
