/**
 * Large byte arrays on their way between engine and lab go ahead of their message in pieces, others' messages between
 * them, so that nobody on the way is held up by more than a piece: the main process passes them on and has windows to
 * serve, the engine has commands to take.
 */
import { setImmediate } from 'node:timers/promises';

/** Little enough for a pipe to take it at once. */
const pieceBytes = 128 * 1024;
/** Messages are calls and answers; bytes stand a few objects deep in them. */
const deepest = 8;

interface Piece {
  piece: Uint8Array;
  /** Which array it is of, that array's length, and where in it this goes. */
  array: number;
  length: number;
  at: number;
}

/** Stands in a message where an array belongs. */
interface Gap {
  gapForArray: number;
}

/** May resolve when there is room for more. */
type Post = (message: unknown) => Promise<void> | undefined;

export interface PiecePoster {
  /** Posts each large array of the message, then the message; resolves when that is done. */
  post(message: unknown): Promise<void>;
  /** Pieces are on their way. */
  isSending(): boolean;
}

export function createPiecePoster(post: Post): PiecePoster {
  let arrays = 0;
  let sending = 0;

  async function postPieces(array: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.slice(at, at + pieceBytes);
      await post({ piece, array, length: bytes.length, at } satisfies Piece);
      await setImmediate();
    }
  }

  return {
    isSending: () => sending > 0,
    async post(message) {
      const large = new Map<number, Uint8Array>();
      const short = replaced(message, 0, (value) => {
        if (!(value instanceof Uint8Array) || value.length <= pieceBytes) return undefined;
        large.set(++arrays, value);
        return { gapForArray: arrays } satisfies Gap;
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

/** Gives a listener that takes pieces and messages as they come and passes whole messages on. */
export function joinPieces(listener: (message: unknown) => void): (message: unknown) => void {
  const arrays = new Map<number, { bytes: Uint8Array; missing: number }>();

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
    const whole = replaced(message, 0, (value) => {
      if (!isObject(value) || !('gapForArray' in value)) return undefined;
      const array = value.gapForArray as number;
      const kept = arrays.get(array);
      arrays.delete(array);
      if (kept?.missing === 0) return kept.bytes;
      throw new Error(`a message came before ${kept?.missing ?? 'all'} of its bytes`);
    });
    listener(whole);
  };
}

/** The value with those parts replaced for which `instead` gives something. */
function replaced(value: unknown, depth: number, instead: (part: unknown) => unknown): unknown {
  // An error's message is none of the parts that one could copy.
  if (!isObject(value) || depth > deepest || value instanceof Error) return value;
  const other = instead(value);
  if (other !== undefined) return other;
  // Epochs are many and hold no bytes; neither does a number list.
  if (Array.isArray(value)) {
    return value.length > 16 ? value : value.map((part) => replaced(part, depth + 1, instead));
  }
  if (ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, replaced(part, depth + 1, instead)]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
