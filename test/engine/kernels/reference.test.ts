import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  finish,
  linearInPieces,
  linearWeightGradientInPieces,
  pieceSize,
} from '../../../engine/kernels/pieces.ts';
import { createReferenceKernels } from '../../../engine/kernels/reference.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';

function random(count: number, seed: number): Float64Array {
  const values = new Float64Array(count);
  createGenerator(seed).uniform(values, -1, 1);
  return values;
}

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 5 }),
  I: fc.integer({ min: 1, max: 70 }),
  O: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
});

describe('reference kernels', () => {
  const kernels = createReferenceKernels('float64');

  it('linear is x wᵀ + b at the places it is given', () => {
    fc.assert(
      fc.property(sizes, ({ rows, I, O, seed }) => {
        const [x, w, b] = [random(2 + rows * I, seed), random(O * I, seed + 1), random(O, seed + 2)];
        const y = new Float64Array(1 + rows * O);
        kernels.linear(y, 1, x, 2, w, b, rows, I, O);
        for (let r = 0; r < rows; r++) {
          for (let o = 0; o < O; o++) {
            let sum = b[o]!;
            for (let i = 0; i < I; i++) sum += x[2 + r * I + i]! * w[o * I + i]!;
            expect(y[1 + r * O + o]).toBeCloseTo(sum, 12);
          }
        }
        expect(y[0]).toBe(0);
      }),
    );
  });

  it('gradients add ∂(dy · y) to what is there', () => {
    fc.assert(
      fc.property(sizes, ({ rows, I, O, seed }) => {
        const [x, w, dy] = [random(rows * I, seed), random(O * I, seed + 1), random(rows * O, seed + 2)];
        const dx = new Float64Array(rows * I).fill(1);
        const dw = new Float64Array(O * I).fill(1);
        const db = new Float64Array(O).fill(1);
        kernels.linearInputGradient(dx, 0, dy, 0, w, rows, I, O);
        kernels.linearWeightGradient(dw, db, dy, x, rows, I, O, 0, O);
        for (let i = 0; i < I; i++) {
          let sum = 1;
          for (let o = 0; o < O; o++) sum += dy[o]! * w[o * I + i]!;
          expect(dx[i]).toBeCloseTo(sum, 12);
        }
        for (let o = 0; o < O; o++) {
          let [ofWeight, ofBias] = [1, 1];
          for (let r = 0; r < rows; r++) {
            ofWeight += dy[r * O + o]! * x[r * I]!;
            ofBias += dy[r * O + o]!;
          }
          expect(dw[o * I]).toBeCloseTo(ofWeight, 12);
          expect(db[o]).toBeCloseTo(ofBias, 12);
        }
      }),
    );
  });

  it('pieces give the same bits and pause in between', () => {
    const [rows, I, O] = [6, 1000, 2100];
    expect(rows * I * O).toBeGreaterThan(pieceSize);
    const [x, w] = [random(rows * I, 1), random(O * I, 2)];
    const [whole, pieces] = [new Float64Array(rows * O), new Float64Array(rows * O)];
    kernels.linear(whole, 0, x, 0, w, null, rows, I, O);
    let pauses = 0;
    for (const _ of linearInPieces(kernels, pieces, x, w, null, rows, I, O)) pauses++;
    expect(pieces).toEqual(whole);
    expect(pauses).toBeGreaterThan(0);

    const [dwWhole, dwPieces] = [new Float64Array(O * I), new Float64Array(O * I)];
    kernels.linearWeightGradient(dwWhole, null, whole, x, rows, I, O, 0, O);
    finish(linearWeightGradientInPieces(kernels, dwPieces, null, whole, x, rows, I, O));
    expect(dwPieces).toEqual(dwWhole);
  });
});
