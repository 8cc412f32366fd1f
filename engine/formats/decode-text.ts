import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { binaryKind, binaryKinds } from './binary-kinds.ts';

/**
 * The one way from bytes to text: UTF-8 with or without byte order mark, or UTF-16 with one. Anything else is
 * refused, not repaired, and named where its kind is known (a spreadsheet, a picture). The text does not contain the
 * mark.
 */
export function decodeText(bytes: Uint8Array, what: string): Result<string> {
  const kind = binaryKind(bytes);
  if (kind !== null) {
    const { name, advice } = binaryKinds[kind];
    return failure(problem('binary-file', '', `${what} is ${name}; ${advice}`, { kind }));
  }
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return failure(notText(what, encoding));
  }
  // Text holds no NUL, and JSON must not; UTF-16 without its mark is full of them.
  return text.includes('\0') ? failure(notText(what, encoding)) : success(text);
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function notText(what: string, encoding: string): Problem {
  const message = `${what} is not ${encoding.toUpperCase()} text; save it as UTF-8`;
  return problem('not-text', '', message, { encoding: encoding.toUpperCase() });
}
