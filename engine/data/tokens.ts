import type { TokenUnit } from '../model/experiment.ts';

/**
 * Splits a text into tokens: user-perceived characters (grapheme clusters, Unicode UAX 29, by Intl.Segmenter), so
 * that `é`, `👩‍🚀` and `床` are one token each; or the words between white space. The empty text has no tokens.
 */
export function splitTokens(text: string, unit: TokenUnit): string[] {
  if (unit === 'spaces') return text.split(/\s+/u).filter((word) => word !== '');
  return onlySimple.test(text) ? text.split('') : splitCharacters(text);
}

/** The count of the text's tokens, without making strings of them where possible. */
export function countSplitTokens(text: string, unit: TokenUnit): number {
  if (unit === 'spaces') return splitTokens(text, unit).length;
  if (onlySimple.test(text)) return text.length;
  let count = 0;
  forEachCluster(text, () => count++);
  return count;
}

/**
 * The text of the tokens. For tokens that `splitTokens` made, it is that text again, except for white space between
 * words.
 */
export function joinTokens(tokens: readonly string[], unit: TokenUnit): string {
  return tokens.join(unit === 'spaces' ? ' ' : '');
}

// Intl.Segmenter takes seconds for a text of 10 MB. Between two code units of the blocks below there is always a
// boundary: they hold no combining mark, no joiner, no jamo, no half of a surrogate pair, and no carriage return,
// which makes one cluster with a line feed. (Latin, Greek, Cyrillic, Hebrew and Arabic letters, punctuation, kana,
// CJK, Hangul syllables, full-width forms.)
const simple =
  '\\0-\\x0c\\x0e-\\u02ff\\u0370-\\u0482\\u048a-\\u052f\\u05d0-\\u05ea\\u0621-\\u064a\\u2010-\\u2027\\u3000-\\u3029\\u3031-\\u3098\\u309b-\\u312f\\u4e00-\\u9fff\\uac00-\\ud7a3\\uff01-\\uff9d';
const onlySimple = new RegExp(`^[${simple}]*$`);
let simpleUnits: Uint8Array | null = null; // [65536]

/** Takes simple characters one by one, and segments only what stands between two of their boundaries. */
function splitCharacters(text: string): string[] {
  const tokens: string[] = [];
  forEachCluster(text, (from, to) => void tokens.push(text.slice(from, to)));
  return tokens;
}

/**
 * Calls `take` for each grapheme cluster of the text, in order, with its first code unit and the one after its last.
 */
export function forEachCluster(text: string, take: (from: number, to: number) => void): void {
  const units = findSimpleUnits();
  const isSimple = (at: number) => at >= text.length || units[text.charCodeAt(at)] === 1;
  let at = 0;
  let simple = isSimple(0);
  while (at < text.length) {
    const from = at++;
    const next = isSimple(at);
    if (simple && next) {
      take(from, at);
      continue;
    }
    while (!(isSimple(at - 1) && isSimple(at))) at++;
    let start = from;
    for (const token of segment(text.slice(from, at))) {
      take(start, start + token.length);
      start += token.length;
    }
    simple = isSimple(at);
  }
}

/** The tokens that occur in the texts, each once, in no particular order; the empty text has none. */
export function distinctTokens(texts: Iterable<string>, unit: TokenUnit): string[] {
  const tokens = new Set<string>();
  if (unit === 'spaces') {
    for (const text of texts) for (const token of splitTokens(text, unit)) tokens.add(token);
    return [...tokens];
  }
  const units = findSimpleUnits();
  const seen = new Uint8Array(0x10000); // by code unit
  for (const text of texts) {
    let at = 0;
    while (at < text.length && units[text.charCodeAt(at)] === 1) at++;
    // A simple character may form one token with the character after it, if that one is not simple.
    const sure = at === text.length ? at : Math.max(0, at - 1);
    for (let i = 0; i < sure; i++) seen[text.charCodeAt(i)] = 1;
    if (sure < text.length) for (const token of splitCharacters(text.slice(sure))) tokens.add(token);
  }
  for (let unit = 0; unit < seen.length; unit++) if (seen[unit] === 1) tokens.add(String.fromCharCode(unit));
  return [...tokens];
}

/**
 * Whether this code unit is a simple character, between which and another simple character there is always a
 * boundary.
 */
export function isSimpleUnit(text: string, at: number): boolean {
  return findSimpleUnits()[text.charCodeAt(at)] === 1;
}

function findSimpleUnits(): Uint8Array {
  simpleUnits ??= Uint8Array.from(
    { length: 0x10000 },
    (_, unit) => +onlySimple.test(String.fromCharCode(unit)),
  );
  return simpleUnits;
}

let segmenter: Intl.Segmenter | null = null;
/** The tokens of short pieces; the same few marks and emoji occur again and again. */
const segmented = new Map<string, readonly string[]>();

function segment(piece: string): readonly string[] {
  const known = segmented.get(piece);
  if (known) return known;
  // The locale does not affect grapheme clusters; a fixed one makes every machine agree by construction.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const tokens = Array.from(segmenter.segment(piece), (part) => part.segment);
  if (piece.length <= 32 && segmented.size < 10_000) segmented.set(piece, tokens);
  return tokens;
}
