/** Documents at random, on 1 to 4 threads that wait at random, and against the plain loops. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { type Backend, loadWasm, referenceBackend } from '../../../engine/kernels/backend.ts';
import type { OptimizerSpec } from '../../../engine/model/experiment.ts';
import { expectAgreement } from '../../parity/agree.ts';
import { type Changes, trainer } from '../documents.ts';
import { startWaitingThreads, type WaitingThreads } from '../waiting-threads.ts';

/** Mostly less than a vector, a panel or a tile, sometimes more than a packed product needs. */
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
const documents = fc.record({ model, data, optimizer: fc.constantFrom(...optimizers) });
type Document = typeof documents extends fc.Arbitrary<infer T> ? T : never;

function changesOf({ model: { kind, ...sizes }, data, optimizer }: Document): Changes {
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
      // A text has one direction: it reads what it must foretell.
      bidirectional: sizes.bidirectional && task !== 'text',
      dropout: sizes.numLayers === 1 ? 0 : sizes.dropout,
      initialState: sizes.initialState as 'zeros' | 'learned',
      head: 'linear',
    },
    training: { ...training, loss: data.loss as 'mean' | 'sum', optimizer, epochs: 2 },
  };
}

function train(changes: Changes, backend: Backend) {
  const run = trainer(changes, null, backend);
  const rows: EpochRow[] = [];
  for (let row = run.stepEpoch(); row !== null; row = run.stepEpoch()) rows.push({ ...row, trainedMs: 0 });
  const end = { rows, state: run.state(), checkpoint: Buffer.from(run.checkpoint()).toString('base64') };
  run.close();
  return end;
}

let threadsThatWait: WaitingThreads;
beforeAll(async () => {
  threadsThatWait = await startWaitingThreads();
}, 300_000);
afterAll(() => threadsThatWait.close());

it('train with the same bits on any number of threads, and as the plain loops do', {
  timeout: 300_000,
}, () => {
  const numRuns = Number(process.env.OHLOL_TEST_DOCUMENTS ?? 30);
  fc.assert(
    fc.property(documents, fc.nat(), (document, seed) => {
      const changes = changesOf(document);
      const alone = train(changes, loadWasm()!);
      for (const threads of [1, 2, 3, 4]) {
        expect(train(changes, threadsThatWait.backend(threads, seed)), `${threads} threads`).toEqual(alone);
      }
      // Adam and its kin make a step of any gradient, however small, and so of one that is nothing but rounding.
      if (document.optimizer.name !== 'sgd') return;
      const plain = train(changes, referenceBackend);
      expect(alone.state).toEqual(plain.state);
      for (const key of ['loss', 'gradNorm'] as const) {
        const [actual, expected] = [alone, plain].map(({ rows }) => rows.map((row) => row[key]));
        expectAgreement(actual!, expected!, { absolute: 1e-5, relative: 1e-3 }, key);
      }
    }),
    { seed: Number(process.env.OHLOL_TEST_SEED ?? 9), numRuns },
  );
});
