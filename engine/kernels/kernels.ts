import type { Floats } from '../tensor/floats.ts';
import type { WasmProgram } from './program.ts';

export type KernelName = 'reference' | 'wasm-128' | 'wasm-256';

/**
 * What keeps faster kernels from computing: WebAssembly SIMD is not there, or gives other numbers than the plain
 * loops; 256 bits give other numbers, or are not faster here. null: nothing.
 */
export type KernelLimit = 'missing' | 'wrong' | 'wide-wrong' | 'wide-slow' | null;

/**
 * The matrix products that nearly all the time goes into, and the memory they work in. Everything else is plain
 * loops in the layer it belongs to. `x, xAt` is the place in x where the first of `rows` rows stands; matrices are
 * row-major. A fast set of kernels ships only checked against reference.ts.
 */
export interface Kernels {
  readonly name: KernelName;
  /** Whole batches in one call (engine/training/fused.ts); null: the layers compute them step by step. */
  readonly program: WasmProgram | null;
  /**
   * Whether so much was computed since it last said yes that others should have a turn. Long work is written as
   * generators that yield where this says so, with the matrix products in pieces (pieces.ts).
   */
  pauseDue(): boolean;
  /** Zeros, in the memory that these kernels read. */
  allocate(length: number): Floats;
  /** y = x wᵀ + b; b null adds nothing. */
  linear(
    y: Floats, // [rows, O]
    yAt: number,
    x: Floats, // [rows, I]
    xAt: number,
    w: Floats, // [O, I]
    b: Floats | null, // [O]
    rows: number,
    I: number,
    O: number,
  ): void;
  /** dx += dy w: the gradient of `linear` at x. */
  linearInputGradient(
    dx: Floats, // [rows, I]
    dxAt: number,
    dy: Floats, // [rows, O]
    dyAt: number,
    w: Floats, // [O, I]
    rows: number,
    I: number,
    O: number,
  ): void;
  /** dw += dyᵀ x, db += Σ rows of dy, for outputs from … to − 1: the gradients of `linear` at w and b. */
  linearWeightGradient(
    dw: Floats, // [O, I]
    db: Floats | null, // [O]
    dy: Floats, // [rows, O]
    x: Floats, // [rows, I]
    rows: number,
    I: number,
    O: number,
    from: number,
    to: number,
  ): void;
}
