import type { Result } from '../errors.ts';
import { type BinaryKind, binaryKind, binaryKinds } from './binary-kinds.ts';
import { decodeText } from './decode-text.ts';
import { isObject } from './fields.ts';
import { parseJson } from './parse-json.ts';

/** The kind of a file, from its contents; its name does not count. */
export type FileKind = BinaryKind | TextKind | 'onnx' | 'empty' | 'unknown';

type TextKind = 'experiment' | 'weights' | 'weights-map' | 'result' | 'json' | 'text' | 'not-utf-8';

/** What a message calls each kind. */
export const fileKindNames: Record<FileKind, string> = {
  ...mapNames(),
  experiment: 'an experiment',
  weights: 'a weights file',
  'weights-map': 'a bare state dict as JSON',
  result: 'a result of ohlol train',
  onnx: 'an ONNX model',
  json: 'JSON of another kind',
  text: 'a text',
  'not-utf-8': 'a text that is not UTF-8, or no text',
  empty: 'an empty file',
  unknown: 'a file of an unknown kind',
};

function mapNames(): Record<BinaryKind, string> {
  const named = Object.entries(binaryKinds).map(([kind, { name }]) => [kind, name]);
  return Object.fromEntries(named) as Record<BinaryKind, string>;
}

const kindsByFormat = new Map<string, FileKind>([
  ['ohlol/experiment', 'experiment'],
  ['ohlol/weights', 'weights'],
  ['ohlol/result', 'result'],
]);

/** A file as far as it had to be read to tell its kind, so that nobody needs to decode or parse it again. */
export interface Sniffed {
  kind: FileKind;
  /** Its text, or why it has none; null where the first bytes tell the kind. */
  text: Result<string> | null;
  /** Its parsed JSON, or why it is not valid; null where it does not look like JSON. */
  json: Result<unknown> | null;
}

/**
 * Tells the kinds of files apart; only a reader checks whether a file is sound. JSON that is cut off counts as JSON.
 */
export function sniff(bytes: Uint8Array): FileKind {
  return sniffOnce(bytes, 'the file').kind;
}

/** The file's kind with everything read to find it; `what` is what a message calls the file (`the experiment`). */
export function sniffOnce(bytes: Uint8Array, what: string): Sniffed {
  if (bytes.length === 0) return { kind: 'empty', text: null, json: null };
  const binary = binaryKind(bytes);
  if (binary !== null) return { kind: binary, text: null, json: null };
  const text = decodeText(bytes, 'the file');
  if (!text.ok) return { kind: kindOfNoText(bytes), text, json: null };
  if (!looksLikeJson(text.value)) return { kind: 'text', text, json: null };
  const json = parseJson(text.value, what);
  return { kind: json.ok ? sniffValue(json.value) : 'json', text, json };
}

function kindOfNoText(bytes: Uint8Array): FileKind {
  if (!bytes.includes(0)) return 'not-utf-8';
  return bytes[0] === 0x08 ? 'onnx' : 'unknown';
}

/**
 * Whether the text begins like JSON, or like an attempt at it: a bracket and what may follow it. `[Verse 1]` is a
 * text.
 */
export function looksLikeJson(text: string): boolean {
  return /^\s*(\{\s*(["'/}]|[\w$]+\s*:|$)|\[\s*(["{[\]\d-]|true\b|false\b|null\b|$))/.test(
    text.slice(0, 10_000),
  );
}

/** The kind of a document that has been parsed. */
export function sniffValue(value: unknown): FileKind {
  if (!isObject(value)) return 'json';
  if (typeof value.format === 'string') return kindsByFormat.get(value.format) ?? 'json';
  const tensors = Object.values(value);
  return tensors.length > 0 && tensors.every(looksLikeTensor) ? 'weights-map' : 'json';
}

function looksLikeTensor(value: unknown): boolean {
  if (Array.isArray(value)) return typeof value[0] === 'number' || Array.isArray(value[0]);
  return isObject(value) && Array.isArray(value.shape) && Array.isArray(value.data);
}
