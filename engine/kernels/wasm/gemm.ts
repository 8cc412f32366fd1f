/**
 * C = start + A·B, in tiles of up to 6 rows and 16 columns whose sums stay in registers. B is read in panels of 16
 * columns. Every element is summed over k in order, in blocks of 256, so its bits do not depend on the tiles or on
 * how rows are shared among threads.
 */
import { multiplyAdd } from './lanes';

/** Bytes of a row of a panel: 16 columns. */
const panelRow = 64;
const kBlock = 256;
/** Rows of A that stay in the second-level cache while the panels of B pass. */
const rowBlock = 96;

/** Rows of a tile: 6 where pairs of vectors become one of 256 bits; else 2, as many as 16 registers hold. */
let tileRows = 2;
/** This thread's buffer for a tile that overhangs C on the right: [6, 16]. */
let overhang: usize = 0;

export function setTileRows(rows: i32): void {
  tileRows = rows;
}
export function setOverhang(at: usize): void {
  overhang = at;
}

/** Computes C[rows, 16]. All loads of C come before all stores; otherwise V8 cannot pair them. */
@inline function tile(
  rows: i32, c: usize, cRow: usize, start: usize, startRow: usize,
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, K: i32,
): void {
  let c00 = v128.load(start), c01 = v128.load(start, 16), c02 = v128.load(start, 32), c03 = v128.load(start, 48);
  let c10 = c00, c11 = c01, c12 = c02, c13 = c03;
  let c20 = c00, c21 = c01, c22 = c02, c23 = c03;
  let c30 = c00, c31 = c01, c32 = c02, c33 = c03;
  let c40 = c00, c41 = c01, c42 = c02, c43 = c03;
  let c50 = c00, c51 = c01, c52 = c02, c53 = c03;
  if (rows > 1) {
    start += startRow;
    c10 = v128.load(start); c11 = v128.load(start, 16); c12 = v128.load(start, 32); c13 = v128.load(start, 48);
  }
  if (rows > 2) {
    start += startRow;
    c20 = v128.load(start); c21 = v128.load(start, 16); c22 = v128.load(start, 32); c23 = v128.load(start, 48);
  }
  if (rows > 3) {
    start += startRow;
    c30 = v128.load(start); c31 = v128.load(start, 16); c32 = v128.load(start, 32); c33 = v128.load(start, 48);
  }
  if (rows > 4) {
    start += startRow;
    c40 = v128.load(start); c41 = v128.load(start, 16); c42 = v128.load(start, 32); c43 = v128.load(start, 48);
  }
  if (rows > 5) {
    start += startRow;
    c50 = v128.load(start); c51 = v128.load(start, 16); c52 = v128.load(start, 32); c53 = v128.load(start, 48);
  }
  let a0 = a, a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
  for (; K > 0; K--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    b += bStep;
    let x = v128.load32_splat(a0);
    a0 += aStep;
    c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01); c02 = multiplyAdd(x, b2, c02); c03 = multiplyAdd(x, b3, c03);
    if (rows > 1) {
      x = v128.load32_splat(a1);
      a1 += aStep;
      c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11); c12 = multiplyAdd(x, b2, c12); c13 = multiplyAdd(x, b3, c13);
    }
    if (rows > 2) {
      x = v128.load32_splat(a2);
      a2 += aStep;
      c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21); c22 = multiplyAdd(x, b2, c22); c23 = multiplyAdd(x, b3, c23);
    }
    if (rows > 3) {
      x = v128.load32_splat(a3);
      a3 += aStep;
      c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31); c32 = multiplyAdd(x, b2, c32); c33 = multiplyAdd(x, b3, c33);
    }
    if (rows > 4) {
      x = v128.load32_splat(a4);
      a4 += aStep;
      c40 = multiplyAdd(x, b0, c40); c41 = multiplyAdd(x, b1, c41); c42 = multiplyAdd(x, b2, c42); c43 = multiplyAdd(x, b3, c43);
    }
    if (rows > 5) {
      x = v128.load32_splat(a5);
      a5 += aStep;
      c50 = multiplyAdd(x, b0, c50); c51 = multiplyAdd(x, b1, c51); c52 = multiplyAdd(x, b2, c52); c53 = multiplyAdd(x, b3, c53);
    }
  }
  storeRow(c, c00, c01, c02, c03);
  if (rows > 1) storeRow((c += cRow), c10, c11, c12, c13);
  if (rows > 2) storeRow((c += cRow), c20, c21, c22, c23);
  if (rows > 3) storeRow((c += cRow), c30, c31, c32, c33);
  if (rows > 4) storeRow((c += cRow), c40, c41, c42, c43);
  if (rows > 5) storeRow((c += cRow), c50, c51, c52, c53);
}

