import type { WeightPatch } from '../api.ts';
import { checkPatches } from '../data/check-patches.ts';
import { failure, type Result, success } from '../errors.ts';
import { type TrainedModel, trainedModel } from './trained.ts';

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
  const problems = checkPatches(from.weights, values, `${path}.values`);
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
