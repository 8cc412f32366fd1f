/**
 * Large byte arrays on their way between engine and lab go ahead of their message in pieces, so that whoever passes
 * them on (the main process, which has windows to serve) is held up by one piece at a time.
 */

const pieceBytes = 512 * 1024;
/** Messages are calls and answers; bytes stand a few objects deep in them. */
const deepest = 8;

interface Piece {
  piece: Uint8Array;
}

/** Stands in a message where the pieces before it belong. */
interface Gap {
  gapOfBytes: number;
}

/** Posts a message, its large arrays before it. */
export function postInPieces(post: (message: unknown) => void, message: unknown): void {
  post(withGaps(message, post, 0));
}

function withGaps(value: unknown, post: (message: unknown) => void, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  if (value instanceof Uint8Array) {
    if (value.length <= pieceBytes) return value;
    for (let at = 0; at < value.length; at += pieceBytes) {
      const piece: Piece = { piece: value.slice(at, at + pieceBytes) };
      post(piece);
    }
    return { gapOfBytes: value.length } satisfies Gap;
  }
  // Epochs are many and hold no bytes; neither does a number list.
  if (Array.isArray(value)) {
    return value.length > 16 ? value : value.map((part) => withGaps(part, post, depth + 1));
  }
  if (ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, withGaps(part, post, depth + 1)]);
  return Object.fromEntries(entries);
}

/** Gives a listener that takes pieces and messages as they come and passes whole messages on. */
export function joinPieces(listener: (message: unknown) => void): (message: unknown) => void {
  let pieces: Uint8Array[] = [];
  return (message) => {
    if (isPiece(message)) {
      pieces.push(message.piece);
      return;
    }
    if (pieces.length === 0) {
      listener(message);
      return;
    }
    const waiting = pieces;
    pieces = [];
    listener(filled(message, waiting, 0));
  };
}

function filled(value: unknown, pieces: Uint8Array[], depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > deepest || ArrayBuffer.isView(value))
    return value;
  if (isGap(value)) {
    const whole = new Uint8Array(value.gapOfBytes);
    for (let at = 0; at < whole.length; ) {
      const piece = pieces.shift();
      if (!piece) throw new Error(`${whole.length} bytes were announced, only ${at} came`);
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
  if (Array.isArray(value)) {
    return value.length > 16 ? value : value.map((part) => filled(part, pieces, depth + 1));
  }
  const entries = Object.entries(value).map(([key, part]) => [key, filled(part, pieces, depth + 1)]);
  return Object.fromEntries(entries);
}

function isPiece(message: unknown): message is Piece {
  return typeof message === 'object' && message !== null && 'piece' in message;
}

function isGap(value: object): value is Gap {
  return 'gapOfBytes' in value;
}