@inline function storeRow(c: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  v128.store(c, v0); v128.store(c, v1, 16); v128.store(c, v2, 32); v128.store(c, v3, 48);
}

function tile6(c: usize, cRow: usize, s: usize, sRow: usize, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, K: i32): void {
  tile(6, c, cRow, s, sRow, a, aRow, aStep, b, bStep, K);
}
function tile4(c: usize, cRow: usize, s: usize, sRow: usize, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, K: i32): void {
  tile(4, c, cRow, s, sRow, a, aRow, aStep, b, bStep, K);
}
function tile2(c: usize, cRow: usize, s: usize, sRow: usize, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, K: i32): void {
  tile(2, c, cRow, s, sRow, a, aRow, aStep, b, bStep, K);
}
function tile1(c: usize, cRow: usize, s: usize, sRow: usize, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, K: i32): void {
  tile(1, c, cRow, s, sRow, a, aRow, aStep, b, bStep, K);
}

/**
 * Computes C[1, 64]. A single row cannot share loads of B with other rows, and needs more sums under way than 16
 * columns give.
 */
function rowOf64(c: usize, s: usize, a: usize, aStep: usize, b: usize, bPanel: usize, bStep: usize, K: i32): void {
  let p0 = b, p1 = p0 + bPanel, p2 = p1 + bPanel, p3 = p2 + bPanel;
  let c00 = v128.load(s), c01 = v128.load(s, 16), c02 = v128.load(s, 32), c03 = v128.load(s, 48);
  let c10 = v128.load(s, 64), c11 = v128.load(s, 80), c12 = v128.load(s, 96), c13 = v128.load(s, 112);
  let c20 = v128.load(s, 128), c21 = v128.load(s, 144), c22 = v128.load(s, 160), c23 = v128.load(s, 176);
  let c30 = v128.load(s, 192), c31 = v128.load(s, 208), c32 = v128.load(s, 224), c33 = v128.load(s, 240);
  for (; K > 0; K--) {
    const x = v128.load32_splat(a);
    a += aStep;
    c00 = multiplyAdd(x, v128.load(p0), c00);
    c01 = multiplyAdd(x, v128.load(p0, 16), c01);
    c02 = multiplyAdd(x, v128.load(p0, 32), c02);
    c03 = multiplyAdd(x, v128.load(p0, 48), c03);
    p0 += bStep;
    c10 = multiplyAdd(x, v128.load(p1), c10);
    c11 = multiplyAdd(x, v128.load(p1, 16), c11);
    c12 = multiplyAdd(x, v128.load(p1, 32), c12);
    c13 = multiplyAdd(x, v128.load(p1, 48), c13);
    p1 += bStep;
    c20 = multiplyAdd(x, v128.load(p2), c20);
    c21 = multiplyAdd(x, v128.load(p2, 16), c21);
    c22 = multiplyAdd(x, v128.load(p2, 32), c22);
    c23 = multiplyAdd(x, v128.load(p2, 48), c23);
    p2 += bStep;
    c30 = multiplyAdd(x, v128.load(p3), c30);
    c31 = multiplyAdd(x, v128.load(p3, 16), c31);
    c32 = multiplyAdd(x, v128.load(p3, 32), c32);
    c33 = multiplyAdd(x, v128.load(p3, 48), c33);
    p3 += bStep;
  }
  storeRow(c, c00, c01, c02, c03);
  storeRow(c + 64, c10, c11, c12, c13);
  storeRow(c + 128, c20, c21, c22, c23);
  storeRow(c + 192, c30, c31, c32, c33);
}

