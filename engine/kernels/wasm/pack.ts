/** Copies matrices into the order in which gemm reads them: panels of 16 columns, [⌈N/16⌉, K, 16]. */

/** Packs B = Wᵀ for y = x Wᵀ. W is [O, I]; columns past O are zero. */
export function packTransposed(panels: usize, w: usize, O: i32, I: i32): void {
  const row: usize = I << 2;
  for (let o = 0; o < O; o += 16) {
    const columns = min(16, O - o);
    const from = w + o * row;
    let k = 0;
    if (columns == 16) {
      for (; k + 4 <= I; k += 4) {
        for (let j = 0; j < 4; j++) {
          transpose4(panels + (k << 6) + (j << 4), 64, from + j * 4 * row + (k << 2), row);
        }
      }
    }
    for (; k < I; k++) {
      for (let j = 0; j < 16; j++) {
        const value = j < columns ? load<f32>(from + j * row + (k << 2)) : 0;
        store<f32>(panels + (k << 6) + (j << 2), value);
      }
    }
    panels += I << 6;
  }
}

/** to[k][j] = from[j][k] for a 4 × 4 block. */
@inline export function transpose4(to: usize, toRow: usize, from: usize, fromRow: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + fromRow);
  const r2 = v128.load(from + 2 * fromRow);
  const r3 = v128.load(from + 3 * fromRow);
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(a, b, 0, 1, 4, 5));
  v128.store(to + toRow, v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  v128.store(to + 2 * toRow, v128.shuffle<f32>(c, d, 0, 1, 4, 5));
  v128.store(to + 3 * toRow, v128.shuffle<f32>(c, d, 2, 3, 6, 7));
}

/** Packs B as it stands. b is [K, N], its rows `row` bytes apart; columns past N are zero. */
export function packColumns(panels: usize, b: usize, row: usize, K: i32, N: i32): void {
  for (let n = 0; n < N; n += 16) {
    const columns = min(16, N - n);
    for (let k = 0; k < K; k++) {
      const from = b + k * row + (n << 2);
      if (columns == 16) {
        v128.store(panels, v128.load(from));
        v128.store(panels, v128.load(from, 16), 16);
        v128.store(panels, v128.load(from, 32), 32);
        v128.store(panels, v128.load(from, 48), 48);
      } else {
        for (let j = 0; j < 16; j++) {
          store<f32>(panels + (j << 2), j < columns ? load<f32>(from + (j << 2)) : 0);
        }
      }
      panels += 64;
    }
  }
}
