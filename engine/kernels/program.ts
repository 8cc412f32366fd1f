/** The WebAssembly module as the engine sees it: types only, so that kernels and module need not import each other. */
import type { ThreadTeam } from './thread-team.ts';
import type { Struct, StructName } from './wasm-structs.ts';

/** The compiled module, as self-check.ts found it. */
export interface WasmModule {
  module: WebAssembly.Module;
  name: 'wasm-128' | 'wasm-256';
  /** Where its constants end. */
  staticEnd: number;
}

/** What wasm/training.ts exports; places are byte offsets, booleans 0 or 1. */
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

/** What wasm/checks.ts exports. */
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
  /** The threads that share its large calls; null: the caller makes all calls alone. */
  readonly team: ThreadTeam | null;
  /** How many threads need room of their own. */
  readonly threads: number;
  integers(length: number): Int32Array;
  doubles(length: number): Float64Array;
  /** `count` of them, one after another. */
  structs<S extends StructName>(name: S, count: number): Struct<S>[];
  /** Where a view of this memory begins; 0 where it is empty. */
  place(view: { byteOffset: number; length: number } | null): number;
}
