/** Places a batch where the WebAssembly module reads it. */
import type { Batch } from '../data/batches.ts';
import type { WasmProgram } from '../kernels/program.ts';
import type { Struct } from '../kernels/wasm-structs.ts';
import type { Capacity } from '../layers/direction.ts';

/** A batch in the module's memory: its struct and the arrays that the struct points to. */
export interface Slot {
  struct: Struct<'Batch'>;
  sizes: (Int32Array | Float64Array)[]; // T, B, N, outputs
  starts: Int32Array; // [T + 1]
  tokens: Int32Array; // [N]
  targets: Int32Array; // [outputs]
}

export function createSlot(program: WasmProgram, capacity: Capacity): Slot {
  const [struct] = program.structs('Batch', 1) as [Struct<'Batch'>];
  return slotAt(program, struct, capacity);
}

export function slotAt(program: WasmProgram, struct: Struct<'Batch'>, { steps, rows }: Capacity): Slot {
  const [starts, tokens, targets] = [steps + 1, rows, rows].map(program.integers) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const { place } = program;
  struct.set({ starts: place(starts), tokens: place(tokens), targets: place(targets) });
  const sizes = (['T', 'B', 'N', 'outputs'] as const).map((name) => struct.field(name));
  return { struct, sizes, starts, tokens, targets };
}

export function fillSlot({ sizes, starts, tokens, targets }: Slot, batch: Batch): void {
  const { T, B, N } = batch.packing;
  const [ofT, ofB, ofN, ofOutputs] = sizes as [Int32Array, Int32Array, Int32Array, Int32Array];
  ofT[0] = T;
  ofB[0] = B;
  ofN[0] = N;
  ofOutputs[0] = batch.outputs;
  for (let t = 0; t <= T; t++) starts[t] = batch.packing.starts[t]!;
  for (let r = 0; r < N; r++) tokens[r] = batch.tokens[r]!;
  for (let r = 0; r < batch.outputs; r++) targets[r] = batch.targets[r]!;
}
