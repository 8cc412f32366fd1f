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
 * The samples that are trained on and those that are held back. Of a fraction f of n samples, round(f·n) are held
 * back: the first ones of torch.randperm(n) after torch.manual_seed(seed), a generator of its own.
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

/** The text of its own that is held back; undefined: none is. */
export function heldText(validation: Validation): string | undefined {
  return 'text' in validation ? validation.text : undefined;
}

export interface SplitText {
  training: string[];
  /** Its own text, or the last tokens of the whole; empty where nothing is held back. */
  validation: string[];
}

/** A text's tokens that are trained on, and those held back: of a fraction f of N, the last round(f·N). */
export function splitText({ text, tokens: unit, validation }: SequenceDataset): SplitText {
  const all = splitTokens(text ?? '', unit);
  const own = heldText(validation);
  if (own !== undefined) return { training: all, validation: splitTokens(own, unit) };
  const held = 'fraction' in validation ? heldBack(all.length, validation.fraction) : 0;
  return { training: all.slice(0, all.length - held), validation: all.slice(all.length - held) };
}

/**
 * Streams that a text of N held-back tokens is read in: as many as are trained, but no more than have a whole window
 * each, and at least 1.
 */
export function validationStreams(tokens: number, batchSize: number, sequenceLength: number): number {
  return Math.max(1, Math.min(batchSize, Math.floor((tokens - 1) / sequenceLength)));
}

/** Which of n samples are held back. */
export function heldIndices(n: number, fraction: number, seed: number): Set<number> {
  return new Set(createGenerator(seed).permutation(n).subarray(0, heldBack(n, fraction)));
}

/** How many of n samples a validation fraction sets aside. */
export function heldBack(n: number, fraction: number): number {
  return Math.round(fraction * n);
}
