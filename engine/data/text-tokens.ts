/** The tokens of a language model's text, without a list of strings: a text of 10 MB has ten million tokens. */
import type { TokenUnit } from '../model/experiment.ts';
import { diffText } from './text-changes.ts';
import { spliceCharacters, spliceWords, type TokenPlaces } from './text-tokens-spliced.ts';
import { forEachCluster } from './tokens.ts';

export interface TextTokens {
  readonly text: string;
  readonly unit: TokenUnit;
  /** N, the count of tokens. */
  readonly count: number;
  /** How often each token occurs, in no particular order. */
  readonly counts: ReadonlyMap<string, number>;
  /** `startOf` is the code unit where token i begins, `endOf` the code unit after its end; 0 ≤ i < N. */
  startOf(i: number): number;
  endOf(i: number): number;
  token(i: number): string;
  /**
   * Index of the first token that ends after this code unit: the token that contains it, or the next one; N where
   * there is none.
   */
  indexAt(place: number): number;
}

/** The texts that were asked for last: every change of a setting beside a text asks about the same text again. */
let remembered: { tokens: TextTokens; found: TokenPlaces }[] = [];
const mostRemembered = 2;
/** Code units from which a text is spliced. A shorter text is read anew quickly. */
const splicedFrom = 20_000;

/**
 * The tokens that `splitTokens` gives for the text, found in one pass. The same text asked for again is answered at
 * once. A text that differs from a remembered one in one place is answered by reading that place.
 */
export function textTokens(text: string, unit: TokenUnit): TextTokens {
  const known = remembered.find(({ tokens }) => tokens.unit === unit && tokens.text === text);
  const found = known ?? keepable(splicedFromKnown(text, unit) ?? readPlaces(text, unit), unit);
  remembered = [found, ...remembered.filter((one) => one !== found)].slice(0, mostRemembered);
  return found.tokens;
}

function readPlaces(text: string, unit: TokenUnit): TokenPlaces {
  return unit === 'spaces' ? readWords(text) : readCharacters(text);
}

function splicedFromKnown(text: string, unit: TokenUnit): TokenPlaces | null {
  if (text.length < splicedFrom) return null;
  const before = remembered.find(
    ({ tokens }) => tokens.unit === unit && tokens.text.length >= splicedFrom,
  )?.found;
  const change = before && diffText(before.text, text);
  if (!change || change.remove + change.insert.length > text.length / 8) return null;
  return unit === 'spaces' ? spliceWords(before, text, change) : spliceCharacters(before, text, change);
}

function keepable(found: TokenPlaces, unit: TokenUnit): (typeof remembered)[number] {
  const { text, count, counts, places } = found;
  const startOf = placeReader(places, unit);
  const endOf =
    unit === 'spaces'
      ? (i: number) => places![2 * i + 1]!
      : (i: number) => (i + 1 < count ? startOf(i + 1) : text.length);
  const indexAt = (place: number) => {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (endOf(middle) > place) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const token = (i: number) => text.slice(startOf(i), endOf(i));
  return { found, tokens: { text, unit, count, counts, startOf, endOf, token, indexAt } };
}

function placeReader(places: Uint32Array | null, unit: TokenUnit): (i: number) => number {
  if (places === null) return (i) => i;
  return unit === 'spaces' ? (i) => places[2 * i]! : (i) => places[i]!;
}

function readCharacters(text: string): TokenPlaces {
  const singles = new Float64Array(0x10000); // how often each code unit is a token by itself
  const firstPlaces = new Map<string, number>();
  const longer = new Map<string, number>();
  let starts: Uint32Array | null = null; // [N]; null while each token so far is one code unit
  let count = 0;
  forEachCluster(text, (from, to) => {
    if (to - from === 1) {
      const unit = text.charCodeAt(from);
      if (singles[unit]!++ === 0) firstPlaces.set(text[from]!, count);
    } else {
      starts ??= identity(text.length);
      const token = text.slice(from, to);
      const before = longer.get(token) ?? 0;
      if (before === 0) firstPlaces.set(token, count);
      longer.set(token, before + 1);
    }
    if (starts) starts[count] = from;
    count++;
  });
  // Positions before the first longer token are right, too: `identity` has filled them in.
  const places = starts as Uint32Array | null;
  const counts = new Map<string, number>();
  for (const token of firstPlaces.keys()) {
    counts.set(token, longer.get(token) ?? singles[token.charCodeAt(0)]!);
  }
  return { text, count, counts, places };
}

/** The numbers 0 … length − 1. */
function identity(length: number): Uint32Array {
  const places = new Uint32Array(length);
  for (let i = 0; i < length; i++) places[i] = i;
  return places;
}

function readWords(text: string): TokenPlaces {
  const counts = new Map<string, number>();
  const places: number[] = [];
  for (const { 0: word, index } of text.matchAll(/\S+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    places.push(index, index + word.length);
  }
  return { text, count: places.length / 2, counts, places: Uint32Array.from(places) };
}
