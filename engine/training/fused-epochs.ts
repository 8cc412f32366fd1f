/**
 * Many epochs in one call of the WebAssembly module, for trainings whose batches are the same in every epoch. All
 * batches stand ready in the module's memory. The module leaves a record of every epoch, from which the rows are
 * written afterwards.
 */
import { type BatchPlan, createBatch, loadBatch } from '../data/batches.ts';
import type { WasmProgram } from '../kernels/program.ts';
import type { Capacity } from '../layers/direction.ts';
import type { Model } from '../model/model.ts';
import { fillSlot, slotAt } from './batch-slot.ts';
import type { Bad, FusedCalls } from './fused-calls.ts';
import { type EpochMetrics, shownOutputs } from './metrics.ts';

export interface FusedEpochs {
  /** The most epochs of one call. */
  readonly most: number;
  /** Puts all batches into the module's memory; to be called before the first epochs. */
  makeReady(): void;
  /**
   * Trains `count` epochs with these learning rates. `done` counts the whole epochs; it is below `count` where a
   * batch diverges.
   */
  train(rates: Float64Array, count: number, clipGradNorm: number | null): { done: number; bad: Bad };
  /** The batch of the last call that diverged, from 0; `failedLoss` is the sum of its losses. */
  failedBatch(): number;
  failedLoss(): number;
  /**
   * Sets metrics to what they were after `batches` batches of epoch e of the last call; returns the gradient norm of
   * the epoch's last batch.
   */
  readRecord(metrics: EpochMetrics, e: number, batches: number): number;
}

/** Most rows of all batches together that are kept ready. */
const largestEpoch = 200_000;
const recordBytesInAll = 2 ** 18;
const mostEpochs = 4096;
/** f64 loss sum, f64 gradient norm, i32 right, padded to 8 bytes: wasm/training.ts. */
const headBytes = 24;

export function createFusedEpochs(
  program: WasmProgram,
  calls: FusedCalls,
  plan: BatchPlan,
  capacity: Capacity,
  model: Model,
): FusedEpochs | null {
  const { batchesPerEpoch: count, sequences } = plan;
  if (count * capacity.rows > largestEpoch) return null;
  const slots = program.structs('Batch', count).map((struct) => slotAt(program, struct, capacity));
  const outputs = sequences.targets.length;
  const V = model.sizes.outputSize;
  const firstOutputs = shownOutputs(sequences, V);
  // The module looks for the shown outputs in the first batch alone.
  if (firstOutputs > 0 && plan.window !== null && count > 1) return null;
  const shownRows = program.integers(firstOutputs);
  const recordBytes = Math.ceil((headBytes + 4 * (outputs + firstOutputs * V)) / 8) * 8;
  const most = Math.max(1, Math.min(mostEpochs, Math.floor(recordBytesInAll / recordBytes)));
  const records = program.doubles((most * recordBytes) / 8);
  const rates = program.doubles(most);
  const floats = new Float32Array(records.buffer, records.byteOffset, 2 * records.length);
  const integers = new Int32Array(records.buffer, records.byteOffset, 2 * records.length);
  /** Index of each recorded output's target among all targets, and of each batch's first output. */
  const places = new Int32Array(outputs);
  const batchStarts = new Int32Array(count + 1);
  function makeReady(): void {
    const batch = createBatch([plan]);
    const order = Int32Array.from({ length: sequences.count }, (_, s) => s);
    for (let k = 0; k < count; k++) {
      loadBatch(batch, plan, k, order);
      fillSlot(slots[k]!, batch);
      for (let r = 0; r < batch.outputs; r++) {
        const place = batch.places[r]!;
        places[batchStarts[k]! + r] = place;
        if (k === 0 && place < firstOutputs) shownRows[place] = r;
      }
      batchStarts[k + 1] = batchStarts[k]! + batch.outputs;
    }
  }

  return {
    most,
    makeReady,
    train(lr, epochs, clipGradNorm) {
      rates.set(lr.subarray(0, epochs));
      const done = program.functions.trainEpochs(
        calls.prepare(clipGradNorm),
        slots[0]!.struct.at,
        count,
        epochs,
        plan.carriesState ? 1 : 0,
        program.place(rates),
        program.place(records),
        recordBytes,
        program.place(shownRows),
        firstOutputs,
      );
      const bad = calls.finish(calls.status[0]!);
      return { done, bad };
    },
    failedBatch: () => calls.batch[0]!,
    failedLoss: () => calls.lossSum[0]!,
    readRecord(metrics, e, batches) {
      const at = (e * recordBytes) / 4;
      const end = batchStarts[batches]!;
      const { predicted, period, shown, probabilities } = metrics;
      metrics.lossSum = records[at / 2]!;
      metrics.right = integers[at + 4]!;
      metrics.tokens = end;
      for (let i = 0; i < end; i++) {
        const place = places[i]!;
        const inPeriod = place % period;
        if (inPeriod >= shown) continue;
        predicted[((place - inPeriod) / period) * shown + inPeriod] = integers[at + headBytes / 4 + i]!;
      }
      const first = at + recordBytes / 4 - firstOutputs * V;
      for (let i = 0; i < probabilities.length; i++) probabilities[i] = floats[first + i]!;
      return records[at / 2 + 1]!;
    },
  };
}
