/** Calls of the WebAssembly module that train: what a run gives it, and what it leaves. */
import type { BatchPlan } from '../data/batches.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { WasmProgram } from '../kernels/program.ts';
import type { Struct } from '../kernels/wasm-structs.ts';
import type { Capacity } from '../layers/direction.ts';
import type { OptimizerSpec } from '../model/experiment.ts';
import type { Model } from '../model/model.ts';
import { elementCount, type Floats } from '../tensor/floats.ts';
import { describeOptimizers } from './fused-optimizers.ts';
import type { PartOptimizer } from './part-optimizers.ts';

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

/** The numbers that wasm/training.ts gives them. */
const bads: readonly Bad[] = [null, 'loss', 'norm', 'weight'];

/** Calls of the module with what surrounds each: settings before, the count of updates before and after. */
export interface FusedCalls {
  packWeights(): void;
  /** After the weights were changed from outside. */
  weightsChanged(): void;
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

/** `modelAt`: the place of the run's Model struct. */
export function createCalls(program: WasmProgram, run: FusedRun, modelAt: number): FusedCalls {
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
    weightsChanged() {
      packed = false;
    },
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
