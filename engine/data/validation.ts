import type { Sample, SequenceDataset } from '../model/experiment.ts';
import { createGenerator } from '../tensor/random.ts';

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
  const held = heldIndices(samples.length, validation.fraction, validation.seed);
  return {
    training: samples.filter((_, i) => !held.has(i)),
    validation: samples.filter((_, i) => held.has(i)),
  };
}

/** Which of n samples are held back. */
export function heldIndices(n: number, fraction: number, seed: number): Set<number> {
  return new Set(createGenerator(seed).permutation(n).subarray(0, heldBack(n, fraction)));
}

/** How many of n samples a validation fraction sets aside. */
export function heldBack(n: number, fraction: number): number {
  return Math.round(fraction * n);
}
