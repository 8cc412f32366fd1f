import type { Draft, DraftRow } from '../../../engine/data/draft.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';

/** The example at the two ends of the network's drawing. */
export interface Example {
  /** null: the example is a text, or there is no row. */
  row: DraftRow | null;
  input: string[];
  /** One token per step; a label is alone. */
  target: string[];
}

/** Characters at the start of a text that are enough for the steps drawn. */
const TEXT_START = 400;

/**
 * The chosen row, or else the first training row. For a language model each token's target is the next
 * token.
 */
export function exampleOf(draft: Draft, chosenId: number | null): Example {
  const { task, tokens: unit, text } = draft.data;
  const row =
    draft.rows.find((one) => one.id === chosenId && one.input !== '') ??
    draft.rows.find((one) => one.split === 'train' && one.input !== '') ??
    null;
  if (task === 'language-model') {
    const sequence = splitTokens(text === '' ? (row?.input ?? '') : text.slice(0, TEXT_START), unit);
    return { row: text === '' ? row : null, input: sequence.slice(0, -1), target: sequence.slice(1) };
  }
  if (!row) return { row, input: [], target: [] };
  const input = splitTokens(row.input, unit);
  return { row, input, target: task === 'label' ? [row.target] : splitTokens(row.target, unit) };
}

/** The input that the model is asked about: a whole row, or the first T tokens of a text. */
export function exampleText(draft: Draft, { row, input }: Example, T: number): string {
  return row ? row.input : input.slice(0, T).join(draft.data.tokens === 'spaces' ? ' ' : '');
}

/**
 * The T and B that the data determine: those of a shapes experiment, the window of a text, else the
 * example's length.
 */
export function naturalSizes(draft: Draft, example: Example): { T: number; B: number } {
  const { shapes, task, sequenceLength, text } = draft.data;
  const B = draft.training.batchSize;
  if (task === 'shapes' && shapes) return { T: shapes.sequenceLength, B: shapes.batchSize };
  if (task === 'language-model' && text !== '') return { T: sequenceLength, B };
  return { T: example.input.length || 5, B };
}
