/** A language model's text as tokens, without a list of them: a text of 10 MB has ten million. */
import type { TokenUnit } from '../model/experiment.ts';
import { forEachCluster } from './tokens.ts';

export interface TextTokens {
  readonly text: string;
  readonly unit: TokenUnit;
  /** N */
  readonly count: number;
  /** How often each token occurs, in the order in which they occur first. */
  readonly counts: ReadonlyMap<string, number>;
  /** The code unit where token i begins, and the one after its end; 0 ≤ i < N. */
  startOf(i: number): number;
  endOf(i: number): number;
  token(i: number): string;
}

/** The last texts that were asked for: the same one is asked about at every change of a setting beside it. */
let remembered: TextTokens[] = [];
const mostRemembered = 2;

/** The tokens that `splitTokens` gives for the text, found in one pass; asked again for the same text, at once. */
export function textTokens(text: string, unit: TokenUnit): TextTokens {
  const known = remembered.find((one) => one.unit === unit && one.text === text);
  const tokens = known ?? (unit === 'spaces' ? readWords(text) : readCharacters(text));
  remembered = [tokens, ...remembered.filter((one) => one !== tokens)].slice(0, mostRemembered);
  return tokens;
}

function readCharacters(text: string): TextTokens {
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
  // No longer one code unit each: what was written while they were is where they stand, too.
  const places = starts as Uint32Array | null;
  const counts = new Map<string, number>();
  for (const token of firstPlaces.keys()) {
    counts.set(token, longer.get(token) ?? singles[token.charCodeAt(0)]!);
  }
  const startOf = places === null ? (i: number) => i : (i: number) => places[i]!;
  const endOf = (i: number) => (i + 1 < count ? startOf(i + 1) : text.length);
  return {
    text,
    unit: 'characters',
    count,
    counts,
    startOf,
    endOf,
    token: (i) => text.slice(startOf(i), endOf(i)),
  };
}

function identity(length: number): Uint32Array {
  const places = new Uint32Array(length);
  for (let i = 0; i < length; i++) places[i] = i;
  return places;
}

function readWords(text: string): TextTokens {
  const counts = new Map<string, number>();
  const places: number[] = []; // start and end of each
  for (const { 0: word, index } of text.matchAll(/\S+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    places.push(index, index + word.length);
  }
  return {
    text,
    unit: 'spaces',
    count: places.length / 2,
    counts,
    startOf: (i) => places[2 * i]!,
    endOf: (i) => places[2 * i + 1]!,
    token: (i) => text.slice(places[2 * i], places[2 * i + 1]),
  };
}
