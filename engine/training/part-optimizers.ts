/** Splits a run's parameters into stretches, each with an optimizer of its own. */
import type { Kernels } from '../kernels/kernels.ts';
import type { Parameters } from '../layers/parameters.ts';
import type { OptimizerSpec } from '../model/experiment.ts';
import { elementCount, type Floats } from '../tensor/floats.ts';
import { createOptimizer, type Optimizer } from './optimizers.ts';

/**
 * A stretch of the parameters, short enough to be updated without a break, and its optimizer. A learned initial
 * state has stretches of its own: windows that continue an earlier window give it no gradient, and, as in PyTorch,
 * leave it and its count of updates alone.
 */
export interface PartOptimizer {
  optimizer: Optimizer;
  ofInitialState: boolean;
  values: Floats;
  gradients: Floats;
}

/** The most parameters that are updated without a break. */
const stretch = 1_000_000;

/** Optimizers that cover all parameters, in the order of the state dict. */
export function createPartOptimizers(
  spec: OptimizerSpec,
  { entries, values, gradients }: Parameters,
  kernels: Kernels,
): PartOptimizer[] {
  // h0 and c0 come first in the state dict.
  const split = entries.find(({ key }) => key !== 'h0' && key !== 'c0')!.at;
  const P = entries.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const parts: PartOptimizer[] = [];
  for (let from = 0; from < P; ) {
    const to = Math.min(from + stretch, from < split ? split : P);
    parts.push({
      optimizer: createOptimizer(spec, to - from, kernels),
      ofInitialState: from < split,
      values: values.subarray(from, to),
      gradients: gradients.subarray(from, to),
    });
    from = to;
  }
  return parts;
}
