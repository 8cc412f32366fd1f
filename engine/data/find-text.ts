/**
 * Find and replace in a language model's text, in slices of time, so that ten megabytes are searched between frames.
 */
import { type Problem, problem, type Result, success } from '../errors.ts';
import { type FindPattern, findPattern, regexLimits, tookTooLong, type Wanted } from './find-pattern.ts';
import type { TextTokens } from './text-tokens.ts';

/** Matches in order, as code units of the text; they do not overlap, and none is empty. */
export interface TextHits {
  readonly count: number;
  from(i: number): number;
  /** Index of the code unit after the match. */
  to(i: number): number;
  /** Index of the first match that ends after this code unit; `count` where there is none. */
  after(place: number): number;
}

export interface TextSearch {
  /** The matches found so far. */
  readonly hits: TextHits;
  /** Whether the search has ended: all of the text was searched, or the search was given up. */
  readonly isDone: boolean;
  /** Why the search was given up; null: it was not. */
  readonly problem: Problem | null;
  /** Searches until the clock reaches `until`; returns whether there is more to search. */
  step(until: number): boolean;
}

/** Code units that are searched between two looks at the clock, unless a line is longer. */
const PIECE = 1 << 15;

/**
 * Searches for a text or a whole token anywhere, or for a regular expression within each line, where ^ and $ match
 * at the line's ends. The limits of a pattern are those in cells; a line counts as a cell.
 */
export function createTextSearch(
  tokens: TextTokens,
  wanted: Wanted,
  now = () => performance.now(),
): Result<TextSearch> {
  const made = findPattern(wanted);
  if (!made.ok) return made;
  const hits = createHits();
  let isDone = false;
  let given: Problem | null = null;
  const pieces =
    wanted.kind === 'regex'
      ? inLines(tokens.text, made.value, hits.add)
      : inPieces(tokens, wanted, made.value, hits.add);
  let spent = 0;
  return success({
    hits,
    get isDone() {
      return isDone;
    },
    get problem() {
      return given;
    },
    step(until) {
      const start = now();
      while (!isDone) {
        const next = pieces.next();
        isDone = next.done ?? false;
        if (next.value) given = next.value;
        else if (wanted.kind === 'regex' && spent + now() - start > regexLimits.milliseconds && !isDone) {
          given = tookTooLong(wanted.text);
        }
        if (given) isDone = true;
        if (now() >= until) break;
      }
      spent += now() - start;
      return !isDone;
    },
  });
}

type Take = (from: number, to: number) => void;

function* inPieces(
  tokens: TextTokens,
  { text: looked, kind, matchCase }: Wanted,
  { all }: FindPattern,
  take: Take,
): Generator<null, null> {
  const { text } = tokens;
  const lower = looked.toLowerCase();
  const isToken = (from: number, to: number) => {
    const i = tokens.indexAt(from);
    if (tokens.startOf(i) !== from || tokens.endOf(i) !== to) return false;
    return matchCase || text.slice(from, to).toLowerCase() === lower;
  };
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + PIECE);
    if (isInsidePair(text, end)) end++;
    // A match that begins in the piece may end after it.
    const piece = text.slice(at, end + looked.length);
    let next = end;
    all.lastIndex = 0;
    for (let found = all.exec(piece); found; found = all.exec(piece)) {
      const from = at + found.index;
      if (from >= end) break;
      const to = from + found[0].length;
      if (kind === 'plain' || isToken(from, to)) {
        take(from, to);
        next = Math.max(end, to);
      } else {
        // A token may begin within a match that is not a token.
        all.lastIndex = found.index + (found[0].codePointAt(0)! > 0xffff ? 2 : 1);
      }
    }
    at = next;
    yield null;
  }
  return null;
}

function* inLines(text: string, { all, longest }: FindPattern, take: Take): Generator<null, Problem | null> {
  let lines = 0;
  let seen = 0;
  for (let at = 0; at <= text.length; ) {
    lines++;
    const end = lineEnd(text, at);
    const line = text.slice(at, end.inked);
    if (line.length > longest) return lineTooLong(lines, line.length, longest);
    all.lastIndex = 0;
    for (let found = all.exec(line); found; found = all.exec(line)) {
      if (found[0] === '') all.lastIndex += (line.codePointAt(all.lastIndex) ?? 0) > 0xffff ? 2 : 1;
      else take(at + found.index, at + found.index + found[0].length);
    }
    seen += end.next - at;
    at = end.next;
    if (seen < PIECE / 8) continue;
    seen = 0;
    yield null;
  }
  return null;
}

/** Index of a line's end, before its line break, and of the next line's start. */
function lineEnd(text: string, at: number): { inked: number; next: number } {
  const feed = text.indexOf('\n', at);
  if (feed === -1) return { inked: text.length, next: text.length + 1 };
  return { inked: feed > at && text[feed - 1] === '\r' ? feed - 1 : feed, next: feed + 1 };
}

export function lineAround(text: string, place: number): { from: number; to: number } {
  const from = place === 0 ? 0 : text.lastIndexOf('\n', place - 1) + 1;
  return { from, to: lineEnd(text, from).inked };
}

function createHits(): TextHits & { add: Take } {
  let places = new Uint32Array(256); // [count, 2]
  let count = 0;
  const hits = {
    get count() {
      return count;
    },
    from: (i: number) => places[2 * i]!,
    to: (i: number) => places[2 * i + 1]!,
    after(place: number) {
      let [low, high] = [0, count];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (hits.to(middle) > place) high = middle;
        else low = middle + 1;
      }
      return low;
    },
    add(from: number, to: number) {
      if (2 * count === places.length) {
        const more = new Uint32Array(2 * places.length);
        more.set(places);
        places = more;
      }
      places[2 * count] = from;
      places[2 * count + 1] = to;
      count++;
    },
  };
  return hits;
}

function isInsidePair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}

function lineTooLong(line: number, characters: number, longest: number): Problem {
  const message = `line ${line} has ${characters} characters; this pattern looks through at most ${longest}, find plain text or tokens there`;
  return problem('find-line-too-long', 'text', message, { line, count: characters, limit: longest });
}
