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
  const order = createGenerator(validation.seed).permutation(samples.length);
  const held = new Set(order.subarray(0, heldBack(samples.length, validation.fraction)));
  return {
    training: samples.filter((_, i) => !held.has(i)),
    validation: samples.filter((_, i) => held.has(i)),
  };
}

/** How many of n samples a validation fraction sets aside. */
export function heldBack(n: number, fraction: number): number {
  return Math.round(fraction * n);
}
