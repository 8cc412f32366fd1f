/**
 * Whether threads overtake each other where they must not. The module is built a second time with random
 * waits at every barrier and share and while a thread's own buffers are full (kernels.config.ts), so that a
 * race shows on an idle machine too.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadWasm } from '../../../engine/kernels/backend.ts';
import { type Changes, trainer } from '../documents.ts';
import { startWaitingThreads, type WaitingThreads } from '../waiting-threads.ts';

/** Strings of these tokens with every length from 1 to `longest`, so that sequences end at every step. */
function ragged(tokens: string, count: number, longest: number): string[] {
  let next = 7;
  return Array.from({ length: count }, (_, s) =>
    Array.from({ length: 1 + ((s * 5) % longest) }, () => {
      next = (next * 48271) % 2147483647;
      return tokens[next % tokens.length]!;
    }).join(''),
  );
}
const letters = 'abcdefghijklmnopqrstuvwxyz';
const mapping = (count: number, longest: number, tokens = letters): Changes['dataset'] => ({
  samples: ragged(tokens, count, longest).map((input) => ({ input, target: [...input].reverse().join('') })),
});
const label = (count: number, longest: number): Changes['dataset'] => ({
  task: 'label',
  samples: ragged(letters, count, longest).map((input, s) => ({ input, target: 'xyz'[s % 3]! })),
});

/**
 * Inputs wider and narrower than H; products large enough for packed copies (64 and more of everything);
 * and fewer sequences, rows and columns than threads.
 */
const jobs: Record<string, Changes> = {
  'RNN, embedding wider than H': {
    dataset: mapping(33, 16),
    model: { head: 'linear', hiddenSize: 97, embedding: 257 },
  },
  'relu, two layers, both directions, a label': {
    dataset: label(40, 14),
    model: { head: 'linear', hiddenSize: 66, nonlinearity: 'relu', numLayers: 2, bidirectional: true },
  },
  'GRU, two layers, both directions, learned start': {
    dataset: mapping(30, 15),
    model: {
      ...{ head: 'linear', cell: 'gru', hiddenSize: 72, embedding: 80, numLayers: 2, bidirectional: true },
      initialState: 'learned',
    },
    training: { clipGradNorm: 0.5 },
  },
  'LSTM, embedding narrower than H, dropout': {
    dataset: mapping(30, 15),
    model: { head: 'linear', cell: 'lstm', hiddenSize: 100, embedding: 65, numLayers: 2, dropout: 0.3 },
    training: {
      optimizer: { name: 'rmsprop', lr: 0.001, alpha: 0.9, eps: 1e-8, momentum: 0.5, weightDecay: 0.01 },
    },
  },
  'LSTM without head, a text in windows': {
    dataset: {
      ...{ task: 'language-model', samples: [], sequenceLength: 9 },
      text: ragged(`${letters}${letters.toUpperCase()}0123456789,.`, 40, 24).join(''),
    },
    model: { head: 'none', cell: 'lstm', hiddenSize: 64, numLayers: 2 },
    training: { batchSize: 25 },
  },
  'less of everything than threads': {
    dataset: mapping(2, 1, 'ab'),
    model: { head: 'linear', cell: 'gru', hiddenSize: 2, embedding: 1, numLayers: 2, bidirectional: true },
    training: { batchSize: 1 },
  },
};

const times = 10;
let threadsThatWait: WaitingThreads;
let seed = Math.floor(Math.random() * 2 ** 31);

beforeAll(async () => {
  threadsThatWait = await startWaitingThreads();
}, 300_000);
afterAll(() => threadsThatWait.close());

function train(changes: Changes, backend: Parameters<typeof trainer>[2]) {
  const run = trainer(
    { ...changes, training: { batchSize: 33, shuffle: true, epochs: 2, ...changes.training } },
    null,
    backend,
  );
  const norms: number[] = [];
  for (let row = run.stepEpoch(); row !== null; row = run.stepEpoch()) norms.push(row.gradNorm);
  const checkpoint = Buffer.from(run.checkpoint());
  run.close();
  return { norms, checkpoint, weights: () => run.parameters.flatMap(({ value }) => Array.from(value)) };
}

describe.each(Object.entries(jobs))('%s', (_, changes) => {
  let expected: ReturnType<typeof train>;
  beforeAll(() => {
    expected = train(changes, loadWasm()!);
  });

  it.each([1, 2, 3, 4])('has the same bits on %i threads, ten times', { timeout: 300_000 }, (threads) => {
    for (let time = 1; time <= times; time++) {
      seed = (seed + 1) % 2 ** 31;
      const backend = threadsThatWait.backend(threads, seed);
      const { norms, weights, checkpoint } = train(changes, backend);
      if (checkpoint.equals(expected.checkpoint)) continue;
      const right = expected.weights();
      const apart = weights().reduce((most, weight, i) => Math.max(most, Math.abs(weight - right[i]!)), 0);
      expect.fail(
        `the ${time}. time (seed ${seed}): weights up to ${apart} apart, ` +
          `gradient norms ${norms}, on one thread ${expected.norms}`,
      );
    }
  });
});
