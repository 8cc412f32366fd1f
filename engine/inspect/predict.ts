import type { Prediction, PredictRequest, TrainedModel } from '../api.ts';
import { type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import { crossEntropyForward } from '../layers/cross-entropy.ts';
import { forwardModel, type Model, outputRows, setInitialStates } from '../model/model.ts';
import type { Floats } from '../tensor/floats.ts';
import { packedOne } from '../tensor/packing.ts';
import { encodeInput, loadTrained } from './trained.ts';

/** One sequence's way through trained weights, from the model's initial state, without dropout. */
export function predict(request: PredictRequest): Result<Prediction> {
  return finish(predictInPieces(request));
}

/** The same, yielding where long work may be interrupted. */
export function* predictInPieces({ trained, input }: PredictRequest): Generator<void, Result<Prediction>> {
  const encoded = encodeInput(trained, input);
  if (!encoded.ok) return encoded;
  const { tokens, codes } = encoded.value;
  const loaded = loadTrained(trained, codes.length, false);
  if (!loaded.ok) return loaded;
  yield* readSequence(loaded.value, codes);
  return success(describePrediction(loaded.value, trained, tokens));
}

/** Runs one sequence through the model from its initial state. */
export function* readSequence(model: Model, codes: Int32Array): Generator<void> {
  setInitialStates(model, 1);
  yield* forwardModel(model, packedOne(codes.length), codes, null);
}

/** What the model says of the sequence that it has just read. */
export function describePrediction(model: Model, trained: TrainedModel, tokens: string[]): Prediction {
  const T = tokens.length;
  const V = model.sizes.outputSize;
  const outputs = outputRows(model, packedOne(T));
  const probabilities = new Float32Array(outputs * V); // [T, V]
  crossEntropyForward(probabilities, model.logits, new Int32Array(outputs), 0, outputs, V);
  const { H, D } = model.recurrent.sizes;
  const logits = toRows(model.logits, outputs, V);
  return {
    inputTokens: tokens,
    // The first of the largest, as torch.argmax gives it.
    predictedTokens: logits.map((row) => trained.targetVocabulary[row.indexOf(Math.max(...row))]!),
    logits,
    probabilities: toRows(probabilities, outputs, V),
    states: toRows(model.recurrent.output, T, D * H),
  };
}

/** Row-major values as nested lists. */
export function toRows(values: Floats, rows: number, width: number): number[][] {
  return Array.from({ length: rows }, (_, r) => Array.from(values.subarray(r * width, (r + 1) * width)));
}
