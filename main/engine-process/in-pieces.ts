/**
 * Sends the large arrays of a message between engine and lab ahead of it in pieces, with other messages between them,
 * so that nobody waits for more than a piece: the main process that relays them has windows to serve, and the engine
 * has commands to take.
 */
import { setImmediate } from 'node:timers/promises';
import { ownArray, replaceParts } from '../own-buffers.ts';

/** Small enough for a pipe to take at once. */
const pieceBytes = 128 * 1024;

/** Types of large arrays: bytes of files and checkpoints, numbers of an answer. */
const arrayTypes = { Uint8Array, Float32Array };

interface Piece {
  piece: Uint8Array;
  /** The number of its array, that array's length in bytes, and the offset of this piece in it. */
  array: number;
  length: number;
  at: number;
}

/** Stands in a message in place of an array. */
interface Gap {
  gapForArray: number;
  type: keyof typeof arrayTypes;
}

/** Posts a message; may return a promise that resolves when there is room for more. */
type Post = (message: unknown) => Promise<void> | undefined;

export interface PiecePoster {
  /** Posts each large array of the message in pieces, then the message; resolves when all are posted. */
  post(message: unknown): Promise<void>;
  /** Whether pieces are being sent. */
  isSending(): boolean;
}

export function createPiecePoster(post: Post): PiecePoster {
  let arrays = 0;
  let sending = 0;

  async function postPieces(array: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = ownArray(bytes.subarray(at, at + pieceBytes)) as Uint8Array;
      await post({ piece, array, length: bytes.length, at } satisfies Piece);
      await setImmediate();
    }
  }

  return {
    isSending: () => sending > 0,
    async post(message) {
      const large = new Map<number, Uint8Array>();
      const short = replaceParts(message, (value) => {
        if (!ArrayBuffer.isView(value)) return undefined;
        const type = typeOf(value);
        if (type === null || value.byteLength <= pieceBytes) return ownArray(value);
        large.set(++arrays, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
        return { gapForArray: arrays, type } satisfies Gap;
      });
      sending += large.size;
      for (const [array, bytes] of large) {
        await postPieces(array, bytes);
        sending -= 1;
      }
      await post(short);
    },
  };
}

/** Returns a listener that takes pieces and messages as they come and passes whole messages to `listener`. */
export function joinPieces(listener: (message: unknown) => void): (message: unknown) => void {
  const arrays = new Map<number, { bytes: Uint8Array<ArrayBuffer>; missing: number }>();

  function keep({ piece, array, length, at }: Piece): void {
    const kept = arrays.get(array) ?? { bytes: new Uint8Array(length), missing: length };
    kept.bytes.set(piece, at);
    kept.missing -= piece.length;
    arrays.set(array, kept);
  }

  return (message) => {
    if (isObject(message) && 'piece' in message) {
      keep(message as unknown as Piece);
      return;
    }
    if (arrays.size === 0) {
      listener(message);
      return;
    }
    const whole = replaceParts(message, (value) => {
      if (!isObject(value) || !('gapForArray' in value)) return undefined;
      const { gapForArray: array, type } = value as unknown as Gap;
      const kept = arrays.get(array);
      arrays.delete(array);
      if (kept?.missing === 0)
        return type === 'Uint8Array' ? kept.bytes : new arrayTypes[type](kept.bytes.buffer);
      throw new Error(`a message came before ${kept?.missing ?? 'all'} of its bytes`);
    });
    listener(whole);
  };
}

/** The type of an array that is sent in pieces if it is large; null for other arrays, which are sent whole. */
function typeOf(value: ArrayBufferView): Gap['type'] | null {
  if (value instanceof Uint8Array) return 'Uint8Array';
  return value instanceof Float32Array ? 'Float32Array' : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
