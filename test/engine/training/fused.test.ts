/** Trainings on the WebAssembly module against the same trainings on the layers in TypeScript. */
import { describe, expect, it } from 'vitest';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { expectAgreement } from '../../parity/agree.ts';
import { everyBackend } from '../backends.ts';
import { type Changes, reversal, trainer, wheat } from '../documents.ts';

const head = { head: 'linear' } as const;
const jobs: Record<string, Changes> = {
  'one sample': {},
  'samples of several lengths, in batches': { dataset: reversal, model: head, training: { batchSize: 3 } },
  'relu without bias': { dataset: reversal, model: { ...head, nonlinearity: 'relu', bias: false } },
  'text in windows': {
    dataset: wheat,
    model: { ...head, cell: 'gru', hiddenSize: 9 },
    training: { batchSize: 2 },
  },
  'text in windows that start afresh': {
    dataset: wheat,
    model: { ...head, hiddenSize: 9, initialState: 'learned' },
    training: { batchSize: 2, carryState: false },
  },
  'everything at once': {
    dataset: { ...reversal, validation: { fraction: 0.3, seed: 1 } },
    model: {
      ...head,
      cell: 'lstm',
      hiddenSize: 37,
      numLayers: 2,
      bidirectional: true,
      dropout: 0.3,
      embedding: 5,
      initialState: 'learned',
    },
    training: { batchSize: 2, shuffle: true, clipGradNorm: 0.5, epochs: 8 },
  },
  'wide enough for packed products': {
    dataset: { samples: [{ input: 'abcd'.repeat(20), target: 'bcda'.repeat(20) }] },
    model: { ...head, cell: 'gru', hiddenSize: 70, embedding: 66 },
    training: {
      optimizer: { name: 'rmsprop', lr: 0.001, alpha: 0.9, eps: 1e-8, momentum: 0.5, weightDecay: 0.01 },
    },
  },
};

describe.each(Object.entries(jobs))('%s', (_, changes) => {
  const wasm = everyBackend().filter((backend) => backend !== referenceBackend);

  it.each(wasm)('agrees with the layers on $name', (backend) => {
    const [fused, layered] = [trainer(changes, null, backend), trainer(changes, null, referenceBackend)];
    const rows = (run: typeof fused) => {
      const all = [];
      for (let row = run.stepEpoch(); row !== null; row = run.stepEpoch()) all.push(row);
      return all;
    };
    const [actual, expected] = [rows(fused), rows(layered)];
    expect(actual.map((row) => row.predictions)).toEqual(expected.map((row) => row.predictions));
    const tolerance = { absolute: 1e-6, relative: 2e-4 };
    for (const key of ['loss', 'gradNorm', 'accuracy'] as const) {
      expectAgreement(
        actual.map((row) => row[key]),
        expected.map((row) => row[key]),
        tolerance,
        key,
      );
    }
    expect(actual.map((row) => row.lr)).toEqual(expected.map((row) => row.lr));
    for (const [i, { validationLoss, probabilities }] of expected.entries()) {
      if (validationLoss !== null)
        expectAgreement([actual[i]!.validationLoss!], [validationLoss], tolerance, 'validation loss');
      if (probabilities !== null)
        expectAgreement(actual[i]!.probabilities!, probabilities, tolerance, 'probabilities');
    }
  });

  it('has the same bits in tiles of both shapes', () => {
    const [narrow, wide] = wasm.map((backend) => {
      const run = trainer(changes, null, backend);
      while (run.stepEpoch() !== null) {
        // Trains to its end.
      }
      return run.checkpoint();
    });
    expect(narrow).toEqual(wide);
  });
});

describe('many epochs in one call', () => {
  const some = [
    'one sample',
    'samples of several lengths, in batches',
    'text in windows',
    'text in windows that start afresh',
  ] as const;

  it.each(some)('%s: are the epochs one by one', (name) => {
    const [many, single] = [trainer(jobs[name]), trainer(jobs[name])];
    const first = many.manyEpochs(0, 1)!;
    expect(first).toHaveLength(1);
    const rows = [...first, ...many.manyEpochs(Infinity, 6)!, ...many.manyEpochs(Infinity, Infinity)!];
    const expected = rows.map(() => single.stepEpoch()!);
    expect(rows.map((row) => ({ ...row, trainedMs: 0 }))).toEqual(
      expected.map((row) => ({ ...row, trainedMs: 0 })),
    );
    expect(many.state()).toEqual({ status: 'finished', reason: 'epochs' });
    expect(many.checkpoint()).toEqual(single.checkpoint());
    expect(rows.every((row, i) => i === 0 || row.trainedMs >= rows[i - 1]!.trainedMs)).toBe(true);
  });

  it('stop where a batch diverges, in the state of a run that was stepped', () => {
    const changes: Changes = {
      dataset: reversal,
      model: { ...head, nonlinearity: 'relu' },
      training: {
        batchSize: 2,
        epochs: 50,
        optimizer: { name: 'sgd', lr: 1e18, momentum: 0, nesterov: false, weightDecay: 0 },
      },
    };
    const [many, single] = [trainer(changes), trainer(changes)];
    const rows = many.manyEpochs(Infinity, Infinity)!;
    const expected = rows.map(() => single.stepEpoch()!);
    while (single.stepBatch() !== null || single.state().status === 'paused') {
      // Trains until it diverges.
    }
    expect(many.state().status).toBe('diverged');
    expect(many.state()).toEqual(single.state());
    expect(rows.map((row) => row.loss)).toEqual(expected.map((row) => row.loss));
    expect(many.weights()).toEqual(single.weights());
  });

  it('are not taken where something must be looked at after each, or within an epoch', () => {
    const looking = { training: { stopWhen: { lossBelow: 0.1, rightFor: null } } };
    expect(trainer(looking).manyEpochs(10, 10)).toBeNull();
    const inside = trainer(jobs['samples of several lengths, in batches']);
    inside.stepBatch();
    expect(inside.manyEpochs(10, 10)).toBeNull();
    expect(trainer({}, null, referenceBackend).manyEpochs(10, 10)).toBeNull();
  });
});
