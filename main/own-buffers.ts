/**
 * Messages on their way to a port. A structured clone carries the whole buffer behind a view: eight kilobytes of a pool
 * for each short Buffer, all of a checkpoint for each piece of it (a Buffer's `slice` is a view).
 */

/** Messages are calls and answers; bytes stand a few objects deep in them. */
const deepest = 10;
/** As many directions as a model has. Longer lists are epochs and numbers, which hold no bytes. */
const longestList = 32;

/** The message with each view on a part of a buffer as an array of its own, in a buffer of just its length. */
export function withOwnBuffers(message: unknown): unknown {
  return replaceParts(message, (part) => (ArrayBuffer.isView(part) ? ownArray(part) : undefined));
}

/** The same where its buffer is its own already. A Buffer becomes a Uint8Array, as at the other end of a port. */
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
 * The value with those parts replaced for which `instead` gives something; the value itself where there are none. Plain
 * objects and short lists are looked into: an error, for one, is none of the things that one could copy.
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
