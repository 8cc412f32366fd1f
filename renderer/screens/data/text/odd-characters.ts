/** Characters of a text that are rarely meant, and line ends: what there is of them, and the text without them. Pure. */
import type { TextTokens } from '../../../../engine/data/text-tokens.ts';

/** Spaces other than U+0020, and marks without width. */
const oddSpaces = /^[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$/u;
const noWidth = /^[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u061c\u180e]$/u;

export interface OddCharacters {
  /** Each with its count, in the order of first occurrence. */
  spaces: { token: string; count: number }[];
  noWidth: { token: string; count: number }[];
  /** CR LF pairs, and CR alone. */
  carriageReturns: number;
}

export function findOdd({ counts }: TextTokens): OddCharacters {
  const found: OddCharacters = { spaces: [], noWidth: [], carriageReturns: 0 };
  for (const [token, count] of counts) {
    if (oddSpaces.test(token)) found.spaces.push({ token, count });
    else if (noWidth.test(token)) found.noWidth.push({ token, count });
    else if (token === '\r\n' || token === '\r') found.carriageReturns += count;
  }
  return found;
}

export function withPlainSpaces(text: string): string {
  return text.replace(/[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gu, ' ');
}

export function withoutNoWidth(text: string): string {
  return text.replace(/[\u00ad\u200b\u200e\u200f\u2060-\u2064\ufeff\u061c\u180e]/gu, '');
}

export function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/gu, '\n');
}
