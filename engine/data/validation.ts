import type { Sample, SequenceDataset, Validation } from '../model/experiment.ts';
import { createGenerator } from '../tensor/random.ts';
import { splitTokens } from './tokens.ts';

export interface SplitSamples {
  /** In the document's order. */
  training: Sample[];
  /** In the document's order; never trained on. */
  validation: Sample[];
}

/**
 * Splits the samples into those trained on and those held back. A fraction f of n samples holds back round(f·n): the
 * first of torch.randperm(n) after torch.manual_seed(seed), drawn from a generator of its own.
 */
export function splitSamples({ samples, validation }: SequenceDataset): SplitSamples {
  if (Array.isArray(validation)) return { training: samples, validation };
  if ('text' in validation) return { training: samples, validation: [] };
  const held = heldIndices(samples.length, validation.fraction, validation.seed ?? 0);
  return {
    training: samples.filter((_, i) => !held.has(i)),
    validation: samples.filter((_, i) => held.has(i)),
  };
}

/** The separate text that is held back; undefined where there is none. */
export function heldText(validation: Validation): string | undefined {
  return 'text' in validation ? validation.text : undefined;
}

export interface SplitText {
  training: string[];
  /** Tokens of the held-back text, or the last tokens of the whole text; empty where nothing is held back. */
  validation: string[];
}

/**
 * Splits a text's tokens into those trained on and those held back. A fraction f of N tokens holds back the last
 * round(f·N).
 */
export function splitText({ text, tokens: unit, validation }: SequenceDataset): SplitText {
  const all = splitTokens(text ?? '', unit);
  const own = heldText(validation);
  if (own !== undefined) return { training: all, validation: splitTokens(own, unit) };
  const held = 'fraction' in validation ? heldBack(all.length, validation.fraction) : 0;
  return { training: all.slice(0, all.length - held), validation: all.slice(all.length - held) };
}

/**
 * Number of streams in which a held-back text of `tokens` tokens is read: as many as in training, but no more than
 * have a whole window each, and at least 1.
 */
export function validationStreams(tokens: number, batchSize: number, sequenceLength: number): number {
  return Math.max(1, Math.min(batchSize, Math.floor((tokens - 1) / sequenceLength)));
}

/** Indices of the held-back samples among n. */
export function heldIndices(n: number, fraction: number, seed: number): Set<number> {
  return new Set(createGenerator(seed).permutation(n).subarray(0, heldBack(n, fraction)));
}

/** How many of n samples a validation fraction holds back. */
export function heldBack(n: number, fraction: number): number {
  return Math.round(fraction * n);
}
