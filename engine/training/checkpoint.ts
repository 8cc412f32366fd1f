/**
 * A checkpoint holds everything that decides what a run does next, so that the run continues bit for bit in another
 * process. Settings are not in it; they are the document's. Time is not in it either, so the same run gives the same
 * bytes.
 *
 * Bytes: "OHLOLCKP", u32 length of the header, header (JSON, padded with spaces to 4 bytes), then the tensors one
 * after another; all little-endian.
 */
import { type Problem, problem } from '../errors.ts';
import { copyBytesInPieces } from '../tensor/copy.ts';
import { createGenerator } from '../tensor/random.ts';
import type { Run } from './run.ts';
import { noProgress, type Progress } from './stop-rules.ts';

type Words = Float32Array | Int32Array | Uint32Array;

interface Header {
  version: 1;
  optimizer: string;
  progress: Progress;
  batchesDone: number;
  gradNorm: number;
  optimizerSteps: number[];
  lossSum: number;
  tokens: number;
  right: number;
  generator: { used: number; keptNormal: number | null };
  dropout: { used: number; keptNormal: number | null };
  tensors: { name: string; length: number }[];
}

const magic = 'OHLOLCKP';
const headerAt = magic.length + 4;

/** Writes a checkpoint in pieces of a few milliseconds; the run must not go on in between. */
export function* writeCheckpoint(run: Run): Generator<void, Uint8Array> {
  const tensors = tensorsOf(run, run.batchesDone > 0);
  const random = run.generator.state();
  const dropout = run.dropout.state();
  tensors.push({ name: 'generator', values: random.words }, { name: 'dropout', values: dropout.words });
  const header: Header = {
    version: 1,
    optimizer: run.experiment.training.optimizer.name,
    progress: run.progress,
    batchesDone: run.batchesDone,
    gradNorm: run.gradNorm,
    optimizerSteps: run.optimizers.map(({ optimizer }) => optimizer.steps),
    lossSum: run.metrics.lossSum,
    tokens: run.metrics.tokens,
    right: run.metrics.right,
    generator: { used: random.used, keptNormal: random.keptNormal },
    dropout: { used: dropout.used, keptNormal: dropout.keptNormal },
    tensors: tensors.map(({ name, values }) => ({ name, length: values.length })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 4) * 4;
  const words = tensors.reduce((sum, { values }) => sum + values.length, 0);
  const bytes = new Uint8Array(headerAt + headerLength + 4 * words);
  bytes.set(new TextEncoder().encode(magic));
  new DataView(bytes.buffer).setUint32(magic.length, headerLength, true);
  bytes.fill(0x20, headerAt, headerAt + headerLength).set(text, headerAt);
  let at = headerAt + headerLength;
  for (const { values } of tensors) {
    at = yield* copyBytesInPieces(bytes, at, values);
    yield;
  }
  return bytes;
}

/**
 * Puts a run of the same document where the checkpoint stood, in pieces of a few milliseconds. Returns problems
 * where it cannot; the run must not be used then.
 */
export function* readCheckpoint(run: Run, bytes: Uint8Array): Generator<void, Problem[]> {
  const header = readHeader(bytes);
  if (header === null) {
    return [problem('checkpoint-format', '', 'the checkpoint is not one of Ohlol version 1, or is cut off')];
  }
  const tensors = tensorsOf(run, header.batchesDone > 0);
  const words = new Uint32Array(2 * 624);
  tensors.push(
    { name: 'generator', values: words.subarray(0, 624) },
    { name: 'dropout', values: words.subarray(624) },
  );
  const needed = list(tensors.map(({ name, values }) => ({ name, length: values.length })));
  const found = list(header.tensors);
  const optimizer = run.experiment.training.optimizer.name;
  const dataBytes = 4 * header.tensors.reduce((sum, { length }) => sum + length, 0);
  if (
    found !== needed ||
    header.optimizer !== optimizer ||
    header.optimizerSteps.length !== run.optimizers.length ||
    header.batchesDone >= run.training.batchesPerEpoch
  ) {
    const message = 'the checkpoint belongs to another document: model, data or optimizer differ';
    return [problem('checkpoint-document', '', message, { found, needed })];
  }
  let at = bytes.length - dataBytes;
  for (const { values } of tensors) {
    const view = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    yield* copyBytesInPieces(view, 0, bytes.subarray(at, at + view.length));
    at += view.length;
    yield;
  }
  if (
    !areBelow(run.order, run.order.length) ||
    !areBelow(run.metrics.predicted, run.model.sizes.outputSize)
  ) {
    return [problem('checkpoint-format', '', 'the checkpoint names sequences or tokens that are not there')];
  }
  run.progress = { ...noProgress(), ...header.progress };
  run.batchesDone = header.batchesDone;
  run.gradNorm = header.gradNorm;
  for (const [i, part] of run.optimizers.entries()) part.optimizer.steps = header.optimizerSteps[i]!;
  takeCounts(run, header);
  run.generator = createGenerator({ words: words.subarray(0, 624), ...header.generator });
  run.dropout = createGenerator({ words: words.subarray(624), ...header.dropout });
  run.loaded = -1;
  return [];
}

/** What a run takes over from another run's state. */
export interface Keeps {
  /**
   * true: stop rules and best epoch go on. false: they begin anew, because they have to judge other weights or other
   * data.
   */
  counts: boolean;
  /**
   * true: shuffles and dropout continue the other run's random streams. false: they begin as the run's own seed
   * says.
   */
  seed: boolean;
}

/**
 * Puts a new run where another run of the same model stood after an epoch, in pieces of a few milliseconds. With the
 * same optimizer, its state is taken over as far as both runs have it, and the rest begins at 0; another optimizer
 * begins anew. Returns problems where the state does not fit.
 */
export function* takeState(run: Run, bytes: Uint8Array, keeps: Keeps): Generator<void, Problem[]> {
  const header = readHeader(bytes);
  if (header === null || header.batchesDone > 0) {
    const message = 'the checkpoint is not one of Ohlol version 1 between two epochs, or is cut off';
    return [problem('checkpoint-format', '', message)];
  }
  const isSameOptimizer = header.optimizer === run.experiment.training.optimizer.name;
  const words = new Uint32Array(2 * 624);
  const isKept = ({ name }: { name: string }) =>
    name === 'weights' || (name === 'best' ? keeps.counts : isSameOptimizer);
  const own = numbered([
    ...tensorsOf(run, false).filter(isKept),
    { name: 'generator', values: words.subarray(0, 624) },
    { name: 'dropout', values: words.subarray(624) },
  ]);
  let at = bytes.length - 4 * header.tensors.reduce((sum, { length }) => sum + length, 0);
  for (const [name, { length }] of numbered(header.tensors)) {
    const values = own.get(name)?.values;
    if (values !== undefined && values.length !== length) {
      const [found, needed] = [`${name} ${length}`, `${name} ${values.length}`];
      const message = `the state has ${length} numbers of ${name}, the run needs ${values.length}`;
      return [problem('checkpoint-document', '', message, { found, needed })];
    }
    if (values !== undefined) {
      const view = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      yield* copyBytesInPieces(view, 0, bytes.subarray(at, at + view.length));
      yield;
    }
    at += 4 * length;
  }
  const counted = keeps.counts ? header.progress : { epoch: header.progress.epoch };
  run.progress = { ...noProgress(), ...counted };
  run.gradNorm = header.gradNorm;
  if (keeps.counts) takeCounts(run, header);
  for (const [i, part] of run.optimizers.entries()) {
    if (isSameOptimizer) part.optimizer.steps = header.optimizerSteps[i] ?? 0;
  }
  if (!keeps.seed) return [];
  run.generator = createGenerator({ words: words.subarray(0, 624), ...header.generator });
  run.dropout = createGenerator({ words: words.subarray(624), ...header.dropout });
  return [];
}

/** Tensors by name and number: each part of the parameters has its own optimizer, whose state has the same names. */
function numbered<T extends { name: string }>(tensors: readonly T[]): Map<string, T> {
  const seen = new Map<string, number>();
  const all = new Map<string, T>();
  for (const tensor of tensors) {
    const before = seen.get(tensor.name) ?? 0;
    seen.set(tensor.name, before + 1);
    all.set(`${tensor.name} ${before}`, tensor);
  }
  return all;
}

/** Takes over the counts of the epoch under way, or of the last epoch. */
function takeCounts({ metrics }: Run, { lossSum, tokens, right }: Header): void {
  metrics.lossSum = lossSum;
  metrics.tokens = tokens;
  metrics.right = right;
}

function areBelow(values: Int32Array, limit: number): boolean {
  return values.every((value) => value >= 0 && value < limit);
}

/**
 * The run's own buffers, in the order in which they are written. Buffers needed only in the middle of an epoch come
 * last.
 */
function tensorsOf(run: Run, midEpoch: boolean): { name: string; values: Words }[] {
  const tensors = [
    { name: 'weights', values: run.model.parameters.values },
    ...run.optimizers.flatMap((part) => part.optimizer.state),
    ...(run.best === null ? [] : [{ name: 'best', values: run.best }]),
  ];
  const asWords = tensors.map(({ name, values }) => ({ name, values: values as Float32Array as Words }));
  if (!midEpoch) return asWords;
  asWords.push(
    { name: 'order', values: run.order },
    { name: 'predicted', values: run.metrics.predicted },
    { name: 'probabilities', values: run.metrics.probabilities as Float32Array },
  );
  if (!run.training.carriesState) return asWords;
  for (const [l, { directions }] of run.model.recurrent.layers.entries()) {
    for (const [k, { hState, cState }] of directions.entries()) {
      asWords.push({ name: `h ${l} ${k}`, values: hState as Float32Array });
      asWords.push({ name: `c ${l} ${k}`, values: cState as Float32Array });
    }
  }
  return asWords;
}

function list(tensors: { name: string; length: number }[]): string {
  return tensors.map(({ name, length }) => `${name} ${length}`).join(', ');
}

/** The header of a checkpoint; null where the bytes are not a whole checkpoint. */
function readHeader(bytes: Uint8Array): Header | null {
  if (bytes.length < headerAt) return null;
  if (new TextDecoder().decode(bytes.subarray(0, magic.length)) !== magic) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(magic.length, true);
  if (headerAt + length > bytes.length) return null;
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(headerAt, headerAt + length)));
    if (!isHeader(header)) return null;
    const words = header.tensors.reduce((sum, tensor) => sum + tensor.length, 0);
    return headerAt + length + 4 * words === bytes.length ? header : null;
  } catch {
    return null;
  }
}

