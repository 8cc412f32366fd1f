/** One sample read through trained weights, and the way back from its loss. */
import { sampleProblems } from '../data/samples.ts';
import { encodeSamples, type Sequences } from '../data/sequences.ts';
import { indexTokens } from '../data/vocabulary.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { crossEntropyBackward, crossEntropyForward } from '../layers/cross-entropy.ts';
import { createNotes, type Direction } from '../layers/direction.ts';
import { backwardModel, type Model } from '../model/model.ts';
import type { PairQuestion } from '../questions.ts';
import { packedOne } from '../tensor/packing.ts';
import { readSequence } from './predict.ts';
import { type TrainedModel, withModel } from './trained.ts';

export interface ReadPair {
  /** A model that has just read the sample and has room for gradients. */
  model: Model;
  codes: Int32Array; // [T]
  targets: Int32Array; // [K]
  probabilities: Float32Array; // [K, V]
  /** Cross entropy of each step. */
  losses: number[]; // [K]
}

/** Which loss is felt: one step's or all, and what it is divided by. */
export interface FeltLoss {
  step: number | null;
  divisor: number;
}

/** Encodes input and target as a sample of the model's task; or says what is wrong with them. */
export function encodePair(trained: TrainedModel, { input, target }: PairQuestion): Result<Sequences> {
  const { task, tokens: unit, vocabulary, targetVocabulary, unknown } = trained;
  const sample = task === 'language-model' ? { input } : { input, target };
  const indices = {
    vocabulary: indexTokens(vocabulary, unknown),
    targetVocabulary: indexTokens(targetVocabulary, unknown),
  };
  const problems = sampleProblems(sample, { task, unit, ...indices }, 'sequence');
  if (problems.length > 0) return failure(...problems.map((found) => found.problem));
  const dataset = { task, tokens: unit, vocabulary, targetVocabulary, unknown, samples: [], validation: [] };
  return success(encodeSamples(dataset, [sample]));
}

/** Reads a sample through the model, then lets `ask` make the answer; `prepare` runs before the reading. */
export function* readPair<T>(
  trained: TrainedModel,
  question: PairQuestion,
  ask: (read: ReadPair) => Generator<void, Result<T>>,
  prepare?: (model: Model, T: number) => void,
): Generator<void, Result<T>> {
  const encoded = encodePair(trained, question);
  if (!encoded.ok) return encoded;
  const { tokens: codes, targets } = encoded.value;
  return yield* withModel(trained, codes.length, true, function* (model) {
    prepare?.(model, codes.length);
    yield* readSequence(model, codes);
    const V = model.sizes.outputSize;
    const probabilities = new Float32Array(targets.length * V);
    const losses = Array.from(targets, (_, k) =>
      crossEntropyForward(probabilities, model.logits, targets, k, k + 1, V),
    );
    return yield* ask({ model, codes, targets, probabilities, losses });
  });
}

/**
 * Runs the backward pass of the loss that is felt: its gradients are then in the parameters and, for every step, in each
 * direction's notes. It overwrites the gates.
 */
export function* goBack(
  { model, codes, targets, probabilities }: ReadPair,
  { step, divisor }: FeltLoss,
): Generator<void> {
  const packing = packedOne(codes.length);
  const K = targets.length;
  const V = model.sizes.outputSize;
  crossEntropyBackward(model.dLogits, probabilities, targets, 1 / divisor, K, V);
  if (step !== null) {
    model.dLogits.fill(0, 0, step * V);
    model.dLogits.fill(0, (step + 1) * V, K * V);
  }
  for (const direction of directionsOf(model)) direction.notes = createNotes(direction, codes.length);
  model.parameters.gradients.fill(0);
  yield* backwardModel(model, packing, codes, true, false);
}

/** All directions, layer by layer, forward before reverse. */
export const directionsOf = ({ recurrent }: Model): Direction[] =>
  recurrent.layers.flatMap(({ directions }) => directions);

/** Takes the last backward pass's notes off the direction. */
export function takeNotes(direction: Direction) {
  const { notes } = direction;
  direction.notes = null;
  return notes as ReturnType<typeof createNotes>;
}

export function checkStep(step: number | null, steps: number): Problem[] {
  if (step === null || (Number.isInteger(step) && step >= 0 && step < steps)) return [];
  const message = `step is ${step}; this sequence has steps 0 to ${steps - 1}`;
  return [problem('unknown-step', 'step', message, { step, steps })];
}
