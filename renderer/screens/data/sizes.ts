import type { Draft } from '../../../engine/data/draft.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import type { RowTotals } from '../../state/row-totals.ts';

export interface DataFacts {
  /**
   * The first of the longest rows in use: its number, from 1, and its length in tokens; null where no row
   * is in use.
   */
  longest: { row: number; tokens: number } | null;
  /** The one-hot input of the largest batch: [T, B, I] and its float32 bytes. */
  input: { shape: [number, number, number]; bytes: number } | null;
}

/** What a run of the draft would have to hold, from the rows alone. */
export function dataFacts(draft: Draft, totals: RowTotals, inputSize: number): DataFacts {
  const { longest, splits } = totals;
  const { task, text, sequenceLength } = draft.data;
  if (task === 'language-model' && text !== '') {
    return { longest: null, input: inputOf(sequenceLength, draft.training.batchSize, inputSize) };
  }
  if (longest === 0) return { longest: null, input: null };
  const index = draft.rows.findIndex(
    (row) =>
      row.split !== 'off' &&
      row.input.length >= longest &&
      splitTokens(row.input, draft.data.tokens).length === longest,
  );
  const found = { row: index + 1, tokens: longest };
  if (inputSize === 0 || splits.train === 0) return { longest: found, input: null };
  return {
    longest: found,
    input: inputOf(longest, Math.min(splits.train, draft.training.batchSize), inputSize),
  };
}

/** A float32 tensor of shape [T, B, I]; null where I is 0. */
function inputOf(T: number, B: number, I: number): DataFacts['input'] {
  return I === 0 ? null : { shape: [T, B, I], bytes: 4 * T * B * I };
}

/** The rows whose text changes in Unicode's composed form (NFC), with that form; empty where none does. */
export function composedRows(draft: Draft): { id: number; input: string; target: string }[] {
  return draft.rows.flatMap(({ id, input, target }) => {
    const composed = { id, input: input.normalize('NFC'), target: target.normalize('NFC') };
    return composed.input === input && composed.target === target ? [] : [composed];
  });
}
