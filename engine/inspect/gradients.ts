/** The gradient on its way back through time. */

import { sampleProblems } from '../data/samples.ts';
import { encodeSamples } from '../data/sequences.ts';
import { indexTokens } from '../data/vocabulary.ts';
import { failure, problem, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import { crossEntropyBackward, crossEntropyForward } from '../layers/cross-entropy.ts';
import { backwardModel, type Model, outputRows } from '../model/model.ts';
import type { GradientMap, Gradients, GradientsQuestion, PairQuestion } from '../questions.ts';
import type { Floats } from '../tensor/floats.ts';
import { packedOne } from '../tensor/packing.ts';
import { firstOf, readSequence } from './predict.ts';
import { type TrainedModel, withModel } from './trained.ts';

/** The gradient of the cross entropy of one step, or of all summed, at every h_t and every parameter. */
export function findGradients(trained: TrainedModel, question: GradientsQuestion): Result<Gradients> {
  return finish(findGradientsInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function findGradientsInPieces(
  trained: TrainedModel,
  question: GradientsQuestion,
): Generator<void, Result<Gradients>> {
  const { step } = question;
  return readPair(trained, question, function* ({ model, codes, targets, losses }) {
    const K = losses.length;
    if (step !== null && !(Number.isInteger(step) && step >= 0 && step < K)) {
      const message = `step is ${step}; this sequence has steps 0 to ${K - 1}`;
      return failure(problem('unknown-step', 'step', message, { step, steps: K }));
    }
    yield* goBack(model, codes, targets, step);
    const parameters: Gradients['parameters'] = {};
    for (const { key, shape, gradient } of model.parameters.entries) {
      parameters[key] = { shape: [...shape], data: firstOf(gradient, gradient.length) };
      yield;
    }
    return success({
      loss: step === null ? losses.reduce((sum, loss) => sum + loss, 0) : losses[step]!,
      states: describeDirections(model, (dh, H) => ({ dh: firstOf(dh, codes.length * H) })),
      parameters,
    });
  });
}

/** ‖∂L_k/∂h_t‖ for every step k that has a loss and every state step t, for each layer and direction. */
export function mapGradients(trained: TrainedModel, question: PairQuestion): Result<GradientMap[]> {
  return finish(mapGradientsInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function mapGradientsInPieces(
  trained: TrainedModel,
  question: PairQuestion,
): Generator<void, Result<GradientMap[]>> {
  return readPair(trained, question, function* ({ model, codes, targets, losses }) {
    const [K, T] = [losses.length, codes.length];
    const maps: GradientMap[] = describeDirections(model, () => ({ norms: new Float32Array(K * T) }));
    for (let k = 0; k < K; k++) {
      // Going back has put gradients in the gates' place.
      if (k > 0) yield* readSequence(model, codes);
      yield* goBack(model, codes, targets, k);
      const ofStep = describeDirections(model, (dh, H) => ({ norms: rowNorms(dh, T, H) }));
      for (const [i, { norms }] of ofStep.entries()) maps[i]!.norms.set(norms, k * T);
      yield;
    }
    return success(maps);
  });
}

/** The 2-norm of each of T rows. */
function rowNorms(values: Floats, T: number, width: number): Float32Array {
  return Float32Array.from({ length: T }, (_, t) =>
    Math.hypot(...values.subarray(t * width, (t + 1) * width)),
  );
}

interface ReadPair {
  model: Model;
  codes: Int32Array; // [T]
  targets: Int32Array; // [K]
  losses: number[]; // [K]
}

/** Checks input and target as a sample of the model's task, runs the model forward on it and asks for the rest. */
function* readPair<T>(
  trained: TrainedModel,
  { input, target }: PairQuestion,
  ask: (read: ReadPair) => Generator<void, Result<T>>,
): Generator<void, Result<T>> {
  const { task, tokens: unit, vocabulary, targetVocabulary, unknown } = trained;
  const sample = task === 'language-model' ? { input } : { input, target };
  const indices = {
    vocabulary: indexTokens(vocabulary, unknown),
    targetVocabulary: indexTokens(targetVocabulary, unknown),
  };
  const problems = sampleProblems(sample, { task, unit, ...indices }, 'sequence');
  if (problems.length > 0) return failure(...problems.map((found) => found.problem));
  const dataset = { task, tokens: unit, vocabulary, targetVocabulary, unknown, samples: [], validation: [] };
  const { tokens: codes, targets } = encodeSamples(dataset, [sample]);
  return yield* withModel(trained, codes.length, true, function* (model) {
    yield* readSequence(model, codes);
    const V = model.sizes.outputSize;
    const probabilities = new Float32Array(targets.length * V);
    const losses = Array.from(targets, (_, k) =>
      crossEntropyForward(probabilities, model.logits, targets, k, k + 1, V),
    );
    for (const { directions } of model.recurrent.layers) {
      for (const direction of directions) direction.dhOfSteps = new Float32Array(codes.length * direction.H);
    }
    return yield* ask({ model, codes, targets, losses });
  });
}

/** The backward pass of step k's loss; null: of all. */
function* goBack(model: Model, codes: Int32Array, targets: Int32Array, k: number | null): Generator<void> {
  const packing = packedOne(codes.length);
  const K = outputRows(model, packing);
  const V = model.sizes.outputSize;
  const probabilities = new Float32Array(K * V);
  crossEntropyForward(probabilities, model.logits, targets, 0, K, V);
  crossEntropyBackward(model.dLogits, probabilities, targets, 1, K, V);
  if (k !== null) {
    model.dLogits.fill(0, 0, k * V);
    model.dLogits.fill(0, (k + 1) * V, K * V);
  }
  model.parameters.gradients.fill(0);
  yield* backwardModel(model, packing, codes, true, false);
}

/** Something of every layer and direction, from the gradients at its states [T, H]. */
function describeDirections<T>(
  { recurrent }: Model,
  write: (dh: Floats, H: number) => T,
): ({ layer: number; reverse: boolean } & T)[] {
  return recurrent.layers.flatMap(({ directions }, layer) =>
    directions.map(({ reverse, H, dhOfSteps }) => ({ layer, reverse, ...write(dhOfSteps!, H) })),
  );
}
