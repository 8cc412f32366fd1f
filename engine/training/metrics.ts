/** An epoch's metrics, gathered batch by batch from its forward passes. */
import type { Batch } from '../data/batches.ts';
import type { Sequences } from '../data/sequences.ts';
import { joinTokens } from '../data/tokens.ts';
import type { SequenceDataset } from '../model/experiment.ts';
import type { Floats } from '../tensor/floats.ts';

/** The most probabilities of the first sample that a row holds. */
const probabilityLimit = 256;

/**
 * About the most predicted tokens in a row of a long text: the row shows only the beginning of each stream. Strings
 * of samples are always whole.
 */
const textPredictionLimit = 10_000;

export interface EpochMetrics {
  /** Sum of the cross entropies of all tokens so far. */
  lossSum: number;
  tokens: number;
  right: number;
  /**
   * Predicted tokens, string after string; string s is predicted[stringStarts[s]] up to, not including,
   * predicted[stringStarts[s + 1]].
   */
  predicted: Int32Array;
  stringStarts: Int32Array;
  /** Of every `period` targets, the first `shown` are kept in `predicted`. */
  period: number;
  shown: number;
  /** The first sample's probabilities; empty where they are more than a row holds. */
  probabilities: Floats; // [T, V]
}

export function createMetrics(sequences: Sequences, isText: boolean, V: number): EpochMetrics {
  const all = sequences.targets.length;
  const period = isText ? sequences.targetStarts[1]! : all;
  const shown = isText ? Math.min(period, Math.ceil(textPredictionLimit / sequences.count)) : all;
  return {
    lossSum: 0,
    tokens: 0,
    right: 0,
    predicted: new Int32Array((all / period) * shown),
    stringStarts: isText ? sequences.targetStarts.map((_, s) => s * shown) : sequences.targetStarts,
    period,
    shown,
    probabilities: new Float32Array(shownOutputs(sequences, V) * V),
  };
}

/** Count of the first sequence's outputs, whose probabilities a row shows; 0 where they are too many. */
export function shownOutputs({ targetStarts }: Sequences, V: number): number {
  const outputs = targetStarts[1] ?? 0;
  return outputs * V <= probabilityLimit ? outputs : 0;
}

export function startMetrics(metrics: EpochMetrics): void {
  metrics.lossSum = 0;
  metrics.tokens = 0;
  metrics.right = 0;
}

/** Adds a batch's loss, predictions and probabilities. */
export function addBatch(
  metrics: EpochMetrics,
  batch: Batch,
  lossSum: number,
  predictions: Int32Array, // [outputs]
  probabilities: Floats, // [outputs, V]
  V: number,
): void {
  const { targets, places, outputs } = batch;
  const { predicted, period, shown } = metrics;
  const first = metrics.probabilities;
  for (let r = 0; r < outputs; r++) {
    const best = predictions[r]!;
    const place = places[r]!;
    if (best === targets[r]) metrics.right++;
    const inPeriod = place % period;
    if (inPeriod < shown) predicted[((place - inPeriod) / period) * shown + inPeriod] = best;
    if (place * V >= first.length) continue;
    for (let v = 0; v < V; v++) first[place * V + v] = probabilities[r * V + v]!;
  }
  metrics.lossSum += lossSum;
  metrics.tokens += outputs;
}

/**
 * Turns predicted tokens into strings, one per sequence; a string that has not changed since the last call is
 * reused.
 */
export function createPredictionWriter(
  { targetVocabulary, tokens: unit }: SequenceDataset,
  { predicted, stringStarts }: EpochMetrics,
): () => string[] {
  const written = new Int32Array(predicted.length).fill(-1);
  const strings = new Array<string>(stringStarts.length - 1).fill('');

  return () => {
    for (let s = 0; s < strings.length; s++) {
      const from = stringStarts[s]!;
      const to = stringStarts[s + 1]!;
      let changed = false;
      for (let i = from; i < to; i++) {
        if (predicted[i] === written[i]) continue;
        written[i] = predicted[i]!;
        changed = true;
      }
      if (!changed) continue;
      const tokens = Array.from(predicted.subarray(from, to), (token) => targetVocabulary[token]!);
      strings[s] = joinTokens(tokens, unit);
    }
    return strings.slice();
  };
}
