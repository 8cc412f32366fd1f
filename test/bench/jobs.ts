/** The trainings in docs/engine.md's table, as experiment documents that both sides run. */

import { checkExperiment } from '../../engine/formats/experiment.ts';
import { cells } from '../../engine/layers/cells.ts';
import type { SequenceExperiment } from '../../engine/model/experiment.ts';
import { parameterCount } from '../../engine/model/spec.ts';

export interface Job {
  name: string;
  experiment: SequenceExperiment;
  /** Time steps of all sequences in a batch together. */
  tokens: number;
  /** Floating-point operations of a batch's matrix products, counting a one-hot input as a full product. */
  operations: number;
}

/** The number of distinct characters in tiny Shakespeare. */
const vocabularySize = 65;

function read(document: unknown): SequenceExperiment {
  const result = checkExperiment(document);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.value as SequenceExperiment;
}

/** The same text each time, with little to learn in it. */
function text(length: number, vocabulary: string[]): string {
  let state = 1;
  let written = '';
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    written += vocabulary[(state >> 8) % vocabulary.length];
  }
  return written;
}

/** A text of one window, so that an epoch is one step. */
function languageModel(cell: 'rnn' | 'gru' | 'lstm', H: number, B: number, T: number, L = 1): Job {
  const vocabulary = Array.from({ length: vocabularySize }, (_, i) => String.fromCodePoint(0x4e00 + i));
  const layers = L === 1 ? '' : `, L ${L}`;
  return job(`${cell.toUpperCase()} H ${H}${layers}, B ${B}, T ${T}`, {
    format: 'ohlol/experiment',
    version: 1,
    name: 'bench',
    dataset: { task: 'language-model', vocabulary, text: text(B * T + 1, vocabulary), sequenceLength: T },
    model: { cell, hiddenSize: H, numLayers: L, head: 'linear' },
    training: {
      epochs: 1_000_000,
      batchSize: B,
      clipGradNorm: 5,
      optimizer: { name: 'adam', lr: 0.002 },
    },
  });
}

function job(name: string, document: unknown): Job {
  const experiment = read(document);
  const { dataset, model, training } = experiment;
  const [I, V] = [dataset.vocabulary.length, dataset.targetVocabulary.length];
  const { hiddenSize: H, numLayers: L } = model;
  const GH = cells[model.cell].gates.length * H;
  const tokens =
    dataset.text === undefined
      ? [...dataset.samples[0]!.input].length
      : training.batchSize * dataset.sequenceLength!;
  // Each product runs forward and for the weight gradient, and for the gradient of its input except in the
  // first layer.
  const products = 2 * I * GH + 3 * H * GH + (L - 1) * 6 * H * GH + (model.head === 'linear' ? 3 * H * V : 0);
  return { name, experiment, tokens, operations: 2 * tokens * products };
}

const hello = job('hello-rnn (H 4, T 5)', {
  format: 'ohlol/experiment',
  version: 1,
  name: 'hello',
  dataset: { task: 'mapping', samples: [{ input: 'hello', target: 'ohlol' }] },
  model: { cell: 'rnn', hiddenSize: 4 },
  training: { epochs: 10_000_000, optimizer: { name: 'adam', lr: 0.05 } },
});

export const jobs: Job[] = [
  hello,
  languageModel('rnn', 16, 1, 25),
  languageModel('rnn', 64, 1, 25),
  languageModel('rnn', 64, 16, 25),
  languageModel('rnn', 256, 64, 100),
  languageModel('gru', 64, 1, 25),
  languageModel('gru', 128, 16, 25),
  languageModel('gru', 128, 16, 100, 2),
  languageModel('lstm', 16, 1, 25),
  languageModel('lstm', 128, 1, 25),
  languageModel('lstm', 128, 16, 25),
  languageModel('lstm', 128, 64, 100, 2),
  languageModel('lstm', 256, 64, 100),
  languageModel('lstm', 512, 16, 25),
  languageModel('lstm', 512, 64, 100, 2),
];

export function parametersOf({ experiment: { model, dataset } }: Job): number {
  return parameterCount(model, {
    inputSize: dataset.vocabulary.length,
    outputSize: dataset.targetVocabulary.length,
  });
}
