import type { Draft } from '../../../engine/data/draft.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';

export interface DataFacts {
  /** The longest row in use, from 1, and its tokens; null where none is in use. */
  longest: { row: number; tokens: number } | null;
  /** The one-hot input of the largest batch: [T, B, I] and its float32 bytes. */
  input: { shape: [number, number, number]; bytes: number } | null;
  /** Rows whose text is not in Unicode's composed form (NFC): what looks the same may be another token. */
  notComposed: number;
}

/** What a run of the draft would have to hold, from its rows alone. */
export function dataFacts(draft: Draft, inputSize: number): DataFacts {
  let longest: DataFacts['longest'] = null;
  let used = 0;
  let notComposed = 0;
  draft.rows.forEach((row, index) => {
    if (row.input.normalize('NFC') !== row.input || row.target.normalize('NFC') !== row.target)
      notComposed += 1;
    if (row.split === 'off') return;
    if (row.split === 'train') used += 1;
    const tokens = splitTokens(row.input, draft.data.tokens).length;
    if (tokens > (longest?.tokens ?? 0)) longest = { row: index + 1, tokens };
  });
  // The closure hides the assignment from the checker.
  const found = longest as DataFacts['longest'];
  if (!found || inputSize === 0 || used === 0) return { longest: found, input: null, notComposed };
  const shape: [number, number, number] = [found.tokens, Math.min(used, draft.training.batchSize), inputSize];
  return { longest: found, input: { shape, bytes: 4 * shape[0] * shape[1] * shape[2] }, notComposed };
}

/** Rows with their text in Unicode's composed form, as one change; empty where all are. */
export function composedRows(draft: Draft): { id: number; input: string; target: string }[] {
  return draft.rows.flatMap(({ id, input, target }) => {
    const composed = { id, input: input.normalize('NFC'), target: target.normalize('NFC') };
    return composed.input === input && composed.target === target ? [] : [composed];
  });
}
