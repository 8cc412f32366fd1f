/** What becomes of the loss as one weight is set to many values. */
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { crossEntropyForward } from '../layers/cross-entropy.ts';
import { parameter } from '../layers/parameters.ts';
import { checkWeights } from '../model/check-weights.ts';
import { parameterShapes } from '../model/spec.ts';
import type { WeightSweep, WeightSweepQuestion } from '../questions.ts';
import { argmax } from '../tensor/floats.ts';
import { encodePair } from './pair.ts';
import { readSequence } from './predict.ts';
import { sizesOf, type TrainedModel, withModel } from './trained.ts';

const mostPoints = 1001;
/** Most multiply-adds of one question, some seconds' work. */
const workLimit = 6_000_000_000;

/** The summed loss and the correct steps of the samples for each value; the other weights stay as they are. */
export function* weightSweepInPieces(
  trained: TrainedModel,
  question: WeightSweepQuestion,
): Generator<void, Result<WeightSweep>> {
  const { key, index, from, to, points, samples } = question;
  const wrong = checkSweep(trained, question);
  if (wrong.length > 0) return failure(...wrong);
  const encoded = samples.map((sample) => encodePair(trained, sample));
  const problems = encoded.flatMap((one, i) =>
    one.ok ? [] : one.problems.map((found) => ({ ...found, path: `samples[${i}]` })),
  );
  if (problems.length > 0) return failure(...problems.slice(0, 20));
  const pairs = encoded.flatMap((one) => (one.ok ? [one.value] : []));
  const tokens = pairs.reduce((sum, pair) => sum + pair.tokens.length, 0);
  const longest = pairs.reduce((most, pair) => Math.max(most, pair.tokens.length), 1);
  return yield* withModel(trained, longest, false, function* (model) {
    const work = points * tokens * model.parameters.values.length;
    if (work > workLimit) return failure(tooMuchWork(points, tokens, work));
    const { value } = parameter(model.parameters, key);
    const own = value[index]!;
    const V = model.sizes.outputSize;
    const steps = pairs.reduce((sum, { targets }) => sum + targets.length, 0);
    const step = points === 1 ? 0 : (to - from) / (points - 1);
    const values = Float32Array.from({ length: points }, (_, i) => from + i * step);
    const losses = new Float64Array(points);
    const right = new Int32Array(points);
    const probabilities = new Float32Array(longest * V);
    for (let i = 0; i < points; i++) {
      value[index] = values[i]!;
      for (const { tokens: codes, targets } of pairs) {
        yield* readSequence(model, codes);
        losses[i]! += crossEntropyForward(probabilities, model.logits, targets, 0, targets.length, V);
        for (const [k, target] of targets.entries())
          if (argmax(model.logits, k * V, V) === target) right[i]!++;
      }
      yield;
    }
    // The next question uses this model, so the weight gets its own value back.
    value[index] = own;
    return success({ values, losses, right, steps });
  });
}

function checkSweep(trained: TrainedModel, { key, index, from, to, points }: WeightSweepQuestion): Problem[] {
  const values = [from, to].map((value) => ({ key, index, value }));
  const wrong = checkWeights(
    { part: 'some', values },
    parameterShapes(trained.model, sizesOf(trained)),
    'weight',
  );
  if (wrong.length > 0) return wrong.slice(0, 1);
  if (Number.isInteger(points) && points >= 1 && points <= mostPoints) return [];
  const message = `points is ${points}; one question takes 1 to ${mostPoints} values`;
  return [problem('sweep-points', 'points', message, { points, limit: mostPoints })];
}

function tooMuchWork(points: number, tokens: number, work: number) {
  const message =
    `${points} values over ${tokens} tokens take ${work} multiply-adds through this model, ` +
    `the lab takes at most ${workLimit} at once; fewer values or fewer samples take less`;
  return problem('sweep-work', 'points', message, { points, tokens, work, limit: workLimit });
}
