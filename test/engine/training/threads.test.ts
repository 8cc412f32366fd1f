/** The same training on one, two and four threads. */
import { describe, expect, it, vi } from 'vitest';
import { loadWasm } from '../../../engine/kernels/backend.ts';
import { createThreadHost } from '../../../main/engine-process/kernel-threads.ts';
import { type Changes, reversal, trainer, wheat } from '../documents.ts';

const head = { head: 'linear' } as const;
const jobs: Record<string, Changes> = {
  'samples of several lengths': {
    dataset: { ...reversal, validation: { fraction: 0.3, seed: 1 } },
    model: {
      ...head,
      cell: 'lstm',
      hiddenSize: 21,
      numLayers: 2,
      bidirectional: true,
      dropout: 0.3,
      embedding: 5,
      initialState: 'learned',
    },
    training: { batchSize: 4, shuffle: true, clipGradNorm: 0.5, epochs: 3 },
  },
  'text in windows': {
    dataset: wheat,
    model: { ...head, cell: 'gru', hiddenSize: 70, numLayers: 2 },
    training: { batchSize: 3, epochs: 3 },
  },
  'text in windows, a part of it held back': {
    dataset: { ...wheat, validation: { fraction: 0.4 } },
    model: { ...head, cell: 'lstm', hiddenSize: 33 },
    training: { batchSize: 3, epochs: 3 },
  },
  'a label of each sequence': {
    dataset: {
      task: 'label',
      samples: [
        { input: 'abcab', target: 'x' },
        { input: 'cb', target: 'y' },
      ],
    },
    model: { ...head, hiddenSize: 9, nonlinearity: 'relu' },
    training: { batchSize: 2, epochs: 3 },
  },
};

describe.each(Object.entries(jobs))('%s', (_, changes) => {
  it.each([1, 2, 4])('has the same bits on %i threads', (threads) => {
    const host = { ...createThreadHost(), threads };
    const [alone, shared] = [
      trainer(changes, null, loadWasm()!),
      trainer(changes, null, loadWasm({ host, worth: 0 })!),
    ];
    const rows = (run: typeof alone) => {
      const all = [];
      for (let row = run.stepEpoch(); row !== null; row = run.stepEpoch()) all.push({ ...row, trainedMs: 0 });
      return all;
    };
    const expected = rows(alone);
    expect(expected).toHaveLength(3);
    expect(rows(shared)).toEqual(expected);
    expect(shared.checkpoint()).toEqual(alone.checkpoint());
    shared.close();
  });
});

it('lets its caller do other things while the threads work', () => {
  const text = 'abc'.repeat(300);
  const changes: Changes = {
    dataset: { samples: [{ input: text, target: text }] },
    model: { ...head, cell: 'lstm', hiddenSize: 256, numLayers: 2 },
  };
  const host = { ...createThreadHost(), threads: 1 };
  const run = trainer(changes, null, loadWasm({ host })!);
  const work = run.batchInPieces();
  let pieces = 1;
  let piece = work.next();
  expect(piece.done).toBe(false);
  expect(() => run.stepBatch()).toThrow('a batch is under way');
  for (; !piece.done; piece = work.next()) pieces++;
  expect(pieces).toBeGreaterThan(2);
  expect(piece.value!.epoch).toBe(1);
  run.close();
});

it('gives up on threads that never begin', () => {
  const host = { threads: 2, launch: () => {} };
  vi.spyOn(performance, 'now').mockImplementation(
    (
      (time: number) => () =>
        (time += 10_000)
    )(0),
  );
  const run = trainer(
    jobs['a label of each sequence'],
    null,
    loadWasm({ shape: 'wasm-128', host, worth: 0 })!,
  );
  expect(() => run.stepBatch()).toThrow('0 of 2 threads have begun within 20000 ms');
  vi.restoreAllMocks();
});
