import type { TokenUnit } from '../model/experiment.ts';

/**
 * Cuts a text into tokens: user-perceived characters (grapheme clusters, Unicode UAX 29, by Intl.Segmenter), so
 * that `é`, `👩‍🚀` and `床` are one token each; or the words between white space. The empty text has no tokens.
 */
export function splitTokens(text: string, unit: TokenUnit): string[] {
  if (unit === 'spaces') return text.split(/\s+/u).filter((word) => word !== '');
  if (onlySimple.test(text)) return text.split('');
  return text.split(betweenSimple).flatMap((piece) => (piece.length > 1 ? segment(piece) : [piece]));
}

/** The text that tokens stand for: `splitTokens`' inverse for tokens that came from it, but for the white space. */
export function joinTokens(tokens: readonly string[], unit: TokenUnit): string {
  return tokens.join(unit === 'spaces' ? ' ' : '');
}

// Intl.Segmenter takes seconds for a text of 10 MB. Between two code units of these blocks there is always a
// boundary: they hold no combining mark, no joiner, no jamo, no half of a surrogate pair; and no carriage return,
// which makes one cluster with a line feed. (Latin, Greek, Cyrillic, punctuation, kana, CJK, full-width forms.)
const simple =
  '\\0-\\x0c\\x0e-\\u02ff\\u0370-\\u0482\\u048a-\\u052f\\u2010-\\u2027\\u3000-\\u3029\\u3031-\\u3098\\u309b-\\u312f\\u4e00-\\u9fff\\uff01-\\uff9d';
const onlySimple = new RegExp(`^[${simple}]*$`);
const betweenSimple = new RegExp(`(?<=[${simple}])(?=[${simple}])`);

let segmenter: Intl.Segmenter | null = null;

function segment(text: string): string[] {
  // The locale decides nothing about grapheme clusters; a fixed one makes every machine agree by construction.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}
