import { group } from '../data/ranges.ts';
import { type Problem, problem, quote } from '../errors.ts';

/**
 * Deepest nesting that is read. No document of Ohlol is nested deeper than six; deeper values must not be able to
 * overflow a reader's stack.
 */
export const deepestNesting = 64;

/** Most keys of one object. A state dict has some hundred keys, and no other object here has more. */
export const mostKeys = 100_000;

/** A fault that `JSON.parse` would accept silently, or would take too long over. */
export interface JsonFinding {
  problem: Problem;
  /** Whether the text must not be parsed at all. */
  bars: boolean;
}

/**
 * Scans JSON text in one pass, without building anything, for faults that a parsed value no longer shows: a
 * duplicate key (the last one would win), a number too large for a double (it would be Infinity), half a surrogate
 * pair. It also finds what would cost too much: deep nesting, or very many keys. null: none of these. Other syntax
 * errors are not reported.
 */
export function scanJson(text: string, what: string): JsonFinding | null {
  const place = new Place();
  let found: JsonFinding | null = text.isWellFormed() ? null : brokenText(text, what);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quoteMark) {
      const end = stringEnd(text, i + 1);
      const wrong = lookAtString(text, i, end, place, what);
      if (wrong?.bars) return wrong;
      found ??= wrong;
      i = end;
    } else if (c === openBrace || c === openBracket) {
      if (place.enter(c === openBrace) > deepestNesting) return tooDeep(what);
    } else if (c === closeBrace || c === closeBracket) place.leave();
    else if (c === comma) place.next();
    else if (c === minus || isDigit(c)) {
      const end = numberEnd(text, i);
      if (!found && mayBeInfinite(text, i, end)) found = lookAtNumber(text, i, end, place, what);
      i = end - 1;
    }
  }
  return found;
}

interface Frame {
  /** The keys of an object so far; null for a list. */
  keys: string[] | null;
  /** The same keys as a set, where there are 16 or more. */
  set: Set<string> | null;
  index: number;
}

/** The scan's current place in the document. Frames are reused, because samples are many and small. */
class Place {
  private readonly frames: Frame[] = [];
  private depth = 0;

  enter(isObject: boolean): number {
    const frame = this.frames[this.depth] ?? { keys: null, set: null, index: 0 };
    this.frames[this.depth] = frame;
    if (isObject && frame.keys) frame.keys.length = 0;
    else frame.keys = isObject ? [] : null;
    frame.set = null;
    frame.index = 0;
    return ++this.depth;
  }

  leave(): void {
    if (this.depth > 0) this.depth--;
  }

  next(): void {
    const frame = this.frames[this.depth - 1];
    if (frame) frame.index++;
  }

  get isInObject(): boolean {
    return this.depth > 0 && this.frames[this.depth - 1]!.keys !== null;
  }

  /** The count of this object's keys, this one included; null where the object has the key already. */
  addKey(key: string): number | null {
    const frame = this.frames[this.depth - 1]!;
    const keys = frame.keys!;
    if (frame.set) {
      if (frame.set.has(key)) return null;
      frame.set.add(key);
    } else if (keys.includes(key)) return null;
    keys.push(key);
    if (keys.length === 16) frame.set = new Set(keys);
    return keys.length;
  }

  /** The path of the place: `dataset.samples[3].input`; empty for the whole document. */
  path(lastKey?: string): string {
    const ofFrames = this.frames.slice(0, this.depth);
    return ofFrames.reduce((path, { keys, index }, at) => {
      if (keys === null) return `${path}[${index}]`;
      const isLast = at === this.depth - 1;
      const key = isLast && lastKey !== undefined ? lastKey : keys.at(-1);
      return key === undefined ? path : joinPath(path, key);
    }, '');
  }
}

function joinPath(path: string, key: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]{0,40}$/u.test(key)) return `${path}[${quote(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function lookAtString(
  text: string,
  from: number,
  end: number,
  place: Place,
  what: string,
): JsonFinding | null {
  const raw = text.slice(from + 1, end);
  const value = raw.includes('\\') ? unescaped(raw) : raw;
  if (value === null) return null;
  const isKey = place.isInObject && text.charCodeAt(afterSpace(text, end + 1)) === colon;
  if (isKey) {
    const count = place.addKey(value);
    if (count === null) return duplicateKey(place.path(value), value, lineOf(text, from), what);
    if (count > mostKeys) return tooManyKeys(what);
  }
  // Unescaped characters were checked with the whole text.
  if (value !== raw && !value.isWellFormed()) return brokenString(place.path(), lineOf(text, from), what);
  return null;
}

function unescaped(raw: string): string | null {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return null;
  }
}

/** Only an exponent, or very many digits, can make a number too large. */
function mayBeInfinite(text: string, from: number, end: number): boolean {
  if (end - from > 300) return true;
  for (let i = from; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x45 || c === 0x65) return true;
  }
  return false;
}

function lookAtNumber(
  text: string,
  from: number,
  end: number,
  place: Place,
  what: string,
): JsonFinding | null {
  const digits = text.slice(from, end);
  const value = Number(digits);
  if (Number.isFinite(value) || Number.isNaN(value)) return null;
  const path = place.path();
  const line = lineOf(text, from);
  const message = `${path || what} is ${shortened(digits)} on line ${line}; it must be a finite number`;
  const details = { value: shortened(digits), line, needs: 'a finite number' };
  return { problem: problem('not-finite', path, message, details), bars: false };
}

const shortened = (digits: string) => (digits.length > 40 ? `${digits.slice(0, 40)}…` : digits);

function duplicateKey(path: string, key: string, line: number, what: string): JsonFinding {
  const message = `${path} appears twice in ${what}, the second time on line ${line}; a key may appear once`;
  return { problem: problem('duplicate-key', path, message, { key: quote(key), line }), bars: false };
}

function brokenString(path: string, line: number, what: string): JsonFinding {
  const message = `${path || what} holds half a surrogate pair, on line ${line}; it must be whole characters`;
  return { problem: problem('broken-character', path, message, { line }), bars: false };
}

function brokenText(text: string, what: string): JsonFinding {
  const line = lineOf(text, text.search(/[\uD800-\uDFFF]/u));
  const message = `${what} holds half a surrogate pair, on line ${line}; it must be whole characters`;
  return { problem: problem('broken-character', '', message, { line }), bars: true };
}

function tooDeep(what: string): JsonFinding {
  const message = `${what} has brackets nested deeper than ${deepestNesting}; nothing that is read here has`;
  return { problem: problem('nested-too-deep', '', message, { limit: deepestNesting }), bars: true };
}

function tooManyKeys(what: string): JsonFinding {
  const message = `${what} has an object of more than ${group(mostKeys)} keys; nothing that is read here has`;
  return { problem: problem('too-many-keys', '', message, { limit: mostKeys }), bars: true };
}

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', next + 1)) line++;
  return line;
}

/** The index of the quotation mark that ends the string whose first character is at `from`. */
function stringEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quoteMark) return i;
    if (c === backslash) i++;
  }
  return text.length;
}

function numberEnd(text: string, from: number): number {
  let i = from + 1;
  while (i < text.length && isOfNumber(text.charCodeAt(i))) i++;
  return i;
}

function afterSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && isSpace(text.charCodeAt(i))) i++;
  return i;
}

const isDigit = (c: number) => c >= 0x30 && c <= 0x39;
/** Digits, + - . e E. */
const isOfNumber = (c: number) =>
  isDigit(c) || c === 0x2b || c === 0x2d || c === 0x2e || c === 0x45 || c === 0x65;
const isSpace = (c: number) => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;

const quoteMark = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