/** Computes C[rows, 16] for any number of rows. */
function column(
  rows: i32, c: usize, cRow: usize, s: usize, sRow: usize,
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, K: i32,
): void {
  while (rows > 0) {
    // 8 rows are two tiles of 4: a tile of 2 keeps too few sums under way.
    const now = tileRows == 6 && rows >= 4 ? (rows >= 6 && rows != 8 ? 6 : 4) : rows >= 2 ? 2 : 1;
    if (now == 6) tile6(c, cRow, s, sRow, a, aRow, aStep, b, bStep, K);
    else if (now == 4) tile4(c, cRow, s, sRow, a, aRow, aStep, b, bStep, K);
    else if (now == 2) tile2(c, cRow, s, sRow, a, aRow, aStep, b, bStep, K);
    else tile1(c, cRow, s, sRow, a, aRow, aStep, b, bStep, K);
    c += now * cRow;
    s += now * sRow;
    a += now * aRow;
    rows -= now;
  }
}

/**
 * C[m, n] = start[m, n] + Σₖ A[m, k] B[k, n]. Steps between elements are in bytes: A[m, k] is at a + m·aRow +
 * k·aStep, and the 16 columns of panel p at k are at b + p·bPanel + k·bStep. Reads up to 15 values past the last
 * column.
 */
export function gemm(
  c: usize, cRow: usize, start: usize, startRow: usize,
  a: usize, aRow: usize, aStep: usize, b: usize, bPanel: usize, bStep: usize, M: i32, N: i32, K: i32,
): void {
  for (let k = 0; k < K; k += kBlock) {
    const depth = min(kBlock, K - k);
    for (let m = 0; m < M; m += rowBlock) {
      const rows = min(rowBlock, M - m);
      const am = a + m * aRow + k * aStep;
      let n = 0;
      if (rows == 1) {
        for (; n + 64 <= N; n += 64) {
          const at = n << 2;
          rowOf64(c + m * cRow + at, start + m * startRow + at, am, aStep, b + (n >> 4) * bPanel + k * bStep, bPanel, bStep, depth);
        }
      }
      for (; n < N; n += 16) {
        const s = start + m * startRow + (n << 2);
        const bn = b + (n >> 4) * bPanel + k * bStep;
        const cn = c + m * cRow + (n << 2);
        if (n + 16 <= N) column(rows, cn, cRow, s, startRow, am, aRow, aStep, bn, bStep, depth);
        else columnOverhanging(N - n, rows, cn, cRow, s, startRow, am, aRow, aStep, bn, bStep, depth);
      }
    }
    start = c;
    startRow = cRow;
  }
}

/** Computes the last columns, fewer than 16, through the `overhang` buffer. */
function columnOverhanging(
  columns: i32, rows: i32, c: usize, cRow: usize, s: usize, sRow: usize,
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, K: i32,
): void {
  for (let m = 0; m < rows; m += 6) {
    const now = min(6, rows - m);
    column(now, overhang, panelRow, s + m * sRow, sRow, a + m * aRow, aRow, aStep, b, bStep, K);
    for (let r = 0; r < now; r++) {
      const from = overhang + r * panelRow;
      const to = c + (m + r) * cRow;
      for (let i = 0; i < columns; i++) store<f32>(to + (i << 2), load<f32>(from + (i << 2)));
    }
  }
}
