/**
 * Trains a run's batches on the WebAssembly module. The module uses the same buffers as the layers, described to it
 * by structs, in one call per batch, or one call for many epochs where nobody needs to look in between
 * (fused-epochs.ts). The layers in TypeScript define what is computed; this file only says where it stands.
 */
import type { Batch } from '../data/batches.ts';
import { drawMask } from '../layers/dropout.ts';
import type { Model } from '../model/model.ts';
import { describeModel, hasFusedCell } from '../model/wasm-model.ts';
import type { RandomGenerator } from '../tensor/random.ts';
import { createSlot, fillSlot } from './batch-slot.ts';
import { type Bad, createCalls, type FusedRun } from './fused-calls.ts';
import { createFusedEpochs, type FusedEpochs } from './fused-epochs.ts';

export interface Fused {
  /**
   * Computes logits, probabilities and predictions of a batch without dropout; returns the sum of the cross
   * entropies.
   */
  forward(batch: Batch, fromInitialState: boolean): Generator<void, number>;
  trainBatch(batch: Batch, settings: FusedSettings, dropout: RandomGenerator): Generator<void, FusedOutcome>;
  /** To be called after the weights were changed from outside. */
  weightsChanged(): void;
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

/** Makes the fused part of a run; null where the kernels have no such program, or the program lacks this cell. */
export function createFused(run: FusedRun): Fused | null {
  const { kernels, model, capacity } = run;
  const { program } = kernels;
  if (program === null || !hasFusedCell(model.recurrent.sizes.cell)) return null;
  const described = describeModel(program, model, run.probabilities, run.predictions, capacity);
  const calls = createCalls(program, run, described.at);
  const slot = createSlot(program, capacity);

  return {
    *forward(batch, startsAfresh) {
      calls.packWeights();
      fillSlot(slot, batch);
      const [modelAt, batchAt] = [described.at, slot.struct.at];
      const fromInitialState = startsAfresh ? 1 : 0;
      if (program.team !== null) return yield* program.team.forward(modelAt, batchAt, fromInitialState);
      return program.functions.forward(modelAt, batchAt, fromInitialState, 0);
    },
    weightsChanged: calls.weightsChanged,
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

/**
 * Draws the masks of a training pass, in the order in which the layers draw them; false where there is no dropout.
 */
function drawMasks({ recurrent }: Model, N: number, dropout: RandomGenerator): boolean {
  const { D, H, L, dropout: p } = recurrent.sizes;
  if (p === 0) return false;
  for (let l = 0; l < L - 1; l++) drawMask(recurrent.layers[l]!.mask, p, dropout, N * D * H);
  return true;
}
