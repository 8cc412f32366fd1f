import { listedProblems } from '../data/check-dataset.ts';
import { failure, type Problem, problem, quote, type Result, success } from '../errors.ts';
import { isFiniteFloat, notFinite } from '../model/check-weights.ts';
import type { TensorJson, WeightsJson } from '../model/experiment.ts';
import { modelLimits } from '../model/spec.ts';
import { copyBytesInPieces } from '../tensor/copy.ts';
import type { Floats } from '../tensor/floats.ts';
import { safetensorsHeaderLimit } from './binary-kinds.ts';
import { decodeText } from './decode-text.ts';
import { isObject, wrongType } from './fields.ts';
import { parseJson } from './parse-json.ts';
import { checkWeightsDocument, type WeightsDocument, type WeightsFile } from './weights.ts';

/** A state dict, with strings that describe it. */
export interface TensorFile {
  weights: WeightsJson;
  metadata: Record<string, string>;
}

/**
 * Writes safetensors (huggingface/safetensors, README, "Format"): u64 header length N, little-endian; N bytes of
 * JSON from each key to {dtype, shape, data_offsets}, padded with spaces to a multiple of 8; then the tensors'
 * bytes, from whose beginning the offsets count. `__metadata__` holds strings only. Every tensor is written as F32.
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

/** The whole file except the tensors' bytes, which begin at `start`. */
function startTensorFile(
  tensors: readonly { key: string; shape: readonly number[]; size: number }[],
  metadata: Record<string, string>,
): { bytes: Uint8Array; start: number } {
  const entries: [string, unknown][] = [['__metadata__', { format: 'pt', ...metadata }]];
  let end = 0;
  for (const { key, shape, size } of tensors) {
    entries.push([key, { dtype: 'F32', shape, data_offsets: [end, end + 4 * size] }]);
    end += 4 * size;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = 8 + headerBytes;
  const bytes = new Uint8Array(start + end).fill(0x20, 8 + json.length, start);
  bytes.set(json, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  return { bytes, start };
}

/**
 * Reads safetensors files, also those that PyTorch wrote (`safetensors.torch.save_file`): F32 tensors, and F64 ones,
 * which are rounded with a warning. All numbers must be finite. As in the format's own library, the tensors' bytes
 * must be exactly what follows the header, without holes, overlaps or trailing bytes.
 */
export function readTensorFile(bytes: Uint8Array): Result<TensorFile> {
  const found = findTensors(bytes);
  if (!found.ok) return found;
  const { places, metadata, view } = found.value;
  const tensors: [string, TensorJson][] = [];
  const problems: Problem[] = [];
  for (const place of places) {
    const tensor = readNumbers(place, view);
    if (tensor.ok) tensors.push([place.key, tensor.value]);
    else if (problems.length < listedProblems) problems.push(...tensor.problems);
  }
  if (problems.length > 0) return failure(...problems);
  return success({ weights: Object.fromEntries(tensors), metadata }, roundingWarning(places));
}

export interface FoundTensors {
  places: TensorPlace[];
  metadata: Record<string, string>;
  /** The bytes after the header. */
  view: DataView;
}

/** Finds where the tensors are, before any number is read. */
export function findTensors(bytes: Uint8Array): Result<FoundTensors> {
  const header = readHeader(bytes);
  if (!header.ok) return header;
  const { entries, metadata, start } = header.value;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const problems: Problem[] = [];
  const places: TensorPlace[] = [];
  let budget = modelLimits.parameters;
  for (const [key, entry] of entries) {
    const place = readPlace(key, entry, view.byteLength, budget);
    if (place.ok) {
      budget -= place.value.count;
      places.push(place.value);
    } else if (problems.length < listedProblems) problems.push(...place.problems);
  }
  if (problems.length === 0) problems.push(...checkCoverage(places, view.byteLength));
  if (problems.length > 0) return failure(...problems);
  return success({ places, metadata, view });
}

/** Writes a weights document. Its JSON without the weights is in the metadata, under `ohlol`. */
export function writeSafetensors({ weights, ...rest }: WeightsDocument): Uint8Array {
  return writeTensorFile({ weights, metadata: { ohlol: JSON.stringify(rest) } });
}

/**
 * Writes a weights document with a run's own float32 weights in place of the document's, in pieces of a few
 * milliseconds.
 */
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

/** Reads a weights document, or the bare state dict of a file that another program wrote. */
export function readSafetensors(bytes: Uint8Array): Result<WeightsFile> {
  const read = readTensorFile(bytes);
  if (!read.ok) return read;
  const { weights, metadata } = read.value;
  if (!Object.hasOwn(metadata, 'ohlol')) return success({ kind: 'map', weights }, read.warnings);
  const described = parseJson(metadata.ohlol!, '__metadata__.ohlol');
  if (!described.ok) return described;
  const checked = checkWeightsDocument(
    isObject(described.value) ? { ...described.value, weights } : described.value,
  );
  return checked.ok ? success(checked.value, [...read.warnings, ...checked.warnings]) : checked;
}

interface Header {
  entries: [string, unknown][];
  metadata: Record<string, string>;
  /** Byte offset at which the tensors' bytes begin. */
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
  if (length > BigInt(safetensorsHeaderLimit)) {
    const message = `the safetensors file has a header of ${length} bytes; at most ${safetensorsHeaderLimit} are read`;
    return failure(
      problem('too-many', '', message, { count: String(length), limit: safetensorsHeaderLimit }),
    );
  }
  if (length > BigInt(bytes.length - 8)) {
    const message = `the safetensors file ends in its header: that has ${length} bytes, the file ${bytes.length - 8} after its length`;
    return failure(problem('cut-off', '', message));
  }
  const start = 8 + Number(length);
  const text = decodeText(bytes.subarray(8, start), 'the safetensors header');
  if (!text.ok) return text;
  const parsed = parseJson(text.value, 'the safetensors header');
  if (!parsed.ok) return parsed;
  if (!isObject(parsed.value))
    return failure(wrongType('', parsed.value, 'an object from keys to tensors', 'the safetensors header'));
  const entries = Object.entries(parsed.value).filter(([key]) => key !== '__metadata__');
  const metadata = readMetadata(parsed.value);
  return metadata.ok ? success({ entries, metadata: metadata.value, start }) : metadata;
}

function readMetadata(header: Record<string, unknown>): Result<Record<string, string>> {
  if (!Object.hasOwn(header, '__metadata__')) return success({});
  const metadata = header.__metadata__;
  if (!isObject(metadata)) return failure(wrongType('__metadata__', metadata, 'an object of strings'));
  const wrong = Object.entries(metadata).find(([, value]) => typeof value !== 'string');
  if (wrong) return failure(wrongType(`__metadata__[${quote(wrong[0])}]`, wrong[1], 'a string'));
  return success(metadata as Record<string, string>);
}

const widths = new Map([
  ['F32', 4],
  ['F64', 8],
]);

export interface TensorPlace {
  key: string;
  shape: number[];
  count: number;
  /** Bytes per number. */
  width: number;
  begin: number;
  end: number;
}

/** `budget` is the count of numbers that may still be read. */
function readPlace(key: string, entry: unknown, bytes: number, budget: number): Result<TensorPlace> {
  const refuse = (code: string, message: string, details: Problem['details'] = {}) =>
    failure(problem(code, key, `${quoteKey(key)}: ${message}`, { key, ...details }));
  const own = (name: string) => (isObject(entry) && Object.hasOwn(entry, name) ? entry[name] : undefined);
  const shape = own('shape');
  const offsets = own('data_offsets');
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    const found = shorten(JSON.stringify(entry));
    const message = `its header entry is ${found}; it must be {dtype, shape, data_offsets: [begin, end]}`;
    return refuse('tensor-entry', message, { found });
  }
  const [begin, end] = offsets as [number, number];
  const dtype = own('dtype');
  const width = typeof dtype === 'string' ? widths.get(dtype) : undefined;
  if (width === undefined) {
    const found =
      dtype === undefined ? 'missing' : typeof dtype === 'string' ? quote(dtype) : `a ${typeof dtype}`;
    return refuse('dtype', `dtype is ${found}; it must be F32 or F64`, { found });
  }
  const sizes = `shape [${shape.join(', ')}]`;
  if (overflows(shape)) {
    const message = `${sizes} is of more numbers than can be counted; at most ${modelLimits.parameters} are taken of a file`;
    return refuse('too-many', message, { count: shape.join(' × '), limit: modelLimits.parameters });
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > budget) {
    const message = `${sizes} is of ${count} numbers; at most ${modelLimits.parameters} are taken of a file`;
    return refuse('too-many', message, { count, limit: modelLimits.parameters });
  }
  if (end - begin !== count * width) {
    const message = `${sizes} of ${dtype} needs ${count * width} bytes, its offsets give ${end - begin}`;
    return refuse('tensor-bytes', message, { needed: count * width, found: end - begin });
  }
  if (end > bytes) return refuse('cut-off', `its bytes end at ${end}, the file has ${bytes} of them`);
  return success({ key, shape, count, width, begin, end });
}

/**
 * Whether the product of the sizes, from the left, exceeds what can be counted exactly. As in the format's own
 * library, a later 0 does not make up for that.
 */
function overflows(shape: readonly number[]): boolean {
  let product = 1;
  return shape.some((size) => {
    product *= size;
    return !Number.isSafeInteger(product);
  });
}

/** Checks that the tensors' bytes follow one another without gaps from the first byte to the last. */
function checkCoverage(places: readonly TensorPlace[], bytes: number): Problem[] {
  let covered = 0;
  for (const { key, begin, end } of places.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      const what = begin < covered ? 'in another tensor' : 'behind a hole';
      const message = `${quoteKey(key)}: its bytes begin at ${begin}, ${what}; they must begin at ${covered}`;
      return [problem('tensor-offsets', key, message, { key, found: begin, needed: covered })];
    }
    covered = end;
  }
  if (covered === bytes) return [];
  const message = `the safetensors file has ${bytes} bytes after its header; its tensors take ${covered}`;
  return [problem('trailing-bytes', '', message, { found: bytes, needed: covered })];
}

