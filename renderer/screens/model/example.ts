import type { Draft, DraftRow } from '../../../engine/data/draft.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';

/** What the drawing of the network shows at its two ends. */
export interface Example {
  /** null: a text, or no row at all. */
  row: DraftRow | null;
  input: string[];
  /** One a step; a label stands alone. */
  target: string[];
}

/** Characters of a text that are enough for the steps that are drawn. */
const TEXT_START = 400;

/** The chosen row, else the first that is trained on; of a language model each token's next is its target. */
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

/** The input as the model is asked it: a row as it stands, of a text its first T tokens. */
export function exampleText(draft: Draft, { row, input }: Example, T: number): string {
  return row ? row.input : input.slice(0, T).join(draft.data.tokens === 'spaces' ? ' ' : '');
}

/** T and B that the data itself gives: a shapes experiment's, a text's windows, else the example's length. */
export function naturalSizes(draft: Draft, example: Example): { T: number; B: number } {
  const { shapes, task, sequenceLength, text } = draft.data;
  const B = draft.training.batchSize;
  if (task === 'shapes' && shapes) return { T: shapes.sequenceLength, B: shapes.batchSize };
  if (task === 'language-model' && text !== '') return { T: sequenceLength, B };
  return { T: example.input.length || 5, B };
}
