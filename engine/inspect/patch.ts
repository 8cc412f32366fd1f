import type { WeightPatch } from '../api.ts';
import { quote } from '../data/samples.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { StateDict } from '../model/weights.ts';
import { type TrainedModel, trainedModel } from './trained.ts';

/** Problems listed of one list of values. */
const listed = 20;

/**
 * The weights with numbers changed, the later ones over the earlier; those that it was made of stay as they are. Or
 * what keeps it from being done: a key that the model lacks, a place outside its tensor, a number that float32 cannot
 * hold. `path`: where the source with these values stands in the question.
 */
export function patchWeights(
  from: TrainedModel,
  values: readonly WeightPatch[],
  path: string,
): Result<TrainedModel> {
  const problems: Problem[] = [];
  for (const [i, patch] of values.entries()) {
    const found = checkPatch(from.weights, patch, `${path}.values[${i}]`);
    if (found !== null && problems.length < listed) problems.push(found);
  }
  if (problems.length > 0) return failure(...problems);
  const changed = new Map<string, Float32Array>();
  for (const { key, index, value } of values) {
    const data = changed.get(key) ?? Float32Array.from(from.weights[key]!.data);
    data[index] = value;
    changed.set(key, data);
  }
  const weights = Object.fromEntries(
    Object.entries(from.weights).map(([key, tensor]) => [
      key,
      { shape: tensor.shape, data: changed.get(key) ?? tensor.data },
    ]),
  );
  return success(trainedModel({ ...from, weights }));
}

function checkPatch(weights: StateDict, { key, index, value }: WeightPatch, at: string): Problem | null {
  if (!Object.hasOwn(weights, key)) {
    const keys = Object.keys(weights).join(', ');
    const message = `${at}.key is ${quote(key)}; the model's parameters are ${keys}`;
    return problem('patch-key', `${at}.key`, message, { key, keys });
  }
  const { shape, data } = weights[key]!;
  if (!(Number.isInteger(index) && index >= 0 && index < data.length)) {
    const places = `[${shape.join(', ')}]`;
    const message = `${at}.index is ${index}; ${key} ${places} has the places 0 to ${data.length - 1}`;
    return problem('patch-index', `${at}.index`, message, {
      key,
      index,
      shape: places,
      last: data.length - 1,
    });
  }
  if (Number.isFinite(Math.fround(value))) return null;
  const message = `${at}.value is ${value}; a weight must be a finite float32 number`;
  return problem('patch-value', `${at}.value`, message, { key, index, value: String(value) });
}
