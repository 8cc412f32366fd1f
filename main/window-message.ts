/**
 * A message between a window and the lab, the same under both hosts: a JSON text or, if it carries arrays (the bytes of
 * a file, the numbers of tensors), a frame of bytes:
 *
 * length of the JSON (uint32, little-endian) | JSON, UTF-8 | the bytes of each array, in order
 *
 * The JSON of a frame is `{message, arrays}`. `message` has null in place of each array; `arrays` gives each array's
 * path, type and length in bytes. No value of the message can be taken for an array that way. Numbers have the byte
 * order of this computer, because both ends run on it.
 */

import { stringifyLong } from '../engine/formats/stringify-long.ts';

export type WindowMessage = string | Uint8Array<ArrayBuffer>;

/** The largest message that a window may send, in bytes, under either host. */
export const largestMessageBytes = 64 * 1024 * 1024;

/** The largest file that a window may send, in bytes; it leaves room for the rest of the message. */
export const largestFileBytes = 64_000_000;

const arrayTypes = { Uint8Array, Int32Array, Float32Array, Float64Array };
type ArrayType = keyof typeof arrayTypes;

/** Describes an array that was left out of the JSON. */
interface Gap {
  /** Keys and indices that lead to the array from the message. */
  at: (string | number)[];
  type: ArrayType;
  /** Its length in bytes. */
  bytes: number;
}

const lengthBytes = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The message as it is sent; its arrays are copied. */
export function encodeMessage(message: unknown): WindowMessage {
  const gaps: Gap[] = [];
  const taken: Uint8Array[] = [];
  const withGaps = takeArrays(message, [], (array, at) => {
    taken.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    gaps.push({ at: [...at], type: typeOf(array), bytes: array.byteLength });
  });
  if (gaps.length === 0) return stringifyLong(message);
  const json = encoder.encode(stringifyLong({ message: withGaps, arrays: gaps }));
  const start = lengthBytes + json.length;
  const frame = new Uint8Array(taken.reduce((size, { length }) => size + length, start));
  new DataView(frame.buffer).setUint32(0, json.length, true);
  frame.set(json, lengthBytes);
  let at = start;
  for (const bytes of taken) {
    frame.set(bytes, at);
    at += bytes.length;
  }
  return frame;
}

/** Decodes a message; each array has its own buffer. Throws if the text or the frame is damaged. */
export function decodeMessage(message: WindowMessage): unknown {
  if (typeof message === 'string') return JSON.parse(message);
  const jsonBytes = new DataView(message.buffer, message.byteOffset, message.length).getUint32(0, true);
  let at = lengthBytes + jsonBytes;
  if (at > message.length) throw spoilt(`its JSON has ${jsonBytes} of ${message.length} bytes`);
  const found: unknown = JSON.parse(decoder.decode(message.subarray(lengthBytes, at)));
  const root = { message: own(found, 'message') };
  for (const gap of listIn(own(found, 'arrays')) as Partial<Gap>[]) {
    const { type, bytes } = gap ?? {};
    if (typeof type !== 'string' || !Object.hasOwn(arrayTypes, type)) throw spoilt(`no array is a ${type}`);
    const Type = arrayTypes[type];
    if (!isCount(bytes) || bytes % Type.BYTES_PER_ELEMENT !== 0) {
      throw spoilt(`${bytes} bytes of a ${type} at ${at} of ${message.length}`);
    }
    // A frame that is too short fails at the end. Not `slice`, which returns a view if the frame is a Buffer.
    const copy = new Uint8Array(message.subarray(at, at + bytes));
    fill(root, ['message', ...listIn(gap.at)], new Type(copy.buffer));
    at += bytes;
  }
  if (at !== message.length) throw spoilt(`${message.length - at} bytes are of no array`);
  return root.message;
}

/** Whether a message is too large for the lab. */
export function isTooLarge(message: WindowMessage): boolean {
  if (typeof message !== 'string') return message.length > largestMessageBytes;
  // A UTF-16 unit takes at most three bytes, so few messages need to be counted.
  return 3 * message.length > largestMessageBytes && encoder.encode(message).length > largestMessageBytes;
}

/**
 * The value with null for each array, which is passed to `take` with its path; the value itself if it holds no array.
 */
function takeArrays(
  value: unknown,
  at: (string | number)[],
  take: (array: ArrayBufferView, at: readonly (string | number)[]) => void,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    take(value, at);
    return null;
  }
  const source = value as Record<string | number, unknown>;
  let copy: Record<string | number, unknown> | null = null;
  const look = (key: string | number) => {
    const part = source[key];
    if (typeof part !== 'object' || part === null) return;
    at.push(key);
    const left = takeArrays(part, at, take);
    at.pop();
    if (left === part) return;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
    copy[key] = left;
  };
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) look(i);
  else for (const key in value) if (Object.hasOwn(value, key)) look(key);
  return copy ?? value;
}

function typeOf(array: ArrayBufferView): ArrayType {
  const types = Object.keys(arrayTypes) as ArrayType[];
  const type = types.find((name) => array instanceof arrayTypes[name]);
  if (type) return type;
  throw new Error(`a message carries a ${array.constructor.name}; it may carry ${types.join(', ')}`);
}

/** Puts an array in the place where the JSON has null for it. */
function fill(root: object, path: unknown[], array: ArrayBufferView): void {
  const last = path.at(-1) as string;
  let holder: unknown = root;
  for (const key of path.slice(0, -1)) holder = own(holder, key);
  if (own(holder, last) !== null) throw spoilt(`there is no gap at ${path.join('.')}`);
  (holder as Record<string, unknown>)[last] = array;
}

/** An own property of an object: inherited ones are not part of a message. Throws if there is none. */
function own(holder: unknown, key: unknown): unknown {
  const isKey = typeof key === 'string' || typeof key === 'number';
  if (isKey && typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)) {
    return (holder as Record<string | number, unknown>)[key];
  }
  throw spoilt(`it has no ${key}`);
}

function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw spoilt('a list is missing');
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const spoilt = (why: string) => new Error(`a frame is spoilt: ${why}`);
