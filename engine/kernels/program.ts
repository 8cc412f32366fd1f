/**
 * The WebAssembly module as the engine sees it. Types only, so that kernels and module need not import each other.
 */
import type { ThreadTeam } from './thread-team.ts';
import type { Struct, StructName } from './wasm-structs.ts';

/** The compiled module, after self-check.ts has checked it. */
export interface WasmModule {
  module: WebAssembly.Module;
  name: 'wasm-128' | 'wasm-256';
  /** Byte offset at which its constants end. */
  staticEnd: number;
}

/** Exports of wasm/training.ts. Addresses are byte offsets, booleans are 0 or 1. */
export interface WasmExports extends CheckFunctions {
  staticEnd: { value: number };
  start(index: number, count: number, shared: number, own: number, wide: number): void;
  pack(model: number, training: number): void;
  read(model: number, batch: number, fromInitialState: number): void;
  forward(model: number, batch: number, fromInitialState: number, dropped: number): number;
  trainBatch(training: number, batch: number, fromInitialState: number, dropped: number, lr: number): number;
  trainEpochs(
    training: number,
    batches: number,
    batchCount: number,
    epochs: number,
    windows: number,
    rates: number,
    records: number,
    recordBytes: number,
    shownRows: number,
    shown: number,
  ): number;
}

/** Exports of wasm/checks.ts. */
export interface CheckFunctions {
  exps(y: number, x: number, count: number): void;
  sigmoids(y: number, x: number, count: number): void;
  tanhs(y: number, x: number, count: number): void;
  tanhsOfSums(y: number, a: number, b: number, count: number): void;
  checkLinear(
    ...[y, x, w, b, panels, rows, I, O]: [number, number, number, number, number, number, number, number]
  ): void;
  checkInputGradient(
    ...[dx, dy, w, panels, rows, I, O]: [number, number, number, number, number, number, number]
  ): void;
  checkWeightGradient(
    dw: number,
    db: number,
    dy: number,
    x: number,
    packed: number,
    rows: number,
    I: number,
    O: number,
  ): void;
}

/** A run's memory and the module's functions on it. */
export interface WasmProgram {
  readonly functions: WasmExports;
  /** The threads that share the program's large calls; null: the caller makes all calls alone. */
  readonly team: ThreadTeam | null;
  /** Number of threads that need buffers of their own. */
  readonly threads: number;
  integers(length: number): Int32Array;
  doubles(length: number): Float64Array;
  /** Allocates `count` structs, one after another. */
  structs<S extends StructName>(name: S, count: number): Struct<S>[];
  /** Byte offset of a view of this memory; 0 for null or an empty view. */
  place(view: { byteOffset: number; length: number } | null): number;
}
