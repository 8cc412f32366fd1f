/**
 * A run's batches on the WebAssembly module: the same buffers as the layers', described to it by structs, and one
 * call a batch, or one for many epochs where nobody needs to look in between (fused-epochs.ts). The layers in
 * TypeScript say what is computed; here is only said where it stands.
 */
import type { Batch, BatchPlan } from '../data/batches.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { WasmProgram } from '../kernels/wasm.ts';
import type { Struct } from '../kernels/wasm-structs.ts';
import type { Capacity } from '../layers/direction.ts';
import { drawMask } from '../layers/dropout.ts';
import type { OptimizerSpec } from '../model/experiment.ts';
import type { Model } from '../model/model.ts';
import { describeModel, hasFusedCell } from '../model/wasm-model.ts';
import { elementCount, type Floats } from '../tensor/floats.ts';
import type { RandomGenerator } from '../tensor/random.ts';
import { createFusedEpochs, type FusedEpochs } from './fused-epochs.ts';
import { describeOptimizers } from './fused-optimizers.ts';
import type { PartOptimizer } from './run.ts';

export interface Fused {
  /** Logits, probabilities and predictions of a batch without dropout; gives the sum of the cross entropies. */
  forward(batch: Batch): Generator<void, number>;
  trainBatch(batch: Batch, settings: FusedSettings, dropout: RandomGenerator): Generator<void, FusedOutcome>;
  /** null where batches change from epoch to epoch, or are too many to be kept ready. */
  epochs: FusedEpochs | null;
}

export interface FusedSettings {
  fromInitialState: boolean;
  lr: number;
  clipGradNorm: number | null;
}

export interface FusedOutcome {
  bad: Bad;
  lossSum: number;
  gradNorm: number;
}

/** What was not finite. A bad weight is still in place, the values before it in valuesBefore. */
export type Bad = 'loss' | 'norm' | 'weight' | null;

/** What a run has made before its fused part. */
export interface FusedRun {
  kernels: Kernels;
  model: Model;
  optimizers: PartOptimizer[];
  optimizerSpec: OptimizerSpec;
  loss: 'mean' | 'sum';
  probabilities: Floats; // [outputs, V]
  predictions: Int32Array; // [outputs]
  valuesBefore: Floats; // [P]
  capacity: Capacity;
  /** The training batches where they are the same in each epoch. */
  fixedBatches: BatchPlan | null;
}

/** As wasm/training.ts numbers them. */
const bads: readonly Bad[] = [null, 'loss', 'norm', 'weight'];

/** null where the kernels have no such program, or the program not this cell. */
export function createFused(run: FusedRun): Fused | null {
  const { kernels, model, capacity } = run;
  const { program } = kernels;
  if (program === null || !hasFusedCell(model.recurrent.sizes.cell)) return null;
  const described = describeModel(program, model, run.probabilities, run.predictions, capacity);
  const calls = createCalls(program, run, described.at);
  const slot = createSlot(program, capacity);

  return {
    *forward(batch) {
      calls.packWeights();
      fillSlot(slot, batch);
      const [modelAt, batchAt] = [described.at, slot.struct.at];
      if (program.team !== null) return yield* program.team.forward(modelAt, batchAt);
      return program.functions.forward(modelAt, batchAt, 1, 0);
    },
    *trainBatch(batch, settings, dropout) {
      fillSlot(slot, batch);
      const drops = drawMasks(model, batch.packing.N, dropout) ? 1 : 0;
      const fromInitialState = settings.fromInitialState ? 1 : 0;
      const training = calls.prepare(settings.clipGradNorm);
      const [batchAt, { lr }] = [slot.struct.at, settings];
      const status =
        program.team === null
          ? program.functions.trainBatch(training, batchAt, fromInitialState, drops, lr)
          : yield* program.team.trainBatch(training, batchAt, fromInitialState, drops, lr);
      return { bad: calls.finish(status), lossSum: calls.lossSum[0]!, gradNorm: calls.gradNorm[0]! };
    },
    epochs:
      run.fixedBatches === null ? null : createFusedEpochs(program, calls, run.fixedBatches, capacity, model),
  };
}

/** Calls of the module with what surrounds each: settings before, the count of updates before and after. */
export interface FusedCalls {
  packWeights(): void;
  /** Before a call; gives the place of its Training struct. */
  prepare(clipGradNorm: number | null): number;
  /** After it, with its status. */
  finish(status: number): Bad;
  lossSum: Int32Array | Float64Array; // [1]
  gradNorm: Int32Array | Float64Array; // [1]
  /** Of the last batch of trainEpochs, and which it was. */
  status: Int32Array | Float64Array; // [1]
  batch: Int32Array | Float64Array; // [1]
}

function createCalls(program: WasmProgram, run: FusedRun, modelAt: number): FusedCalls {
  const optimizers = describeOptimizers(program, run.optimizerSpec, run.optimizers);
  const training = describeTraining(program, run, modelAt, optimizers[0]!.at);
  const steps = optimizers.map((optimizer) => optimizer.field('steps'));
  const [clip, badFlag] = [training.field('clipGradNorm'), training.field('bad')];
  let packed = false;

  function packWeights(): void {
    if (!packed) program.functions.pack(modelAt, 1);
    packed = true;
  }

  return {
    packWeights,
    prepare(clipGradNorm) {
      packWeights();
      clip[0] = clipGradNorm ?? 0;
      badFlag[0] = 0;
      for (let i = 0; i < steps.length; i++) steps[i]![0] = run.optimizers[i]!.optimizer.steps;
      return training.at;
    },
    finish(status) {
      const bad = bads[status]!;
      for (let i = 0; i < steps.length; i++) run.optimizers[i]!.optimizer.steps = steps[i]![0]!;
      if (bad === 'weight') packed = false;
      return bad;
    },
    lossSum: training.field('lossSum'),
    gradNorm: training.field('gradNorm'),
    status: training.field('status'),
    batch: training.field('batch'),
  };
}

function describeTraining(
  program: WasmProgram,
  { model, loss, valuesBefore }: FusedRun,
  modelAt: number,
  optimizersAt: number,
): Struct<'Training'> {
  const { place } = program;
  const { values, gradients } = model.parameters;
  const P = model.parameters.entries.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const [training] = program.structs('Training', 1) as [Struct<'Training'>];
  training.set({
    ...{ P, mean: loss === 'mean' ? 1 : 0, model: modelAt, optimizers: optimizersAt },
    ...{ values: place(values), valuesBefore: place(valuesBefore), gradients: place(gradients) },
    partialNorms: place(program.doubles(Math.ceil(P / 4096))),
  });
  return training;
}

/** A batch in the module's memory. */
export interface Slot {
  struct: Struct<'Batch'>;
  sizes: (Int32Array | Float64Array)[]; // T, B, N, outputs
  starts: Int32Array; // [T + 1]
  tokens: Int32Array; // [N]
  targets: Int32Array; // [outputs]
}

function createSlot(program: WasmProgram, capacity: Capacity): Slot {
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

/** The masks of a training pass, in the order in which the layers draw them; false where there is no dropout. */
function drawMasks({ recurrent }: Model, N: number, dropout: RandomGenerator): boolean {
  const { D, H, L, dropout: p } = recurrent.sizes;
  if (p === 0) return false;
  for (let l = 0; l < L - 1; l++) drawMask(recurrent.layers[l]!.mask, p, dropout, N * D * H);
  return true;
}
