import { Gunzip } from 'fflate';
import { group } from '../../data/ranges.ts';
import { failure, problem, type Result, success } from '../../errors.ts';

/**
 * Most bytes of an unpacked file: a text of 10,000,000 characters of up to four bytes, with room for a table's
 * separators and quotes.
 */
export const unpackedLimitBytes = 64 * 2 ** 20;
/** Packed bytes that are unpacked at a time. */
const pieceBytes = 1 << 16;

/** Whether the bytes begin like gzip (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** The unpacked size (mod 2³²) that a gzip file of one member ends with; −1: the file is too short to have one. */
function sizeIn(bytes: Uint8Array): number {
  if (bytes.length < 18) return -1;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(bytes.length - 4, true);
}

/**
 * Unpacks a `.gz` piece by piece, so that no more than the limit is ever held: a few kilobytes can contain
 * gigabytes. Yields its progress over the packed bytes, 0 … 1. Fails for a damaged file or one beyond the limit.
 */
export function* gunzip(
  bytes: Uint8Array,
  limit = unpackedLimitBytes,
): Generator<number, Result<Uint8Array>> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  let ended = false;
  const unpacker = new Gunzip((piece, final) => {
    total += piece.length;
    if (total <= limit) pieces.push(piece);
    ended ||= final;
  });
  let members = 0;
  unpacker.onmember = () => {
    members++;
  };
  try {
    for (let from = 0; from < bytes.length && total <= limit; from += pieceBytes) {
      const until = Math.min(from + pieceBytes, bytes.length);
      unpacker.push(bytes.subarray(from, until), until === bytes.length);
      yield until / bytes.length;
    }
  } catch {
    ended = false;
  }
  if (total > limit) {
    const message = `the file unpacks to more than ${group(limit)} bytes; at most so many are read`;
    return failure(problem('unpacks-too-large', '', message, { limit }));
  }
  if (!ended || (members <= 1 && sizeIn(bytes) !== total)) {
    const message = 'the file begins as gzip and is cut off or damaged; pack it again';
    return failure(problem('bad-gzip', '', message));
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return success(whole);
}
