import { decodeText } from './decode-text.ts';
import { isObject } from './fields.ts';
import { parseJson } from './parse-json.ts';

/** What a file is, by what is in it; its name does not count. */
export type FileKind =
  | 'project'
  | 'experiment'
  | 'weights'
  | 'weights-map'
  | 'result'
  | 'safetensors'
  /** A .pt or .pth file, which only PyTorch opens. */
  | 'pytorch-checkpoint'
  | 'onnx'
  | 'json'
  | 'text'
  | 'empty'
  | 'unknown';

const kindsByFormat: Record<string, FileKind> = {
  'ohlol/experiment': 'experiment',
  'ohlol/weights': 'weights',
  'ohlol/result': 'result',
};

/** Tells files apart; whether one is sound is for its reader to say. JSON that is cut off counts as JSON. */
export function sniff(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return 'empty';
  if (startsWith(bytes, 'SQLite format 3\0')) return 'project';
  if (startsWith(bytes, 'PK\x03\x04') || (bytes[0] === 0x80 && bytes[bytes.length - 1] === 0x2e)) {
    return 'pytorch-checkpoint';
  }
  if (isSafetensors(bytes)) return 'safetensors';
  const text = decodeText(bytes, 'the file');
  if (!text.ok || text.value.includes('\0')) return bytes[0] === 0x08 ? 'onnx' : 'unknown';
  const first = text.value.trimStart()[0];
  if (first !== '{' && first !== '[') return 'text';
  const parsed = parseJson(text.value, 'the file');
  return parsed.ok ? sniffValue(parsed.value) : 'json';
}

/** The same for a document that has been parsed. */
export function sniffValue(value: unknown): FileKind {
  if (!isObject(value)) return 'json';
  if (typeof value.format === 'string') return kindsByFormat[value.format] ?? 'json';
  const tensors = Object.values(value);
  return tensors.length > 0 && tensors.every(looksLikeTensor) ? 'weights-map' : 'json';
}

function looksLikeTensor(value: unknown): boolean {
  if (Array.isArray(value)) return typeof value[0] === 'number' || Array.isArray(value[0]);
  return isObject(value) && Array.isArray(value.shape) && Array.isArray(value.data);
}

/** A header length within the format's own limit, then a JSON object; the file may be cut off. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getBigUint64(0, true) <= safetensorsHeaderLimit;
}

/** MAX_HEADER_SIZE of the safetensors library; eight characters of text, read as a number, are far above it. */
const safetensorsHeaderLimit = 100_000_000n;

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return [...magic].every((character, i) => bytes[i] === character.charCodeAt(0));
}
