/** Rarely intended characters and line ends of a text: how many there are, and the text without them. Pure. */
import type { TextTokens } from '../../../../engine/data/text-tokens.ts';
import { oddSpaces, withoutWidth } from '../../../components/invisible.ts';

const isSpace = new RegExp(`^[${oddSpaces}]$`, 'u');
const isWithoutWidth = new RegExp(`^[${withoutWidth}]$`, 'u');

export interface OddCharacters {
  /** Each with its count, in the order of first occurrence. */
  spaces: { token: string; count: number }[];
  noWidth: { token: string; count: number }[];
  /** The number of CR LF pairs and single CRs. */
  carriageReturns: number;
}

export function findOdd({ counts }: TextTokens): OddCharacters {
  const found: OddCharacters = { spaces: [], noWidth: [], carriageReturns: 0 };
  for (const [token, count] of counts) {
    if (isSpace.test(token)) found.spaces.push({ token, count });
    else if (isWithoutWidth.test(token)) found.noWidth.push({ token, count });
    else if (token === '\r\n' || token === '\r') found.carriageReturns += count;
  }
  return found;
}

export function withPlainSpaces(text: string): string {
  return text.replace(new RegExp(`[${oddSpaces}]`, 'gu'), ' ');
}

export function withoutNoWidth(text: string): string {
  return text.replace(new RegExp(`[${withoutWidth}]`, 'gu'), '');
}

export function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/gu, '\n');
}

const encoder = new TextEncoder();

/**
 * The bytes of the whole text as UTF-8. With characters as tokens, they are counted by token, without
 * copying the text.
 */
export function utf8Bytes({ text, unit, counts }: TextTokens): number {
  if (unit === 'spaces') return encoder.encode(text).length;
  let bytes = 0;
  for (const [token, count] of counts) bytes += count * encoder.encode(token).length;
  return bytes;
}
