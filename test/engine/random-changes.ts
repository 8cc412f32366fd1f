/** Random documents: all cells, tasks and optimizers, with shuffle, dropout and clipping. */
import fc from 'fast-check';
import type { OptimizerSpec } from '../../engine/model/experiment.ts';
import type { Changes } from './documents.ts';

/** Mostly narrower than a vector, a panel or a tile; sometimes wide enough for a packed product. */
const width = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 19 }) },
  fc.integer({ min: 63, max: 81 }),
);
const model = fc.record({
  kind: fc.constantFrom('tanh', 'relu', 'gru', 'lstm'),
  hiddenSize: width,
  embedding: fc.option(width),
  numLayers: fc.integer({ min: 1, max: 3 }),
  bidirectional: fc.boolean(),
  bias: fc.boolean(),
  dropout: fc.constantFrom(0, 0, 0.5),
  initialState: fc.constantFrom('zeros', 'learned'),
});
const data = fc.record({
  task: fc.constantFrom('mapping', 'label', 'text'),
  lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 14 }),
  /** V is 1 where all tokens are the same. */
  tokens: fc.constantFrom('a', 'ab', 'abcde', 'abcdefghijklmnopqrstuvwxyz'),
  batchSize: fc.integer({ min: 1, max: 15 }),
  shuffle: fc.boolean(),
  clipGradNorm: fc.constantFrom(null, 0.1),
  loss: fc.constantFrom('mean', 'sum'),
});
const optimizers: OptimizerSpec[] = [
  { name: 'sgd', lr: 0.05, momentum: 0, nesterov: false, weightDecay: 0 },
  { name: 'sgd', lr: 0.02, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  { name: 'adam', lr: 0.01, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
  { name: 'adamw', lr: 0.01, betas: [0.9, 0.999], eps: 0, weightDecay: 0.01 },
  { name: 'rmsprop', lr: 0.01, alpha: 0.9, eps: 1e-46, momentum: 0.5, weightDecay: 0 },
];
export const documents = fc.record({ model, data, optimizer: fc.constantFrom(...optimizers) });
export type Document = typeof documents extends fc.Arbitrary<infer T> ? T : never;

export function changesOf({ model: { kind, ...sizes }, data, optimizer }: Document): Changes {
  const { task, lengths, tokens, ...training } = data;
  let next = 1;
  const word = (length: number) =>
    Array.from({ length }, () => {
      next = (next * 48271) % 2147483647;
      return tokens[next % tokens.length];
    }).join('');
  const samples = lengths.map((length) => ({
    input: word(length),
    target: task === 'label' ? word(1) : word(length),
  }));
  const isRnn = kind === 'tanh' || kind === 'relu';
  return {
    dataset:
      task === 'text'
        ? { task: 'language-model', samples: [], text: word(2 * data.batchSize + 40), sequenceLength: 5 }
        : { task: task as 'mapping' | 'label', samples },
    model: {
      ...(isRnn ? { cell: 'rnn', nonlinearity: kind } : { cell: kind as 'gru' | 'lstm' }),
      ...sizes,
      // A model of a text must not read the tokens that it predicts, so it has one direction.
      bidirectional: sizes.bidirectional && task !== 'text',
      dropout: sizes.numLayers === 1 ? 0 : sizes.dropout,
      initialState: sizes.initialState as 'zeros' | 'learned',
      head: 'linear',
    },
    training: { ...training, loss: data.loss as 'mean' | 'sum', optimizer, epochs: 2 },
  };
}
