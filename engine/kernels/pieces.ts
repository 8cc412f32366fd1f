/**
 * The three matrix products in pieces of about ten milliseconds on the plain loops, so that a run of any size can be
 * interrupted. The generators yield when others should have a turn. The division into pieces changes no bit of the
 * result.
 */
import type { Floats } from '../tensor/floats.ts';
import type { Kernels } from './kernels.ts';

/** Multiply-adds of one piece. */
export const pieceSize = 10_000_000;

/** Rows (or outputs) that make up a piece, where each costs `cost` multiply-adds. */
export function perPiece(cost: number): number {
  return Math.max(1, Math.floor(pieceSize / cost));
}

export function* linearInPieces(
  kernels: Kernels,
  y: Floats, // [rows, O]
  x: Floats, // [rows, I]
  w: Floats, // [O, I]
  b: Floats | null, // [O]
  rows: number,
  I: number,
  O: number,
): Generator<void> {
  const piece = perPiece(I * O);
  for (let r = 0; r < rows; r += piece) {
    kernels.linear(y, r * O, x, r * I, w, b, Math.min(piece, rows - r), I, O);
    if (kernels.pauseDue()) yield;
  }
}

export function* linearInputGradientInPieces(
  kernels: Kernels,
  dx: Floats, // [rows, I]
  dy: Floats, // [rows, O]
  w: Floats, // [O, I]
  rows: number,
  I: number,
  O: number,
): Generator<void> {
  const piece = perPiece(I * O);
  for (let r = 0; r < rows; r += piece) {
    kernels.linearInputGradient(dx, r * I, dy, r * O, w, Math.min(piece, rows - r), I, O);
    if (kernels.pauseDue()) yield;
  }
}

export function* linearWeightGradientInPieces(
  kernels: Kernels,
  dw: Floats, // [O, I]
  db: Floats | null, // [O]
  dy: Floats, // [rows, O]
  x: Floats, // [rows, I]
  rows: number,
  I: number,
  O: number,
): Generator<void> {
  const piece = perPiece(rows * I);
  for (let from = 0; from < O; from += piece) {
    kernels.linearWeightGradient(dw, db, dy, x, rows, I, O, from, Math.min(from + piece, O));
    if (kernels.pauseDue()) yield;
  }
}

/** Runs interruptible work to its end without a break. */
export function finish<T>(work: Generator<void, T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}
