/** Calls of the WebAssembly module that train: what a run passes to them and what they leave. */
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

/** What was not finite. A bad weight is still in place; the values before the update are in valuesBefore. */
export type Bad = 'loss' | 'norm' | 'weight' | null;

/** The parts of a run that exist before its fused part is made. */
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
  /** The training batches where they are the same in every epoch, else null. */
  fixedBatches: BatchPlan | null;
}

/** Indexed by the status numbers of wasm/training.ts. */
const bads: readonly Bad[] = [null, 'loss', 'norm', 'weight'];

/**
 * Prepares calls of the module and reads their outcome: settings go in before, counts of updates go in before and
 * come back after.
 */
export interface FusedCalls {
  packWeights(): void;
  /** To be called after the weights were changed from outside. */
  weightsChanged(): void;
  /** To be called before each call; returns the address of its Training struct. */
  prepare(clipGradNorm: number | null): number;
  /** To be called after each call with its status; returns what was not finite. */
  finish(status: number): Bad;
  lossSum: Int32Array | Float64Array; // [1]
  gradNorm: Int32Array | Float64Array; // [1]
  /** The status of the last batch of trainEpochs, and its number. */
  status: Int32Array | Float64Array; // [1]
  batch: Int32Array | Float64Array; // [1]
}

/** Makes the run's calls. `modelAt` is the address of the run's Model struct. */
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
