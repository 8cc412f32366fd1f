/** Reads a file as rows or a text: finds everything about it, and lets every finding be chosen differently. */
import { group } from '../../data/ranges.ts';
import { failure, problem, type Result, success } from '../../errors.ts';
import { binaryKind, binaryKinds } from '../binary-kinds.ts';
import { type ImportChoices, importDefaults, takenRows } from './choices.ts';
import { countBad, decodeAs, type EncodingCandidate, type EncodingName, rankEncodings } from './encodings.ts';
import { ownDocument } from './json-rows.ts';
import { findForm, type Records, readRecords, shapeOf } from './read-records.ts';
import { type RowsPlan, toRowsPlan } from './rows.ts';
import { gunzip, isGzip } from './unpack.ts';

export interface ImportPlan extends Omit<RowsPlan, 'content'> {
  fileName: string;
  /** Fingerprint of the bytes; equal bytes have equal ones. */
  revision: string;
  encodings: EncodingCandidate[];
  /** Count of bytes after unpacking, and whether the file was packed. */
  bytes: number;
  packed: boolean;
  /** Rows, or the text as it stands. */
  content: RowsPlan['content'] | { kind: 'text'; text: string };
}

/**
 * What was read of the last planned file, so that another choice of columns does not read the file again. A caller
 * that plans several times passes the same object, empty at first. It takes as much memory as the file has
 * characters.
 */
export interface ImportMemory {
  file?: {
    revision: string;
    encodings: EncodingCandidate[];
    bytes: Uint8Array;
    text?: { encoding: EncodingName; text: string; bad: number };
    records?: { key: string; read: Records };
  };
}

/**
 * Reads the file by the choices. Yields its progress, 0 … 1, and may be abandoned at each yield. Fails for a file
 * that is no text, is empty, or is a document of Ohlol.
 */
export function* planImport(
  { name, bytes: given }: { name: string; bytes: Uint8Array },
  choices: ImportChoices = {},
  memory: ImportMemory = {},
): Generator<number, Result<ImportPlan>> {
  const revision = revisionOf(given);
  const packed = isGzip(given);
  if (memory.file?.revision !== revision) {
    const found = yield* openFile(given, packed);
    if (!found.ok) return found;
    memory.file = { ...found.value, revision };
  }
  const { file } = memory;
  const { encodings, bytes } = file;
  yield 0.3;
  const encoding = choices.encoding ?? encodings[0]!.encoding;
  if (file.text?.encoding !== encoding) {
    const decoded = decodeAs(bytes, encoding);
    file.text = { encoding, text: decoded, bad: countBad(decoded) };
    delete file.records;
  }
  const { text } = file.text;
  const bad = isNoise(encodings, choices.encoding) ? text.length : file.text.bad;
  if (bad > 0 && bad * 4 > text.length) {
    const message = `the file is no text: as ${encoding}, its likeliest encoding, ${group(bad)} of ${group(text.length)} characters are none; text is needed`;
    return failure(problem('import-no-text', '', message, { encoding, bad, characters: text.length }));
  }
  const own = ownDocument(text);
  if (own) return failure(own);
  const form = choices.form ?? findForm(text, packed ? name.replace(/\.gz$/i, '') : name);
  const base = { fileName: name, revision, encodings, bytes: bytes.length, packed };
  const shared = { ...importDefaults, ...choices, encoding, form };
  if (form === 'text') {
    const plain = text.replace(/\r\n?/g, '\n');
    if (plain === '')
      return failure(problem('import-empty', '', 'the file holds nothing; rows or a text are needed'));
    const nothing = { header: null, total: 0, spaces: 0, records: [], problems: [] };
    const content = { kind: 'text' as const, text: plain };
    return success({ ...base, ...nothing, choices: { ...shared, task: 'language-model' }, content });
  }
  const shape = form === 'table' ? shapeOf(text, choices) : null;
  const key = JSON.stringify([form, shape]);
  const isWhole = shared.take !== 'first';
  if (file.records?.key !== key || (isWhole && file.records.read.rest > 0)) {
    delete file.records;
    // The first record may be a header.
    const enough = isWhole ? undefined : takenRows + 1;
    const read = yield* within(0.3, 0.8, readRecords(text, form, shape, enough));
    if (!read.ok) return read;
    file.records = { key, read: read.value };
  }
  const plan = toRowsPlan(file.records.read, shared, choices);
  yield 1;
  if (plan.total === 0 && plan.header === null && plan.problems.length === 0) {
    return failure(problem('import-empty', '', 'the file holds no row; rows or a text are needed'));
  }
  return success({ ...base, ...plan });
}

function* openFile(
  given: Uint8Array,
  packed: boolean,
): Generator<number, Result<Pick<NonNullable<ImportMemory['file']>, 'encodings' | 'bytes' | 'text'>>> {
  const unpacked = packed ? yield* within(0, 0.2, gunzip(given)) : success(given);
  if (!unpacked.ok) return unpacked;
  const bytes = unpacked.value;
  const kind = binaryKind(bytes);
  if (kind !== null) {
    const { name: what, advice } = binaryKinds[kind];
    return failure(problem('binary-file', '', `the file is ${what}; ${advice}`, { kind }));
  }
  let text: { encoding: EncodingName; text: string; bad: number } | undefined;
  const encodings = rankEncodings(bytes, (found) => {
    text = found;
  });
  return success({ encodings, bytes, ...(text && { text }) });
}

/**
 * Whether the bytes are noise: control characters as UTF-8, and hardly plausible in any encoding. Two bytes of noise
 * are nearly always some character of UTF-16.
 */
function isNoise(encodings: readonly EncodingCandidate[], chosen: EncodingName | undefined): boolean {
  const [best] = encodings;
  const plain = encodings.find(({ encoding }) => encoding === 'utf-8')!;
  const isMostlyBad = plain.bad > 0 && countBad(plain.preview) * 4 > plain.preview.length;
  return chosen === undefined && !best!.marked && best!.score < 0.3 && isMostlyBad;
}

function* within<T>(from: number, to: number, work: Generator<number, T>): Generator<number, T> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    yield from + (to - from) * step.value;
  }
}

/**
 * FNV-1a over the bytes, four at a time, with their count. It is enough to notice that a file was changed meanwhile:
 * each step is one-to-one, so no single change goes unnoticed.
 */
function revisionOf(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let hash = 0x811c9dc5;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) hash = Math.imul(hash ^ view.getUint32(i, true), 0x01000193);
  for (; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return `${bytes.length}-${(hash >>> 0).toString(16)}`;
}
