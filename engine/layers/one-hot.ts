import type { Floats } from '../tensor/floats.ts';

/**
 * The product of a one-hot input, for rows from … to − 1: W x + b with x = e_k is column k of W, plus b. Nothing is
 * multiplied.
 */
export function oneHotForward(
  y: Floats, // [N, O]
  tokens: Int32Array, // [N]
  w: Floats, // [O, I]
  b: Floats | null, // [O]
  from: number,
  to: number,
  I: number,
  O: number,
): void {
  for (let r = from; r < to; r++) {
    const k = tokens[r]!;
    const yr = r * O;
    for (let o = 0; o < O; o++) y[yr + o] = w[o * I + k]! + (b === null ? 0 : b[o]!);
  }
}

/** Adds row r of dy to column tokens[r] of dw, and to db, for rows from … to − 1. */
export function oneHotBackward(
  dw: Floats, // [O, I]
  db: Floats | null, // [O]
  tokens: Int32Array, // [N]
  dy: Floats, // [N, O]
  from: number,
  to: number,
  I: number,
  O: number,
): void {
  for (let r = from; r < to; r++) {
    const k = tokens[r]!;
    const yr = r * O;
    for (let o = 0; o < O; o++) {
      const d = dy[yr + o]!;
      dw[o * I + k]! += d;
      if (db !== null) db[o]! += d;
    }
  }
}
