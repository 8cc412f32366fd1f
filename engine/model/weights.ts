import { type Problem, problem } from '../errors.ts';
import type { ParameterEntry, Parameters } from '../layers/parameters.ts';
import { toNumbers } from '../tensor/floats.ts';
import type { WeightsJson } from './experiment.ts';

/** Tensors by their keys, row-major: as a document has them, or as float32 values. */
export type StateDict = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] | Float32Array }>
>;

/** The parameters as a state dict. */
export function stateDict(parameters: Parameters): WeightsJson {
  return Object.fromEntries(
    parameters.entries.map(({ key, shape, value }) => [key, { shape: [...shape], data: toNumbers(value) }]),
  );
}

/**
 * Sets the parameters from a state dict, or says everything that keeps it from fitting and sets nothing: a key that
 * is missing or unknown, another shape, a number that float32 cannot hold.
 */
export function loadStateDict(parameters: Parameters, weights: StateDict, path: string): Problem[] {
  const problems = parameters.entries.flatMap((entry) => checkTensor(entry, weights, path));
  for (const key of Object.keys(weights)) {
    if (parameters.find(key) !== null) continue;
    const message = `${path} has ${key}, which this model does not have`;
    problems.push(problem('weights-unknown-key', `${path}.${key}`, message, { key }));
  }
  if (problems.length > 0) return problems;
  for (const { key, value } of parameters.entries) value.set(weights[key]!.data);
  return [];
}

function checkTensor({ key, shape, value }: ParameterEntry, weights: StateDict, path: string): Problem[] {
  const at = `${path}.${key}`;
  const needed = `[${shape.join(', ')}]`;
  if (!Object.hasOwn(weights, key)) {
    const message = `${path} lacks ${key}; the model needs it, shaped ${needed}`;
    return [problem('weights-missing-key', at, message, { key, needed })];
  }
  const tensor = weights[key]!;
  const same = tensor.shape.length === shape.length && tensor.shape.every((size, i) => size === shape[i]);
  if (!same || tensor.data.length !== value.length) {
    const found = `[${tensor.shape.join(', ')}]`;
    const message = `${at} is shaped ${found} with ${tensor.data.length} numbers, the model needs ${needed}`;
    return [problem('weights-shape', at, message, { key, found, needed })];
  }
  const bad = tensor.data.findIndex((number) => !Number.isFinite(Math.fround(number)));
  if (bad === -1) return [];
  const message = `${at}.data[${bad}] is ${tensor.data[bad]}; weights must be finite float32 numbers`;
  return [problem('weights-number', at, message, { key, index: bad })];
}
