import type { Floats } from '../tensor/floats.ts';
import type { WasmProgram } from './program.ts';

export type KernelName = 'reference' | 'wasm-128' | 'wasm-256';

/**
 * Why no faster kernels compute. missing: there is no WebAssembly SIMD. wrong: it gives other numbers than the plain
 * loops. wide-wrong: 256 bits give other numbers. wide-slow: 256 bits are not faster here. null: nothing limits
 * them.
 */
export type KernelLimit = 'missing' | 'wrong' | 'wide-wrong' | 'wide-slow' | null;

/**
 * The matrix products, which take nearly all the time, and the memory in which they work. Everything else is plain
 * loops in the layer it belongs to. `x, xAt` means that the first of `rows` rows begins at index xAt of x; matrices
 * are row-major. Fast kernels ship only checked against reference.ts.
 */
export interface Kernels {
  readonly name: KernelName;
  /** Computes whole batches in one call (engine/training/fused.ts); null: the layers compute them step by step. */
  readonly program: WasmProgram | null;
  /**
   * Whether so much was computed since the last true answer that others should have a turn. Long work is written as
   * generators that yield where this is true, with the matrix products in pieces (pieces.ts).
   */
  pauseDue(): boolean;
  /** Allocates zeros in the memory that these kernels read. */
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
