/** The prediction board as data: what was fed, what was wanted, and what each epoch said, one column a time step. */
import { targetTokens } from '../../../engine/data/samples.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import type { SequenceDataset, TokenUnit } from '../../../engine/model/experiment.ts';

/** One training sample as columns. */
export interface BoardSample {
  input: string[];
  /** One for each predicted token: as many as input, or a single one for a label. */
  target: string[];
}

/** How many columns are drawn; a longer sequence is cut there and the board says so. */
export const boardColumns = 200;

/** Training samples that the board offers, in the document's order: the ones that `predictions` speak of. */
export function boardSampleCount(dataset: SequenceDataset): number {
  if (dataset.text === undefined || dataset.samples.length > 0) return dataset.samples.length;
  return 1;
}

/** The sample at place index; what a language model is to say is its own input, one step on. */
export function boardSample(dataset: SequenceDataset, index: number): BoardSample {
  const sample = dataset.samples[index];
  // Only the beginning of a long text is drawn.
  const text = sample?.input ?? dataset.text?.slice(0, boardColumns * 16) ?? '';
  const input = splitTokens(text, dataset.tokens);
  if (dataset.task === 'language-model') return { input: input.slice(0, -1), target: input.slice(1) };
  return { input, target: targetTokens(sample?.target, dataset.task, dataset.tokens) };
}

/** Real target tokens of all training samples: what a summed loss is added up over. */
export function trainTokenCount(dataset: SequenceDataset): number {
  if (dataset.text !== undefined && dataset.samples.length === 0) {
    return Math.max(0, splitTokens(dataset.text, dataset.tokens).length - 1);
  }
  return dataset.samples.reduce((sum, _, index) => sum + boardSample(dataset, index).target.length, 0);
}

/**
 * The tokens of a predicted text. Predictions arrive joined, and tokens side by side may read as one character
 * (a letter and a combining mark that are two tokens); where cutting at characters does not give `length` known
 * tokens, the longest token of the vocabulary is taken at each place.
 */
export function predictedTokens(
  prediction: string,
  length: number,
  vocabulary: ReadonlySet<string>,
  unit: TokenUnit,
): string[] {
  if (length === 1 && vocabulary.has(prediction)) return [prediction];
  const tokens = splitTokens(prediction, unit);
  if (unit === 'spaces') return tokens;
  if (tokens.length === length && tokens.every((token) => vocabulary.has(token))) return tokens;
  return longestTokens(prediction, vocabulary) ?? tokens;
}

function longestTokens(text: string, vocabulary: ReadonlySet<string>): string[] | null {
  const longest = Math.max(0, ...[...vocabulary].map((token) => token.length));
  const tokens: string[] = [];
  for (let at = 0; at < text.length; ) {
    let size = Math.min(longest, text.length - at);
    while (size > 0 && !vocabulary.has(text.slice(at, at + size))) size -= 1;
    if (size === 0) return null;
    tokens.push(text.slice(at, at + size));
    at += size;
  }
  return tokens;
}

export interface BoardCell {
  token: string;
  right: boolean;
}

export interface BoardRow {
  cells: BoardCell[];
  right: number;
  total: number;
}

/** One epoch's prediction of one sample, judged token by token; a missing token is an empty, wrong cell. */
export function boardRow(
  prediction: string | undefined,
  sample: BoardSample,
  vocabulary: ReadonlySet<string>,
  unit: TokenUnit,
): BoardRow {
  const total = sample.target.length;
  const tokens = prediction === undefined ? [] : predictedTokens(prediction, total, vocabulary, unit);
  const cells = sample.target.map((wanted, t) => {
    const token = tokens[t] ?? '';
    return { token, right: token === wanted };
  });
  return { cells, right: cells.filter((cell) => cell.right).length, total };
}

/** Widths of the board in pixels: columns shrink with the length, down to what a token can be read in. */
export function boardLayout(length: number, width: number): { token: number; gap: number } {
  const gap = length > 12 ? 1 : 2;
  const room = width / Math.max(1, length) - gap;
  return { token: Math.floor(Math.min(34, Math.max(20, room))), gap };
}

/** `5 / 5` of the samples drawn as an accuracy over all tokens. */
export function accuracyText(accuracy: number, tokens: number): string {
  return `${Math.round(accuracy * tokens)} / ${tokens}`;
}
