import type { Floats } from '../tensor/floats.ts';
import type { Kernels } from './kernels.ts';
import { pieceSize } from './pieces.ts';

/**
 * The kernels as plain loops. They are what a reader reads first, what the fast kernels are checked against, and
 * what computes where those are missing. Sums are kept in doubles and rounded once, when they are stored.
 */
export function createReferenceKernels(precision: 'float32' | 'float64' = 'float32'): Kernels {
  let sums = new Float64Array(64);
  let done = 0;

  /** One row of sums, set to zero. */
  function sumsOf(length: number): Float64Array {
    if (sums.length < length) sums = new Float64Array(length);
    for (let i = 0; i < length; i++) sums[i] = 0;
    return sums;
  }

  return {
    name: 'reference',
    program: null,

    pauseDue() {
      if (done < pieceSize) return false;
      done = 0;
      return true;
    },

    allocate: (length) => (precision === 'float32' ? new Float32Array(length) : new Float64Array(length)),

    linear(y, yAt, x, xAt, w, b, rows, I, O) {
      done += rows * I * O;
      for (let r = 0; r < rows; r++) {
        const xr = xAt + r * I;
        const yr = yAt + r * O;
        let o = 0;
        // Four sums at a time, each in its own order: a processor adds them side by side.
        for (; o + 4 <= O; o += 4) {
          const [w0, w1, w2, w3] = [o * I, (o + 1) * I, (o + 2) * I, (o + 3) * I];
          let s0 = b === null ? 0 : b[o]!;
          let s1 = b === null ? 0 : b[o + 1]!;
          let s2 = b === null ? 0 : b[o + 2]!;
          let s3 = b === null ? 0 : b[o + 3]!;
          for (let i = 0; i < I; i++) {
            const value = x[xr + i]!;
            s0 += value * w[w0 + i]!;
            s1 += value * w[w1 + i]!;
            s2 += value * w[w2 + i]!;
            s3 += value * w[w3 + i]!;
          }
          y[yr + o] = s0;
          y[yr + o + 1] = s1;
          y[yr + o + 2] = s2;
          y[yr + o + 3] = s3;
        }
        for (; o < O; o++) {
          const wo = o * I;
          let sum = b === null ? 0 : b[o]!;
          for (let i = 0; i < I; i++) sum += x[xr + i]! * w[wo + i]!;
          y[yr + o] = sum;
        }
      }
    },

    linearInputGradient(dx, dxAt, dy, dyAt, w, rows, I, O) {
      done += rows * I * O;
      for (let r = 0; r < rows; r++) {
        const row = sumsOf(I);
        for (let o = 0; o < O; o++) {
          const d = dy[dyAt + r * O + o]!;
          const wo = o * I;
          for (let i = 0; i < I; i++) row[i]! += d * w[wo + i]!;
        }
        const at = dxAt + r * I;
        for (let i = 0; i < I; i++) dx[at + i]! += row[i]!;
      }
    },

    linearWeightGradient(dw, db, dy, x, rows, I, O, from, to) {
      done += rows * I * (to - from);
      for (let o = from; o < to; o++) {
        const row = sumsOf(I);
        let bias = 0;
        for (let r = 0; r < rows; r++) {
          const d = dy[r * O + o]!;
          const xr = r * I;
          for (let i = 0; i < I; i++) row[i]! += d * x[xr + i]!;
          bias += d;
        }
        const at = o * I;
        for (let i = 0; i < I; i++) dw[at + i]! += row[i]!;
        if (db !== null) db[o]! += bias;
      }
    },
  };
}

/** Copies count values. It is a loop because `set` would need new views at every time step. */
export function copyValues(to: Floats, toAt: number, from: Floats, fromAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i]!;
}
