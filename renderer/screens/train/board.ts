/** The prediction board as data: what was fed, what was wanted, and what each epoch said, one column a time step. */
import { targetTokens } from '../../../engine/data/samples.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import type { SequenceDataset, TokenUnit } from '../../../engine/model/experiment.ts';

/** One training sample, or one stream of a text, as columns: at most boardColumns of them. */
export interface BoardSample {
  input: string[];
  /** One for each predicted token: as many as input, or a single one for a label. */
  target: string[];
  /** Predicted tokens of the whole sample. */
  length: number;
}

/** How many columns are drawn and judged; a longer sequence is cut there and the board says so. */
export const boardColumns = 1000;

/** What the board is made of: the data, and for a text its tokens and how many streams it is cut into. */
export interface BoardSource {
  dataset: SequenceDataset;
  batchSize: number;
  /** All tokens of the text; empty where the data is samples. */
  textTokens: readonly string[];
}

export function boardSource(dataset: SequenceDataset, batchSize: number): BoardSource {
  const isText = dataset.text !== undefined && dataset.samples.length === 0;
  return { dataset, batchSize, textTokens: isText ? splitTokens(dataset.text!, dataset.tokens) : [] };
}

/** Training samples in the document's order, or streams: the ones that a row's `predictions` speak of. */
export function boardSampleCount({ dataset, batchSize, textTokens }: BoardSource): number {
  return textTokens.length > 0 ? batchSize : dataset.samples.length;
}

/** Steps of each stream of a text of N tokens: ⌊(N − 1) / batchSize⌋. */
function streamLength({ batchSize, textTokens }: BoardSource): number {
  return Math.max(0, Math.floor((textTokens.length - 1) / batchSize));
}

/** The sample at place index; what a language model is to say is its own input, one step on. */
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

/** Real target tokens of all training samples: what a summed loss is added up over. */
export function trainTokenCount(source: BoardSource): number {
  if (source.textTokens.length > 0) return streamLength(source) * source.batchSize;
  return source.dataset.samples.reduce((sum, _, index) => sum + boardSample(source, index).length, 0);
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

/** One epoch's prediction of one sample, judged token by token; a missing token is an empty, wrong cell. */
export function boardRow(
  prediction: string | undefined,
  sample: BoardSample,
  vocabulary: ReadonlySet<string>,
  unit: TokenUnit,
): BoardRow {
  const total = sample.target.length;
  // No token of a string is longer than 16 code units but by malice; what is not drawn need not be cut.
  const drawn = prediction?.slice(0, total * 16);
  const tokens = drawn === undefined ? [] : predictedTokens(drawn, total, vocabulary, unit);
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
