import type { WeightPatch } from '../api.ts';
import { failure, type Result, success } from '../errors.ts';
import { checkWeights } from '../model/check-weights.ts';
import { parameterShapes } from '../model/spec.ts';
import { sizesOf, type TrainedModel, trainedModel } from './trained.ts';

/**
 * A copy of `from` with numbers replaced (the last value for a place wins), or what is wrong with the values. `from` is
 * unchanged and shares untouched tensors. `path`: where the source with these values stands in the question.
 */
export function patchWeights(
  from: TrainedModel,
  values: readonly WeightPatch[],
  path: string,
): Result<TrainedModel> {
  const shapes = parameterShapes(from.model, sizesOf(from));
  const problems = checkWeights({ part: 'some', values }, shapes, `${path}.values`);
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
