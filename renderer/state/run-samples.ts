/**
 * The samples of a run's document as tokens: training samples in their order, or the streams of a text.
 */
import { targetTokens } from '../../engine/data/samples.ts';
import { splitTokens } from '../../engine/data/tokens.ts';
import type { SequenceDataset } from '../../engine/model/experiment.ts';

/** One training sample, or one stream of a text, as at most mostSteps columns. */
export interface RunSample {
  input: string[];
  /** One for each predicted token: as many as there are inputs, or a single one for a label. */
  target: string[];
  /** The number of predicted tokens of the whole sample. */
  length: number;
}

/** The most columns that are drawn and judged. A longer sequence is cut there, and the board says so. */
export const mostSteps = 1000;

/** What the board is made from: the data, and for a text its tokens and the number of its streams. */
export interface SampleSource {
  dataset: SequenceDataset;
  batchSize: number;
  /** All tokens of the text; empty where the data are samples. */
  textTokens: readonly string[];
}

export function sampleSource(dataset: SequenceDataset, batchSize: number): SampleSource {
  const isText = dataset.text !== undefined && dataset.samples.length === 0;
  return { dataset, batchSize, textTokens: isText ? splitTokens(dataset.text!, dataset.tokens) : [] };
}

/**
 * The number of training samples, in the document's order, or of streams: one for each entry of a row's
 * `predictions`.
 */
export function sampleCount({ dataset, batchSize, textTokens }: SampleSource): number {
  return textTokens.length > 0 ? batchSize : dataset.samples.length;
}

/** Steps of each stream of a text of N tokens: ⌊(N − 1) / batchSize⌋. */
export function streamLength({ batchSize, textTokens }: SampleSource): number {
  return Math.max(0, Math.floor((textTokens.length - 1) / batchSize));
}

/** The sample or stream at an index. The target of a language model is its own input, one step later. */
export function readSample(source: SampleSource, index: number): RunSample {
  const { dataset, textTokens } = source;
  if (textTokens.length > 0) {
    const length = streamLength(source);
    const start = index * length;
    const end = start + Math.min(length, mostSteps);
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
      dataset.task === 'language-model' ? Math.min(mostSteps, input.length - 1) : mostSteps,
    ),
    target: target.slice(0, mostSteps),
    length: target.length,
  };
}
