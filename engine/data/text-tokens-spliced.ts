/** Finds the tokens of a text that differs from a known text in one place, by reading that place alone. Pure. */
import type { TextChange } from './text-changes.ts';
import { forEachCluster, isSimpleUnit } from './tokens.ts';

/** The places of a text's tokens, as numbers. */
export interface TokenPlaces {
  text: string;
  /** N, the count of tokens. */
  count: number;
  counts: Map<string, number>;
  /**
   * Characters: the start of each token ([N], with possible spare room after it); null: each token is one code unit.
   * Words: start and end of each, [N, 2].
   */
  places: Uint32Array | null;
}

/**
 * Tokens that are grapheme clusters. Between two simple characters there is always a boundary, whatever stands
 * around them. Tokens therefore change only between the nearest such pair before the change and the nearest pair
 * after it.
 */
export function spliceCharacters(before: TokenPlaces, text: string, change: TextChange): TokenPlaces {
  const { text: old, count, places } = before;
  let from = change.at;
  // Both characters of the pair must stand before the change.
  while (from > 0 && !(from < change.at && isSimpleUnit(old, from - 1) && isSimpleUnit(old, from))) from--;
  const changeEnd = change.at + change.remove;
  let to = changeEnd;
  while (to < old.length && !(to > changeEnd && isSimpleUnit(old, to - 1) && isSimpleUnit(old, to))) {
    to++;
  }
  const grown = change.insert.length - change.remove;
  const first = places === null ? from : lowerBound(places, count, from);
  const last = places === null ? to : lowerBound(places, count, to);
  const counts = new Map(before.counts);
  forEachCluster(old.slice(from, to), (start, end) => tally(counts, old.slice(from + start, from + end), -1));
  const middle: number[] = [];
  let longest = 0;
  const inserted = text.slice(from, to + grown);
  forEachCluster(inserted, (start, end) => {
    middle.push(from + start);
    longest = Math.max(longest, end - start);
    tally(counts, inserted.slice(start, end), 1);
  });
  const after = count - last;
  const next = first + middle.length + after;
  if (places === null && longest <= 1) return { text, count: next, counts, places: null };
  const moved = new Uint32Array(next);
  if (places === null) for (let i = 0; i < first; i++) moved[i] = i;
  else moved.set(places.subarray(0, first));
  moved.set(middle, first);
  const behind = first + middle.length;
  for (let i = 0; i < after; i++)
    moved[behind + i] = (places === null ? last + i : places[last + i]!) + grown;
  return { text, count: next, counts, places: moved };
}

/**
 * Tokens that are words. They change only between the white space before the change and the white space after it.
 */
export function spliceWords(before: TokenPlaces, text: string, change: TextChange): TokenPlaces {
  const { text: old, count } = before;
  const places = before.places!;
  let from = change.at;
  while (from > 0 && !isSpace(old, from - 1)) from--;
  let to = change.at + change.remove;
  while (to < old.length && !isSpace(old, to)) to++;
  const grown = change.insert.length - change.remove;
  const starts = (place: number) => lowerBound(places, count, place, 2);
  const [first, last] = [starts(from), starts(to)];
  const counts = new Map(before.counts);
  for (let i = first; i < last; i++) tally(counts, old.slice(places[2 * i], places[2 * i + 1]), -1);
  const middle: number[] = [];
  for (const { 0: word, index } of text.slice(from, to + grown).matchAll(/\S+/gu)) {
    tally(counts, word, 1);
    middle.push(from + index, from + index + word.length);
  }
  const moved = new Uint32Array(2 * first + middle.length + 2 * (count - last));
  moved.set(places.subarray(0, 2 * first));
  moved.set(middle, 2 * first);
  const behind = 2 * first + middle.length;
  for (let i = 0; i < 2 * (count - last); i++) moved[behind + i] = places[2 * last + i]! + grown;
  return { text, count: moved.length / 2, counts, places: moved };
}

function isSpace(text: string, at: number): boolean {
  return /\s/u.test(text[at]!);
}

/** Of the first `count` places, every `step`-th number of the list, how many are less than `than`. */
function lowerBound(places: Uint32Array, count: number, than: number, step = 1): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[step * middle]! < than) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tally(counts: Map<string, number>, token: string, by: 1 | -1): void {
  const next = (counts.get(token) ?? 0) + by;
  if (next === 0) counts.delete(token);
  else counts.set(token, next);
}
