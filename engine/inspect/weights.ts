/** Answers `weights`: copies of the tensors. */
import { failure, problem, quote, type Result, success } from '../errors.ts';
import { parameterShapes } from '../model/spec.ts';
import type { Weights, WeightsQuestion } from '../questions.ts';
import { sizesOf, type TrainedModel } from './trained.ts';

/** Copies of the tensors that are asked for, in the order of the state dict. */
export function* weightsInPieces(
  trained: TrainedModel,
  { keys }: WeightsQuestion,
): Generator<void, Result<Weights>> {
  const shapes = parameterShapes(trained.model, sizesOf(trained));
  const unknown = (keys ?? []).find((key) => !shapes.some((known) => known.key === key));
  if (unknown !== undefined) return failure(unknownKey(unknown, trained));
  const found: Weights = {};
  for (const { key, shape } of shapes) {
    if (keys !== null && !keys.includes(key)) continue;
    found[key] = { shape: [...shape], data: Float32Array.from(trained.weights[key]!.data) };
    yield;
  }
  return success(found);
}

export function unknownKey(key: string, trained: TrainedModel) {
  const known = parameterShapes(trained.model, sizesOf(trained)).map((parameter) => parameter.key);
  const message = `key is ${quote(key)}, which the model does not have; it has ${known.join(', ')}`;
  return problem('unknown-weight', 'key', message, { key, known: known.join(', ') });
}
