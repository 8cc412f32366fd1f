/** What trained weights say of many samples, and how sure they are. */

import { evaluatedSamples } from '../data/limits.ts';
import { sampleProblems } from '../data/samples.ts';
import { encodeSamples } from '../data/sequences.ts';
import { indexTokens } from '../data/vocabulary.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import { crossEntropyForward } from '../layers/cross-entropy.ts';
import type { EvaluateQuestion, Evaluation } from '../questions.ts';
import { argmax } from '../tensor/floats.ts';
import { readSequence } from './predict.ts';
import { type TrainedModel, withModel } from './trained.ts';

/** Most numbers of the whole distributions that are answered: 8 MiB. */
const distributionLimit = 2 ** 21;
/** Most problems reported for one question. */
const problemLimit = 20;

/** Predictions, probabilities and losses of samples of the weights' own task, without dropout. */
export function evaluate(trained: TrainedModel, question: EvaluateQuestion): Result<Evaluation> {
  return finish(evaluateInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function* evaluateInPieces(
  trained: TrainedModel,
  { samples }: EvaluateQuestion,
): Generator<void, Result<Evaluation>> {
  const { task, tokens: unit, vocabulary, targetVocabulary, unknown } = trained;
  if (samples.length > evaluatedSamples) {
    const message = `samples has ${samples.length} samples; one question takes at most ${evaluatedSamples}`;
    return failure(
      problem('too-many-samples', 'samples', message, { samples: samples.length, limit: evaluatedSamples }),
    );
  }
  const own = task === 'language-model' ? samples.map(({ input }) => ({ input })) : [...samples];
  const indices = {
    vocabulary: indexTokens(vocabulary, unknown),
    targetVocabulary: indexTokens(targetVocabulary, unknown),
  };
  const problems: Problem[] = [];
  for (const [i, sample] of own.entries()) {
    const found = sampleProblems(sample, { task, unit, ...indices }, `samples[${i}]`);
    problems.push(...found.map((one) => one.problem));
    if (problems.length >= problemLimit) break;
    if (i % 256 === 255) yield;
  }
  if (problems.length > 0) return failure(...problems.slice(0, problemLimit));

  const dataset = { task, tokens: unit, vocabulary, targetVocabulary, unknown, samples: [], validation: [] };
  const encoded = own.map((sample) => encodeSamples(dataset, [sample]));
  const N = encoded.length;
  const V = targetVocabulary.length;
  const starts = new Int32Array(N + 1);
  for (const [i, { targets }] of encoded.entries()) starts[i + 1] = starts[i]! + targets.length;
  const K = starts[N]!;
  const keepsAll = K * V <= distributionLimit;
  const distributions = keepsAll ? new Float32Array(K * V) : null;
  const says = new Int32Array(K);
  const wanted = new Int32Array(K);
  const ofWanted = new Float32Array(K);
  const losses = new Float64Array(N);
  const longest = encoded.reduce((most, { tokens }) => Math.max(most, tokens.length), 1);
  const asked = yield* withModel(trained, longest, false, function* (model) {
    for (const [i, { tokens, targets }] of encoded.entries()) {
      yield* readSequence(model, tokens);
      const first = starts[i]!;
      const rows = distributions?.subarray(first * V) ?? new Float32Array(targets.length * V);
      losses[i] = crossEntropyForward(rows, model.logits, targets, 0, targets.length, V);
      wanted.set(targets, first);
      for (let k = 0; k < targets.length; k++) {
        says[first + k] = argmax(model.logits, k * V, V);
        ofWanted[first + k] = rows[k * V + targets[k]!]!;
      }
      yield;
    }
    return success(undefined);
  });
  if (!asked.ok) return asked;
  return success({ starts, says, wanted, probabilities: ofWanted, distributions, losses });
}
