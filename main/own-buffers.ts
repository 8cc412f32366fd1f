/**
 * Prepares messages for a port. A structured clone copies the whole buffer behind a view: an eight kilobyte pool for
 * each short Buffer, or all of a checkpoint for each piece of it (a Buffer's `slice` is a view).
 */

/** Depth of the search. Messages are calls and answers, in which bytes are a few objects deep. */
const deepest = 10;
/**
 * The longest list that is searched, as long as a model has directions. Longer lists are epochs and numbers, which hold
 * no bytes.
 */
const longestList = 32;

/** The message with each view of part of a buffer replaced by an array with its own buffer of just that length. */
export function withOwnBuffers(message: unknown): unknown {
  return replaceParts(message, (part) => (ArrayBuffer.isView(part) ? ownArray(part) : undefined));
}

/**
 * The view itself if it covers its whole buffer, else a copy. A Buffer that is copied becomes a Uint8Array, as at the
 * other end of a port.
 */
export function ownArray(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return view;
  const own = new Uint8Array(byteLength);
  own.set(new Uint8Array(buffer, byteOffset, byteLength));
  if (view instanceof Uint8Array) return own;
  const Type = view.constructor as new (buffer: ArrayBuffer) => ArrayBufferView;
  return new Type(own.buffer);
}

/**
 * The value with each part replaced for which `instead` returns something; the value itself if nothing was replaced.
 * Only plain objects and short lists are searched: others, such as an error, cannot be copied like that.
 */
export function replaceParts(value: unknown, instead: (part: object) => unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  const other = instead(value);
  if (other !== undefined) return other;
  if (Array.isArray(value)) {
    if (value.length > longestList) return value;
    const parts = value.map((part) => replaceParts(part, instead, depth + 1));
    return parts.some((part, i) => part !== value[i]) ? parts : value;
  }
  if (!isPlain(value)) return value;
  let copy: Record<string, unknown> | null = null;
  for (const [key, part] of Object.entries(value)) {
    const replaced = replaceParts(part, instead, depth + 1);
    if (replaced === part) continue;
    copy ??= { ...value };
    copy[key] = replaced;
  }
  return copy ?? value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
