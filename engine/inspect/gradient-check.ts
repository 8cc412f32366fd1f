/** Numeric against analytic gradients: central differences in float64, tensor by tensor. */

import type { Sequences } from '../data/sequences.ts';
import { failure, problem, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { crossEntropyBackward, crossEntropyForward } from '../layers/cross-entropy.ts';
import { backwardModel, createModel, forwardModel, type Model, setInitialStates } from '../model/model.ts';
import type { CheckedTensor, GradientCheck, GradientCheckQuestion } from '../questions.ts';
import { packedOne } from '../tensor/packing.ts';
import { encodePair } from './pair.ts';
import { sizesOf, type TrainedModel } from './trained.ts';

/** Step and tolerance, as docs/engine.md gives them. */
const eps = 1e-6;
const tolerance = { absolute: 1e-5, relative: 1e-3 };
/** Most multiply-adds of one check that compares more than one entry per tensor. */
const workLimit = 2 ** 33;

/** Checks the gradients of the samples' summed loss, without dropout, as they are with these weights. */
export function checkGradients(
  trained: TrainedModel,
  question: GradientCheckQuestion,
): Result<GradientCheck> {
  return finish(checkGradientsInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function* checkGradientsInPieces(
  trained: TrainedModel,
  { samples, entries }: GradientCheckQuestion,
): Generator<void, Result<GradientCheck>> {
  if (samples.length === 0) {
    return failure(problem('no-samples', 'samples', 'samples is empty; a check needs at least 1 sample'));
  }
  if (entries !== undefined && !(Number.isSafeInteger(entries) && entries >= 1)) {
    const message = `entries is ${entries}; it needs a whole number from 1`;
    return failure(problem('check-entries', 'entries', message, { entries }));
  }
  const encoded = samples.map((sample) => encodePair(trained, sample));
  const problems = encoded.flatMap((one, i) =>
    one.ok ? [] : one.problems.map((found) => ({ ...found, path: `samples[${i}]` })),
  );
  if (problems.length > 0) return failure(...problems.slice(0, 20));
  const pairs = encoded.flatMap((one) => (one.ok ? [one.value] : []));
  const loss = createLoss(trained, pairs);
  const { parameters } = loss.model;
  const P = parameters.values.length;
  const tokens = pairs.reduce((sum, pair) => sum + pair.tokens.length, 0);
  // Each entry takes two passes forward.
  const affordable = Math.floor(workLimit / (2 * tokens * P));
  const perTensor = entries ?? Math.max(1, Math.floor(affordable / parameters.entries.length));
  const wanted = parameters.entries.reduce((sum, { value }) => sum + Math.min(perTensor, value.length), 0);
  if (wanted > Math.max(affordable, parameters.entries.length)) {
    const message = `${wanted} entries are to be checked; over ${tokens} tokens through this model the lab checks at most ${affordable}; fewer entries or fewer samples take less`;
    return failure(problem('check-work', 'entries', message, { entries: wanted, tokens, limit: affordable }));
  }
  const whole = yield* loss.gradients();
  const tensors: CheckedTensor[] = [];
  for (const { key, shape, at, value } of parameters.entries) {
    const checked: CheckedTensor = {
      key,
      shape: [...shape],
      checked: 0,
      wrong: 0,
      bends: 0,
      worst: { index: 0, numeric: 0, analytic: 0 },
    };
    let furthest = -1;
    for (const index of evenly(value.length, perTensor)) {
      const analytic = whole.gradients[at + index]!;
      const slopes = yield* loss.slopes(value as Float64Array, index, whole.loss);
      const ratio = distance(slopes.central, analytic);
      checked.checked++;
      if (ratio > 1 && isAtBend(slopes, analytic)) {
        checked.bends++;
        continue;
      }
      if (!(ratio <= 1)) checked.wrong++;
      if (ratio > furthest || Number.isNaN(ratio)) {
        furthest = ratio;
        checked.worst = { index, numeric: slopes.central, analytic };
      }
    }
    tensors.push(checked);
  }
  return success({ eps, tolerance, loss: whole.loss, tensors });
}

/** The difference in units of the tolerance: above 1 it is too large. */
function distance(numeric: number, analytic: number): number {
  return Math.abs(numeric - analytic) / (tolerance.absolute + tolerance.relative * Math.abs(numeric));
}

interface Slopes {
  central: number;
  above: number;
  below: number;
}

/**
 * Whether the two slopes differ and the gradient is one of them. A one-sided slope is right to about eps only, which is far
 * within the tolerance.
 */
function isAtBend({ above, below }: Slopes, analytic: number): boolean {
  return distance(above, below) > 1 && (distance(above, analytic) <= 1 || distance(below, analytic) <= 1);
}

function evenly(length: number, count: number): number[] {
  if (count >= length) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
}

/** The samples' summed loss as a function of the weights, in doubles. */
function createLoss(trained: TrainedModel, pairs: readonly Sequences[]) {
  const longest = pairs.reduce((most, pair) => Math.max(most, pair.tokens.length), 1);
  const capacity = { steps: longest, sequences: 1, rows: longest, training: true };
  const reads = trained.task === 'label' ? 'last-step' : 'every-step';
  const sizes = sizesOf(trained);
  const model: Model = createModel(trained.model, sizes, reads, capacity, createReferenceKernels('float64'));
  for (const { key, value } of model.parameters.entries) value.set(trained.weights[key]!.data);
  const V = sizes.outputSize;
  const probabilities = new Float64Array(longest * V);

  function* lossOf({ tokens, targets }: Sequences): Generator<void, number> {
    setInitialStates(model, 1);
    yield* forwardModel(model, packedOne(tokens.length), tokens, null);
    return crossEntropyForward(probabilities, model.logits, targets, 0, targets.length, V);
  }

  function* total(): Generator<void, number> {
    let sum = 0;
    for (const pair of pairs) sum += yield* lossOf(pair);
    return sum;
  }

  return {
    model,
    *gradients(): Generator<void, { loss: number; gradients: Float64Array }> {
      model.parameters.gradients.fill(0);
      let loss = 0;
      for (const pair of pairs) {
        loss += yield* lossOf(pair);
        crossEntropyBackward(model.dLogits, probabilities, pair.targets, 1, pair.targets.length, V);
        yield* backwardModel(model, packedOne(pair.tokens.length), pair.tokens, true, false);
      }
      return { loss, gradients: Float64Array.from(model.parameters.gradients) };
    },
    *slopes(value: Float64Array, index: number, here: number): Generator<void, Slopes> {
      const own = value[index]!;
      value[index] = own + eps;
      const more = yield* total();
      value[index] = own - eps;
      const less = yield* total();
      value[index] = own;
      return { central: (more - less) / (2 * eps), above: (more - here) / eps, below: (here - less) / eps };
    },
  };
}
