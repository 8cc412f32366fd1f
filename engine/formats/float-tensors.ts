/**
 * Reads a safetensors file in the form the engine itself uses: float32 values, read in pieces between other work.
 */
import { listedProblems } from '../data/check-dataset.ts';
import { failure, type Problem, type Result, success } from '../errors.ts';
import { findNotFinite } from '../model/check-weights.ts';
import { parseJson } from './parse-json.ts';
import { findTensors, roundingWarning, type TensorPlace, tensorNotFinite } from './safetensors.ts';
import { checkWeightsOf, type DocumentOf } from './weights.ts';

/** Tensors by key, row-major. */
export type FloatTensors = Record<string, { shape: number[]; data: Float32Array }>;

/** Reads what `readSafetensors` reads, in pieces of a few milliseconds, and without lists of numbers. */
export function* readFloatTensors(
  bytes: Uint8Array,
): Generator<
  void,
  Result<{ kind: 'document'; document: DocumentOf<FloatTensors> } | { kind: 'map'; weights: FloatTensors }>
> {
  const found = findTensors(bytes);
  if (!found.ok) return found;
  const { places, metadata, view } = found.value;
  const tensors: [string, FloatTensors[string]][] = [];
  const problems: Problem[] = [];
  for (const place of places) {
    const tensor = yield* readFloats(place, view);
    if (tensor.ok) tensors.push([place.key, tensor.value]);
    else if (problems.length < listedProblems) problems.push(...tensor.problems);
    yield;
  }
  if (problems.length > 0) return failure(...problems);
  const weights = Object.fromEntries(tensors);
  const rounded = roundingWarning(places);
  if (!Object.hasOwn(metadata, 'ohlol')) return success({ kind: 'map', weights }, rounded);
  const described = parseJson(metadata.ohlol!, '__metadata__.ohlol');
  if (!described.ok) return described;
  const checked = checkWeightsOf(described.value, weights);
  if (!checked.ok) return checked;
  return success({ kind: 'document', document: checked.value }, [...rounded, ...checked.warnings]);
}

/** Numbers of a piece, which takes one or two milliseconds. */
const pieceNumbers = 2 ** 18;

function* readFloats(
  place: TensorPlace,
  view: DataView,
): Generator<void, Result<{ shape: number[]; data: Float32Array }>> {
  const { key, shape, count, width, begin } = place;
  const data = new Float32Array(count);
  const doubleAt = (i: number) => view.getFloat64(begin + i * width, true);
  for (let from = 0; from < count; from += pieceNumbers) {
    const until = Math.min(from + pieceNumbers, count);
    if (width === 4) copyFloats(data, from, until, view, begin);
    else for (let i = from; i < until; i++) data[i] = doubleAt(i);
    const wrong = findNotFinite(data, from, until);
    if (wrong >= 0) return failure(tensorNotFinite(key, wrong, width === 4 ? data[wrong]! : doubleAt(wrong)));
    if (until < count) yield;
  }
  return success({ shape, data });
}

/** Copies the bytes as they stand: safetensors and every machine that runs Ohlol are little-endian. */
function copyFloats(to: Float32Array, from: number, until: number, view: DataView, begin: number): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + begin + 4 * from, 4 * (until - from));
  new Uint8Array(to.buffer, 4 * from, bytes.length).set(bytes);
}
