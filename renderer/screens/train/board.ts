/**
 * The prediction board as data: the input, the target, and each epoch's prediction, one column per time
 * step.
 */
import { targetTokens } from '../../../engine/data/samples.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import type { SequenceDataset, TokenUnit } from '../../../engine/model/experiment.ts';

/** One training sample, or one stream of a text, as at most boardColumns columns. */
export interface BoardSample {
  input: string[];
  /** One for each predicted token: as many as there are inputs, or a single one for a label. */
  target: string[];
  /** The number of predicted tokens of the whole sample. */
  length: number;
}

/** The most columns that are drawn and judged. A longer sequence is cut there, and the board says so. */
export const boardColumns = 1000;

/** What the board is made from: the data, and for a text its tokens and the number of its streams. */
export interface BoardSource {
  dataset: SequenceDataset;
  batchSize: number;
  /** All tokens of the text; empty where the data are samples. */
  textTokens: readonly string[];
}

export function boardSource(dataset: SequenceDataset, batchSize: number): BoardSource {
  const isText = dataset.text !== undefined && dataset.samples.length === 0;
  return { dataset, batchSize, textTokens: isText ? splitTokens(dataset.text!, dataset.tokens) : [] };
}

/**
 * The number of training samples, in the document's order, or of streams: one for each entry of a row's
 * `predictions`.
 */
export function boardSampleCount({ dataset, batchSize, textTokens }: BoardSource): number {
  return textTokens.length > 0 ? batchSize : dataset.samples.length;
}

/** Steps of each stream of a text of N tokens: ⌊(N − 1) / batchSize⌋. */
function streamLength({ batchSize, textTokens }: BoardSource): number {
  return Math.max(0, Math.floor((textTokens.length - 1) / batchSize));
}

/** The sample or stream at an index. The target of a language model is its own input, one step later. */
export function boardSample(source: BoardSource, index: number): BoardSample {
  const { dataset, textTokens } = source;
  if (textTokens.length > 0) {
    const length = streamLength(source);
    const start = index * length;
    const end = start + Math.min(length, boardColumns);
    return { input: textTokens.slice(start, end), target: textTokens.slice(start + 1, end + 1), length };
  }
  const sample = dataset.samples[index];
  const input = splitTokens(sample?.input ?? '', dataset.tokens);
  const target =
    dataset.task === 'language-model'
      ? input.slice(1)
      : targetTokens(sample?.target, dataset.task, dataset.tokens);
  return {
    input: input.slice(
      0,
      dataset.task === 'language-model' ? Math.min(boardColumns, input.length - 1) : boardColumns,
    ),
    target: target.slice(0, boardColumns),
    length: target.length,
  };
}

/** The number of real target tokens in all training samples, over which a summed loss adds up. */
export function trainTokenCount(source: BoardSource): number {
  if (source.textTokens.length > 0) return streamLength(source) * source.batchSize;
  return source.dataset.samples.reduce((sum, _, index) => sum + boardSample(source, index).length, 0);
}

/**
 * The tokens of a predicted text. Predictions arrive joined, and neighbouring tokens may read as one
 * character (a letter and a combining mark that are two tokens). Where cutting into characters does not
 * give `length` known tokens, the longest known token is taken at each place.
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
  if (tokens.length >= length && tokens.every((token) => vocabulary.has(token))) return tokens;
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

/** One epoch's prediction of one sample, judged token by token. A missing token is an empty, wrong cell. */
export function boardRow(
  prediction: string | undefined,
  sample: BoardSample,
  vocabulary: ReadonlySet<string>,
  unit: TokenUnit,
): BoardRow {
  const total = sample.target.length;
  // Text beyond 16 code units per token is dropped: real tokens are shorter, and what is not drawn need not
  // be cut.
  const drawn = prediction?.slice(0, total * 16);
  const tokens = drawn === undefined ? [] : predictedTokens(drawn, total, vocabulary, unit);
  const cells = sample.target.map((wanted, t) => {
    const token = tokens[t] ?? '';
    return { token, right: token === wanted };
  });
  return { cells, right: cells.filter((cell) => cell.right).length, total };
}

/**
 * Widths of the board in pixels. Columns get narrower with the length, down to the width at which a token
 * is readable.
 */
export function boardLayout(length: number, width: number): { token: number; gap: number } {
  const gap = length > 12 ? 1 : 2;
  const room = width / Math.max(1, length) - gap;
  return { token: Math.floor(Math.min(34, Math.max(20, room))), gap };
}

/** `5 / 5`: an accuracy as the number of right tokens among all tokens. */
export function accuracyText(accuracy: number, tokens: number): string {
  return `${Math.round(accuracy * tokens)} / ${tokens}`;
}
