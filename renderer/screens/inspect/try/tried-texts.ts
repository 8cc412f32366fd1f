/** Texts that are tried: what of them can be read, and what the networks say. Pure. */
import { splitTokens } from '../../../../engine/data/tokens.ts';
import type { SequenceDataset } from '../../../../engine/model/experiment.ts';

/** The most tokens of a text that is tried. */
export const mostTokens = 200;

export interface TriedText {
  text: string;
  tokens: string[];
  /** Tokens that are not in the vocabulary, each once; empty where `<unk>` stands for them. */
  unknown: string[];
  isTooLong: boolean;
  /** Whether the network can be asked. */
  isReadable: boolean;
}

export function readText(
  text: string,
  { tokens: unit, vocabulary, unknown: rule }: Pick<SequenceDataset, 'tokens' | 'vocabulary' | 'unknown'>,
): TriedText {
  const tokens = splitTokens(text, unit);
  const known = new Set(vocabulary);
  const unknown = rule === '<unk>' ? [] : [...new Set(tokens.filter((token) => !known.has(token)))];
  const isTooLong = tokens.length > mostTokens;
  return {
    text,
    tokens,
    unknown,
    isTooLong,
    isReadable: tokens.length > 0 && !isTooLong && unknown.length === 0,
  };
}

/**
 * The first step from which on `says` is what `other` says, up to the end; null: there is none, or the texts differ in
 * length.
 */
export function sameFrom(says: readonly string[], other: readonly string[]): number | null {
  if (says.length !== other.length || says.length === 0) return null;
  let from = says.length;
  while (from > 0 && says[from - 1] === other[from - 1]) from--;
  return from === says.length ? null : from;
}
