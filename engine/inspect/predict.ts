import type { Prediction, PredictRequest } from '../api.ts';
import { type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import { crossEntropyForward } from '../layers/cross-entropy.ts';
import { forwardModel, outputRows, setInitialStates } from '../model/model.ts';
import type { Floats } from '../tensor/floats.ts';
import { createPacking, packEqual } from '../tensor/packing.ts';
import { encodeInput, loadTrained } from './trained.ts';

/** One sequence's way through trained weights, from the model's initial state, without dropout. */
export function predict({ trained, input }: PredictRequest): Result<Prediction> {
  const encoded = encodeInput(trained, input);
  if (!encoded.ok) return encoded;
  const { tokens, codes } = encoded.value;
  const T = tokens.length;
  const loaded = loadTrained(trained, T, false);
  if (!loaded.ok) return loaded;
  const model = loaded.value;
  const packing = createPacking(T);
  packEqual(packing, T, 1);
  setInitialStates(model, 1);
  finish(forwardModel(model, packing, codes, null));

  const V = model.sizes.outputSize;
  const outputs = outputRows(model, packing);
  const probabilities = new Float32Array(outputs * V); // [T, V]
  crossEntropyForward(probabilities, model.logits, new Int32Array(outputs), 0, outputs, V);
  const logits = toRows(model.logits, outputs, V);
  return success({
    inputTokens: tokens,
    // The first of the largest, as torch.argmax gives it.
    predictedTokens: logits.map((row) => trained.targetVocabulary[row.indexOf(Math.max(...row))]!),
    logits,
    probabilities: toRows(probabilities, outputs, V),
    states: toRows(model.recurrent.output, T, model.recurrent.sizes.D * model.recurrent.sizes.H),
  });
}

function toRows(values: Floats, rows: number, width: number): number[][] {
  return Array.from({ length: rows }, (_, r) => Array.from(values.subarray(r * width, (r + 1) * width)));
}
