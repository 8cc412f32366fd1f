import type { Problem } from '../errors.ts';
import type { Parameters } from '../layers/parameters.ts';
import { toNumbers } from '../tensor/floats.ts';
import { checkWeights, type StateDict } from './check-weights.ts';
import type { WeightsJson } from './experiment.ts';

/** The parameters as a state dict. */
export function stateDict(parameters: Parameters): WeightsJson {
  return Object.fromEntries(
    parameters.entries.map(({ key, shape, value }) => [key, { shape: [...shape], data: toNumbers(value) }]),
  );
}

/**
 * Sets the parameters from a state dict. Returns every problem that keeps it from fitting, and then sets nothing.
 */
export function loadStateDict(parameters: Parameters, weights: StateDict, path: string): Problem[] {
  const problems = checkWeights({ part: 'whole', weights }, parameters.entries, path);
  if (problems.length > 0) return problems;
  for (const { key, value } of parameters.entries) value.set(weights[key]!.data);
  return [];
}
