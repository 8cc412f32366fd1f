import type { Draft, DraftRow } from '../../../engine/data/draft.ts';
import { type SequenceTask, targetTokens } from '../../../engine/data/samples.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import { indexTokens } from '../../../engine/data/vocabulary.ts';

export interface NetworkStep {
  /** From 1. */
  t: number;
  token: string;
  /** null: not in the vocabulary. */
  index: number | null;
}

export interface NetworkView {
  steps: NetworkStep[];
  /** The number of steps that are not listed. */
  more: number;
  /** T, and V, the number of tokens in the input's vocabulary. */
  T: number;
  V: number;
  /** The indices of the target's tokens; null for unknown ones. */
  target: (number | null)[];
}

/** A row as the network gets it: a token's index at each step, one-hot or looked up in an embedding. */
export function networkView(
  row: DraftRow,
  draft: Draft,
  shown: { vocabulary: string[]; targetVocabulary: string[] },
  room: number,
): NetworkView {
  const { task, tokens: unit } = draft.data;
  const input = splitTokens(row.input, unit);
  const { unknown } = draft.data;
  const index = indexTokens(shown.vocabulary, unknown);
  const targetIndex = indexTokens(shown.targetVocabulary, unknown);
  const language = task === 'language-model';
  const seen = language ? input.slice(0, -1) : input;
  const target = language ? input.slice(1) : targetTokens(row.target, task as SequenceTask, unit);
  return {
    steps: seen.slice(0, room).map((token, i) => ({ t: i + 1, token, index: index.get(token) ?? null })),
    more: Math.max(0, seen.length - room),
    T: seen.length,
    V: shown.vocabulary.length,
    target: target.map((token) => targetIndex.get(token) ?? null),
  };
}
