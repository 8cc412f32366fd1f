import { listedProblems } from '../data/check-dataset.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { TensorJson, WeightsJson } from '../model/experiment.ts';
import { modelLimits } from '../model/spec.ts';
import { copyBytesInPieces } from '../tensor/copy.ts';
import type { Floats } from '../tensor/floats.ts';
import { decodeText } from './decode-text.ts';
import { isObject } from './fields.ts';
import { parseJson } from './parse-json.ts';
import { checkWeights, type WeightsDocument, type WeightsFile } from './weights.ts';

/** A state dict, and strings that say what it is. */
export interface TensorFile {
  weights: WeightsJson;
  metadata: Record<string, string>;
}

/**
 * safetensors (huggingface/safetensors, README, "Format"): u64 header length N, little-endian; N bytes of JSON from
 * each key to {dtype, shape, data_offsets}, padded with spaces to a multiple of 8; then the tensors' bytes, which the
 * offsets count from there. `__metadata__` takes strings only. Every tensor is written as F32.
 */
export function writeTensorFile({ weights, metadata }: TensorFile): Uint8Array {
  const tensors = Object.entries(weights).map(([key, { shape, data }]) => ({
    key,
    shape,
    size: data.length,
  }));
  const { bytes, start } = startTensorFile(tensors, metadata);
  const view = new DataView(bytes.buffer, start);
  let at = 0;
  for (const { data } of Object.values(weights)) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** The whole file but the tensors' own bytes, which begin at `start`. */
function startTensorFile(
  tensors: readonly { key: string; shape: readonly number[]; size: number }[],
  metadata: Record<string, string>,
): { bytes: Uint8Array; start: number } {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  let end = 0;
  for (const { key, shape, size } of tensors) {
    header[key] = { dtype: 'F32', shape, data_offsets: [end, end + 4 * size] };
    end += 4 * size;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = 8 + headerBytes;
  const bytes = new Uint8Array(start + end).fill(0x20, 8 + json.length, start);
  bytes.set(json, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  return { bytes, start };
}

/** Reads it back, and files that PyTorch wrote (`safetensors.torch.save_file`): F32 and F64 tensors, finite numbers. */
export function readTensorFile(bytes: Uint8Array): Result<TensorFile> {
  const header = readHeader(bytes);
  if (!header.ok) return header;
  const { entries, metadata, start } = header.value;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const weights: WeightsJson = {};
  const problems: Problem[] = [];
  // Entries may share bytes, so the file's size alone bounds nothing.
  let budget = modelLimits.parameters;
  for (const [key, entry] of entries) {
    const tensor = readTensor(key, entry, view, budget);
    if (tensor.ok) {
      budget -= tensor.value.data.length;
      Object.defineProperty(weights, key, { value: tensor.value, ...ordinary });
    } else if (problems.length < listedProblems) problems.push(...tensor.problems);
  }
  return problems.length > 0 ? failure(...problems) : success({ weights, metadata });
}

/** A weights document: its JSON without the weights stands in the metadata, under `ohlol`. */
export function writeSafetensors({ weights, ...rest }: WeightsDocument): Uint8Array {
  return writeTensorFile({ weights, metadata: { ohlol: JSON.stringify(rest) } });
}

/** The same with a run's own float32 weights in place of the document's, in pieces of a few milliseconds. */
export function* writeSafetensorsInPieces(
  { weights: _, ...rest }: WeightsDocument,
  parameters: readonly { key: string; shape: readonly number[]; value: Floats }[],
): Generator<void, Uint8Array> {
  const tensors = parameters.map(({ key, shape, value }) => ({ key, shape, size: value.length }));
  const { bytes, start } = startTensorFile(tensors, { ohlol: JSON.stringify(rest) });
  let at = start;
  for (const { value } of parameters) {
    at = yield* copyBytesInPieces(bytes, at, value);
    yield;
  }
  return bytes;
}

/** A weights document, or the map of a file that somebody else wrote. */
export function readSafetensors(bytes: Uint8Array): Result<WeightsFile> {
  const read = readTensorFile(bytes);
  if (!read.ok) return read;
  const { weights, metadata } = read.value;
  if (metadata.ohlol === undefined) return success({ kind: 'map', weights });
  const described = parseJson(metadata.ohlol, '__metadata__.ohlol');
  if (!described.ok) return described;
  return checkWeights(isObject(described.value) ? { ...described.value, weights } : described.value);
}

const ordinary = { enumerable: true, configurable: true, writable: true };

interface Header {
  entries: [string, unknown][];
  metadata: Record<string, string>;
  /** Where the tensors' bytes begin. */
  start: number;
}

function readHeader(bytes: Uint8Array): Result<Header> {
  if (bytes.length < 8) {
    return failure(
      problem(
        'cut-off',
        '',
        `the safetensors file has ${bytes.length} bytes; its header length alone takes 8`,
      ),
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) {
    const message = `the safetensors file ends in its header: that has ${length} bytes, the file ${bytes.length - 8} after its length`;
    return failure(problem('cut-off', '', message));
  }
  const start = 8 + Number(length);
  const text = decodeText(bytes.subarray(8, start), 'the safetensors header');
  if (!text.ok) return text;
  const parsed = parseJson(text.value, 'the safetensors header');
  if (!parsed.ok) return parsed;
  if (!isObject(parsed.value)) {
    return failure(problem('wrong-type', '', 'the safetensors header is not an object from keys to tensors'));
  }
  const { __metadata__: metadata, ...tensors } = parsed.value;
  const strings = Object.entries(isObject(metadata) ? metadata : {}).filter(
    ([, text]) => typeof text === 'string',
  );
  return success({
    entries: Object.entries(tensors),
    metadata: Object.fromEntries(strings) as Record<string, string>,
    start,
  });
}

const widths: Record<string, number> = { F32: 4, F64: 8 };

/** `budget`: how many numbers more are taken. */
function readTensor(key: string, entry: unknown, view: DataView, budget: number): Result<TensorJson> {
  const refuse = (code: string, message: string) => failure(problem(code, key, `${key}: ${message}`));
  if (
    !isObject(entry) ||
    !isSizes(entry.shape) ||
    !isSizes(entry.data_offsets) ||
    entry.data_offsets.length !== 2
  ) {
    return refuse('wrong-type', 'its header entry must be {dtype, shape, data_offsets: [begin, end]}');
  }
  const { shape } = entry;
  const [begin, end] = entry.data_offsets as [number, number];
  const width = typeof entry.dtype === 'string' ? widths[entry.dtype] : undefined;
  if (width === undefined)
    return refuse('dtype', `dtype is ${JSON.stringify(entry.dtype)}; it must be F32 or F64`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > budget) {
    return refuse(
      'too-many',
      `shape [${shape.join(', ')}] is of ${count} numbers; at most ${modelLimits.parameters} are taken of a file`,
    );
  }
  if (end - begin !== count * width) {
    return refuse(
      'shape-data',
      `shape [${shape.join(', ')}] of ${entry.dtype} needs ${count * width} bytes, its offsets give ${end - begin}`,
    );
  }
  if (end > view.byteLength)
    return refuse('cut-off', `its bytes end at ${end}, the file has ${view.byteLength} of them`);
  const data = new Array<number>(count);
  for (let i = 0; i < count; i++) {
    const at = begin + i * width;
    const value = Math.fround(width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
    if (!Number.isFinite(value))
      return refuse('not-finite', `number ${i + 1} is ${value}; it must be finite`);
    data[i] = value;
  }
  return success({ shape, data });
}

function isSizes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= 8 &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0)
  );
}