/** Whether the header has everything that readCheckpoint uses, with values that it can compute with. */
function isHeader(value: unknown): value is Header {
  const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  const isNumber = (x: unknown) => Number.isFinite(x);
  const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null;
  const isStream = (x: unknown) =>
    isRecord(x) && isCount(x.used) && x.used <= 624 && (x.keptNormal === null || isNumber(x.keptNormal));
  const isBest = (x: unknown) =>
    x === null || (isRecord(x) && isCount(x.epoch) && isNumber(x.metric) && isNumber(x.loss));
  if (!isRecord(value) || !isRecord(value.progress)) return false;
  const { progress, tensors, optimizerSteps } = value;
  return (
    value.version === 1 &&
    typeof value.optimizer === 'string' &&
    [progress.epoch, progress.rightEpochs, progress.epochsSinceBest].every(isCount) &&
    [progress.loss, progress.best].every((x) => x === null || isNumber(x)) &&
    isBest(progress.bestEpoch ?? null) &&
    (progress.restoredEpoch === undefined ||
      progress.restoredEpoch === null ||
      isCount(progress.restoredEpoch)) &&
    [value.batchesDone, value.tokens, value.right].every(isCount) &&
    [value.gradNorm, value.lossSum].every(isNumber) &&
    [value.generator, value.dropout].every(isStream) &&
    Array.isArray(optimizerSteps) &&
    optimizerSteps.every(isCount) &&
    Array.isArray(tensors) &&
    tensors.every((tensor) => isRecord(tensor) && typeof tensor.name === 'string' && isCount(tensor.length))
  );
}
