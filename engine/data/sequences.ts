/** A dataset as numbers: input tokens and target tokens, sequence after sequence. */
import type { Sample, SequenceDataset } from '../model/experiment.ts';
import { targetTokens } from './samples.ts';
import { splitTokens } from './tokens.ts';
import { encode, indexTokens } from './vocabulary.ts';

export interface Sequences {
  count: number;
  /** All inputs, one after another; sequence s is tokens[starts[s]] up to, not including, tokens[starts[s + 1]]. */
  tokens: Int32Array;
  starts: Int32Array; // [count + 1]
  /** All targets: one per step, or one per sequence. */
  targets: Int32Array;
  targetStarts: Int32Array; // [count + 1]
  targetEvery: 'step' | 'sequence';
}

/**
 * Encodes samples of any task. A language model's sample of n tokens becomes n − 1 steps, each with the next token
 * as its target. Throws for a token outside the vocabulary.
 */
export function encodeSamples(dataset: SequenceDataset, samples: readonly Sample[]): Sequences {
  const { task, tokens: unit } = dataset;
  const inputIndex = indexTokens(dataset.vocabulary, dataset.unknown);
  const targetIndex = indexTokens(dataset.targetVocabulary, dataset.unknown);
  const pairs = samples.map(({ input, target }) => {
    const codes = encode(splitTokens(input, unit), inputIndex);
    return task === 'language-model'
      ? { input: codes.subarray(0, -1), target: codes.subarray(1) }
      : { input: codes, target: encode(targetTokens(target, task, unit), targetIndex) };
  });
  const inputs = concatenate(pairs.map((pair) => pair.input));
  const targets = concatenate(pairs.map((pair) => pair.target));
  return {
    count: samples.length,
    tokens: inputs.values,
    starts: inputs.starts,
    targets: targets.values,
    targetStarts: targets.starts,
    targetEvery: task === 'label' ? 'sequence' : 'step',
  };
}

/**
 * Encodes a text's N tokens as `streams` sequences of ⌊(N − 1) / streams⌋ steps, each with the next token as its
 * target. Throws for a token outside the vocabulary.
 */
export function encodeText(dataset: SequenceDataset, tokens: readonly string[], streams: number): Sequences {
  const codes = encode(tokens, indexTokens(dataset.vocabulary, dataset.unknown));
  const length = Math.max(0, Math.floor((codes.length - 1) / streams));
  const starts = Int32Array.from({ length: streams + 1 }, (_, s) => s * length);
  return {
    count: streams,
    tokens: codes.subarray(0, streams * length),
    starts,
    targets: codes.subarray(1, streams * length + 1),
    targetStarts: starts,
    targetEvery: 'step',
  };
}

function concatenate(parts: Int32Array[]): { values: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(parts.length + 1);
  for (let i = 0; i < parts.length; i++) starts[i + 1] = starts[i]! + parts[i]!.length;
  const values = new Int32Array(starts[parts.length]!);
  for (let i = 0; i < parts.length; i++) values.set(parts[i]!, starts[i]!);
  return { values, starts };
}
