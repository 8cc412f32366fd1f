import { failure, problem, type Result, success } from '../errors.ts';

/** Bytes to text: UTF-8, or UTF-16 where a byte order mark says so. Anything else is refused, not mended. */
export function decodeText(bytes: Uint8Array, what: string): Result<string> {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return success(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    const message = `${what} is not ${encoding.toUpperCase()} text; save it as UTF-8`;
    return failure(problem('not-text', '', message, { encoding }));
  }
}
