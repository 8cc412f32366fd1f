import { failure, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import { crossEntropyForward } from '../layers/cross-entropy.ts';
import { forwardModel, type Model, outputRows, setInitialStates } from '../model/model.ts';
import type { Prediction, PredictQuestion, StatePatch } from '../questions.ts';
import { argmax, type Floats } from '../tensor/floats.ts';
import { packedOne } from '../tensor/packing.ts';
import { checkPatches, setPatches } from './state-patches.ts';
import { encodeInput, type TrainedModel, withModel } from './trained.ts';

/** One sequence's way through trained weights, from the model's initial state, without dropout. */
export function predict(trained: TrainedModel, question: PredictQuestion): Result<Prediction> {
  return finish(predictInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function* predictInPieces(
  trained: TrainedModel,
  { input, patches = [] }: PredictQuestion,
): Generator<void, Result<Prediction>> {
  const encoded = encodeInput(trained, input);
  if (!encoded.ok) return encoded;
  const { tokens, codes } = encoded.value;
  return yield* withModel(trained, codes.length, false, function* (model) {
    const wrong = checkPatches(model, patches, codes.length);
    if (wrong.length > 0) return failure(...wrong);
    yield* readPatched(model, codes, patches);
    return success(describePrediction(model, trained, tokens));
  });
}

/** Runs one sequence through the model with states overwritten, then removes the patches. */
export function* readPatched(
  model: Model,
  codes: Int32Array,
  patches: readonly StatePatch[],
): Generator<void> {
  setPatches(model, patches);
  yield* readSequence(model, codes);
  setPatches(model, []);
}

/** Runs one sequence through the model from its initial state. */
export function* readSequence(model: Model, codes: Int32Array): Generator<void> {
  setInitialStates(model, 1);
  yield* forwardModel(model, packedOne(codes.length), codes, null);
}

/** What the model says of the sequence that it has just read. */
export function describePrediction(
  model: Model,
  { targetVocabulary }: Pick<TrainedModel, 'targetVocabulary'>,
  tokens: string[],
): Prediction {
  const T = tokens.length;
  const V = model.sizes.outputSize;
  const K = outputRows(model, packedOne(T));
  const probabilities = new Float32Array(K * V); // [K, V]
  crossEntropyForward(probabilities, model.logits, new Int32Array(K), 0, K, V);
  const { H, D } = model.recurrent.sizes;
  return {
    inputTokens: tokens,
    // argmax takes the first of equals, as torch.argmax does.
    predictedTokens: Array.from({ length: K }, (_, k) => targetVocabulary[argmax(model.logits, k * V, V)]!),
    logits: firstOf(model.logits, K * V),
    probabilities,
    states: firstOf(model.recurrent.output, T * D * H),
  };
}

/** Copies the first `count` values: a buffer may have room for more, and is used again. */
export function firstOf(values: Floats, count: number): Float32Array {
  return Float32Array.from(values.subarray(0, count));
}
