/** Plans an epoch's batches: which sequences, or which window of a text's streams, make up each batch. */
import { createPacking, type Packing, packEqual, packFalling } from '../tensor/packing.ts';
import type { Sequences } from './sequences.ts';

export interface BatchPlan {
  sequences: Sequences;
  batchesPerEpoch: number;
  /** B of every batch, except perhaps the last. */
  batchSize: number;
  /** Steps of a window, which covers all streams at once; null: batches of whole sequences. */
  window: number | null;
  /**
   * Whether a window continues from the state of the window before it; otherwise every window begins with the
   * initial state.
   */
  carriesState: boolean;
  /** Sizes of the largest batch: T, B, N. */
  steps: number;
  largestBatch: number;
  rows: number;
}

/** Plans batches of whole sequences; the last batch may be smaller. */
export function planSamples(sequences: Sequences, batchSize: number): BatchPlan {
  const lengths = Array.from({ length: sequences.count }, (_, s) => lengthOf(sequences, s));
  lengths.sort((a, b) => b - a);
  const largestBatch = Math.min(batchSize, sequences.count);
  return {
    sequences,
    batchesPerEpoch: Math.ceil(sequences.count / batchSize),
    batchSize,
    window: null,
    carriesState: false,
    steps: lengths[0] ?? 0,
    largestBatch,
    rows: lengths.slice(0, largestBatch).reduce((sum, length) => sum + length, 0),
  };
}

/** Plans windows of a text's streams, all streams side by side; the last window may be shorter. */
export function planWindows(streams: Sequences, sequenceLength: number, carriesState = true): BatchPlan {
  const length = lengthOf(streams, 0);
  const steps = Math.min(sequenceLength, length);
  return {
    sequences: streams,
    batchesPerEpoch: Math.ceil(length / sequenceLength),
    batchSize: streams.count,
    window: sequenceLength,
    carriesState,
    steps,
    largestBatch: streams.count,
    rows: steps * streams.count,
  };
}

function lengthOf({ starts }: Sequences, s: number): number {
  return starts[s + 1]! - starts[s]!;
}

/** One packed batch. Its buffers are made once, so that batches are loaded without allocating. */
export interface Batch {
  packing: Packing;
  tokens: Int32Array; // [N]
  targets: Int32Array; // [outputs]
  /** Index of each output's target among all targets. */
  places: Int32Array; // [outputs]
  /** N, or B where each sequence has one target. */
  outputs: number;
  /** Index of each of the batch's sequences. */
  chosen: Int32Array; // [B]
  lengths: Int32Array; // [B]
  countsByLength: Int32Array; // [T + 2]
}

/** A batch with room for every batch of these plans. */
export function createBatch(plans: readonly BatchPlan[]): Batch {
  const largest = (size: (plan: BatchPlan) => number) => Math.max(...plans.map(size));
  const rows = largest((plan) => plan.rows);
  const B = largest((plan) => plan.largestBatch);
  const T = largest((plan) => plan.steps);
  return {
    packing: createPacking(T),
    tokens: new Int32Array(rows),
    targets: new Int32Array(rows),
    places: new Int32Array(rows),
    outputs: 0,
    chosen: new Int32Array(B),
    lengths: new Int32Array(B),
    countsByLength: new Int32Array(T + 2),
  };
}

/** Loads batch k (from 0) of an epoch in which the sequences come in this order. */
export function loadBatch(batch: Batch, plan: BatchPlan, k: number, order: Int32Array): void {
  if (plan.window !== null) loadWindow(batch, plan, k * plan.window);
  else loadSequences(batch, plan, k * plan.batchSize, order);
}

function loadWindow(batch: Batch, { sequences, window }: BatchPlan, from: number): void {
  const { packing, tokens, targets, places } = batch;
  const B = sequences.count;
  const T = Math.min(window!, lengthOf(sequences, 0) - from);
  packEqual(packing, T, B);
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      const place = sequences.starts[b]! + from + t;
      tokens[t * B + b] = sequences.tokens[place]!;
      targets[t * B + b] = sequences.targets[place]!;
      places[t * B + b] = place;
    }
  }
  batch.outputs = packing.N;
}

function loadSequences(
  batch: Batch,
  { sequences, batchSize }: BatchPlan,
  from: number,
  order: Int32Array,
): void {
  const { packing, tokens, targets, places, chosen, lengths } = batch;
  const B = Math.min(batchSize, sequences.count - from);
  sortByLength(batch, sequences, order, from, B);
  packFalling(packing, lengths, B);
  const everyStep = sequences.targetEvery === 'step';
  for (let b = 0; b < B; b++) {
    const s = chosen[b]!;
    const start = sequences.starts[s]!;
    const targetStart = sequences.targetStarts[s]!;
    for (let t = 0; t < lengths[b]!; t++) {
      const row = packing.starts[t]! + b;
      tokens[row] = sequences.tokens[start + t]!;
      if (everyStep) {
        targets[row] = sequences.targets[targetStart + t]!;
        places[row] = targetStart + t;
      }
    }
    if (!everyStep) {
      targets[b] = sequences.targets[targetStart]!;
      places[b] = targetStart;
    }
  }
  batch.outputs = everyStep ? packing.N : B;
}

/**
 * Sorts sequences order[from … from + B − 1] by falling length; equal lengths keep their order (a counting sort,
 * which does not allocate).
 */
function sortByLength(batch: Batch, sequences: Sequences, order: Int32Array, from: number, B: number): void {
  const { chosen, lengths, countsByLength } = batch;
  const T = countsByLength.length - 2;
  countsByLength.fill(0);
  // Slot T − length + 1 counts the sequences of a length, so the running sums give the index at which each length
  // begins.
  for (let i = 0; i < B; i++) countsByLength[T - lengthOf(sequences, order[from + i]!) + 1]!++;
  for (let slot = 1; slot < T + 2; slot++) countsByLength[slot]! += countsByLength[slot - 1]!;
  for (let i = 0; i < B; i++) {
    const s = order[from + i]!;
    const length = lengthOf(sequences, s);
    const b = countsByLength[T - length]!++;
    chosen[b] = s;
    lengths[b] = length;
  }
}
