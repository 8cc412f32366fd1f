/**
 * The prediction board as data: the input, the target, and each epoch's prediction, one column per time
 * step.
 */
import { splitTokens } from '../../../engine/data/tokens.ts';
import type { TokenUnit } from '../../../engine/model/experiment.ts';
import { type RunSample, readSample, type SampleSource, streamLength } from '../../state/run-samples.ts';

/** The number of real target tokens in all training samples, over which a summed loss adds up. */
export function trainTokenCount(source: SampleSource): number {
  if (source.textTokens.length > 0) return streamLength(source) * source.batchSize;
  return source.dataset.samples.reduce((sum, _, index) => sum + readSample(source, index).length, 0);
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
  sample: RunSample,
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
