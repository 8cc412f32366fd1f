/** Bytes of a piece: one or two milliseconds where its pages are touched for the first time. */
const pieceBytes = 4 * 2 ** 20;

/** Copies the values' bytes to index `at`, and yields between pieces; returns the index after them. */
export function* copyBytesInPieces(
  to: Uint8Array,
  at: number,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): Generator<void, number> {
  for (let from = 0; from < byteLength; from += pieceBytes) {
    const length = Math.min(pieceBytes, byteLength - from);
    to.set(new Uint8Array(buffer, byteOffset + from, length), at + from);
    if (from + length < byteLength) yield;
  }
  return at + byteLength;
}