function readNumbers({ key, shape, count, width, begin }: TensorPlace, view: DataView): Result<TensorJson> {
  const data = new Array<number>(count);
  for (let i = 0; i < count; i++) {
    const at = begin + i * width;
    const value = width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    if (!isFiniteFloat(value)) return failure(tensorNotFinite(key, i, value));
    data[i] = Math.fround(value);
  }
  return success({ shape, data });
}

export function tensorNotFinite(key: string, index: number, value: number): Problem {
  return notFinite(`${quoteKey(key)}, number ${index + 1}`, key, index, value);
}

export function roundingWarning(places: readonly TensorPlace[]): Problem[] {
  const rounded = places.filter(({ width }) => width === 8);
  if (rounded.length === 0) return [];
  const message = `${quoteKey(rounded[0]!.key)}: its F64 numbers are rounded to float32${
    rounded.length === 1 ? '' : `, as are those of ${rounded.length - 1} more tensors`
  }`;
  return [
    problem('rounded-to-float32', rounded[0]!.key, message, { key: rounded[0]!.key, count: rounded.length }),
  ];
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The key as it is, or quoted where it is long or unusual. */
function quoteKey(key: string): string {
  return /^[\w.]{1,80}$/.test(key) ? key : quote(key);
}

function isSizes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= 8 &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0)
  );
}
