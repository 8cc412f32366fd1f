import { describe, expect, it } from 'vitest';
import type { LiveSettings } from '../../../engine/api.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { createTrainer } from '../../../engine/training/trainer.ts';
import { type Changes, experiment, reversal, trainer, wheat } from '../documents.ts';

const head = { head: 'linear' as const };
const sgd = (lr: number) => ({ name: 'sgd' as const, lr, momentum: 0, nesterov: false, weightDecay: 0 });

describe('an epoch', () => {
  it('has one row, from its own forward pass before its update', () => {
    const run = trainer({ training: { optimizer: sgd(1e-9), epochs: 2 } });
    const [first, second] = [run.stepEpoch()!, run.stepEpoch()!];
    expect(second.loss).toBeCloseTo(first.loss, 6);
    expect(first).toMatchObject({ epoch: 1, lr: 1e-9, validationLoss: null, validationAccuracy: null });
    expect(first.predictions).toHaveLength(1);
    expect(first.predictions[0]).toHaveLength(5);
    expect(run.stepEpoch()).toBeNull();
  });

  it('carries the first sample’s probabilities where they are few', () => {
    const { probabilities, predictions } = trainer().stepEpoch()!;
    expect(probabilities).toHaveLength(5 * 4);
    for (let t = 0; t < 5; t++) {
      const row = probabilities!.slice(4 * t, 4 * t + 4);
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
      expect('ehlo'[row.indexOf(Math.max(...row))]).toBe(predictions[0]![t]);
    }
    const long = { input: 'ab'.repeat(100), target: 'ba'.repeat(100) };
    expect(trainer({ dataset: { samples: [long] }, model: head }).stepEpoch()!.probabilities).toBeNull();
  });

  it('of several batches ends with the last, which may be smaller', () => {
    const run = trainer({ dataset: reversal, model: head, training: { batchSize: 3 } });
    expect([run.stepBatch(), run.stepBatch()]).toEqual([null, null]);
    expect(run.progress()).toMatchObject({ epoch: 0, batch: 2, batchesPerEpoch: 3 });
    expect(run.stepBatch()).toMatchObject({ epoch: 1 });
    expect(run.progress()).toMatchObject({ epoch: 1, batch: 0 });
    run.stepBatch();
    expect(run.stepEpoch()).toMatchObject({ epoch: 2 });
  });

  it('a batch larger than the data is the data', () => {
    const rows = [7, 1000].map((batchSize) => {
      const row = trainer({ dataset: reversal, model: head, training: { batchSize } }).stepEpoch()!;
      return { ...row, trainedMs: 0 };
    });
    expect(rows[1]).toEqual(rows[0]);
  });

  it('loss sum is loss mean times the tokens', () => {
    const job = (loss: 'sum' | 'mean') => ({
      dataset: reversal,
      model: head,
      training: { loss, batchSize: 2, optimizer: sgd(1e-12) },
    });
    expect(trainer(job('sum')).stepEpoch()!.loss).toBeCloseTo(23 * trainer(job('mean')).stepEpoch()!.loss, 4);
  });

  it('a vocabulary of one token has nothing to learn', () => {
    const row = trainer({
      dataset: { samples: [{ input: 'aaa', target: 'aaa' }] },
      model: { hiddenSize: 1 },
    });
    expect(row.stepEpoch()).toMatchObject({ loss: 0, accuracy: 1, gradNorm: 0, predictions: ['aaa'] });
  });
});

describe('a text', () => {
  it('is predicted stream by stream, a long one by the beginning of each', () => {
    const text = 'ab'.repeat(30_000);
    const long = trainer({
      dataset: { ...wheat, text, sequenceLength: 1000 },
      model: head,
      training: { batchSize: 4 },
    });
    const { predictions, accuracy } = long.stepEpoch()!;
    expect(predictions.map(({ length }) => length)).toEqual([2500, 2500, 2500, 2500]);
    expect(accuracy).toBeGreaterThan(0.4);
    const short = trainer({ dataset: wheat, model: head, training: { batchSize: 2 } }).stepEpoch()!;
    expect(short.predictions.map(({ length }) => length)).toEqual([29, 29]);
  });

  it('is read in its order; that shuffling changes nothing is said', () => {
    const changes = { dataset: wheat, model: head };
    const made = createTrainer(experiment({ ...changes, training: { shuffle: true } }), null);
    if (!made.ok) throw new Error('refused');
    expect(made.warnings.map(({ message }) => message)).toEqual([
      'training.shuffle is true, dataset.text is read in its order; only samples are shuffled, so it changes nothing',
    ]);
    expect(made.value.stepEpoch()!.loss).toBe(trainer(changes).stepEpoch()!.loss);
  });

  it('carries the state from window to window', () => {
    const loss = (sequenceLength: number) =>
      trainer({
        dataset: { ...wheat, sequenceLength },
        model: head,
        training: { optimizer: sgd(1e-12) },
      }).stepEpoch()!.loss;
    // With almost no learning, the same tokens are read with the same states, however the text is cut into
    // windows.
    expect(loss(7)).toBeCloseTo(loss(58), 6);
    expect(loss(1)).toBeCloseTo(loss(1000), 6);
  });
});

describe('divergence', () => {
  const diverge = (changes: Changes) => {
    const run = trainer(changes);
    const initialWeights = run.weights();
    let before = initialWeights;
    for (let i = 0; i < 1000 && run.state().status === 'paused'; i++) {
      before = run.weights();
      run.stepBatch();
    }
    const state = run.state();
    if (state.status !== 'diverged') throw new Error(`the run is ${state.status}`);
    return { run, initialWeights, before, problem: state.problem };
  };

  it('of an update names the tensor, epoch and batch, and keeps the weights from before', () => {
    const { run, initialWeights, before, problem } = diverge({
      dataset: reversal,
      model: head,
      training: { batchSize: 4, optimizer: { ...sgd(3e38), weightDecay: 100 } },
    });
    expect(problem).toMatchObject({ code: 'diverged', details: { epoch: 1, batch: 1 } });
    expect(problem.message).toMatch(
      /^rnn\.\S+ after the update is -?Infinity in epoch 1, batch 1; training needs/,
    );
    expect(run.weights()).toEqual(before);
    expect(run.weights()).toEqual(initialWeights);
    expect([run.stepBatch(), run.stepEpoch()]).toEqual([null, null]);
  });

  it('of a forward pass names the layer and step', () => {
    const { run, before, problem } = diverge({
      model: { hiddenSize: 8, nonlinearity: 'relu', head: 'linear' },
      dataset: { samples: [{ input: 'ab'.repeat(200), target: 'ba'.repeat(200) }] },
      training: { optimizer: sgd(1e6), loss: 'sum', epochs: 100 },
    });
    expect(problem.message).toMatch(
      /is (-?Infinity|NaN) in epoch \d+, batch 1; training needs finite numbers/,
    );
    expect(problem.message).toMatch(/^(the output of layer 0 at step \d+|the gradient of|the logits)/);
    expect(run.weights()).toEqual(before);
  });
});

describe('a checkpoint of a run that diverged', () => {
  const long = { input: 'ab'.repeat(200), target: 'ba'.repeat(200) };
  it.each<{ where: string; changes: Changes }>([
    {
      where: 'in an update',
      changes: {
        dataset: reversal,
        model: head,
        training: { optimizer: { ...sgd(3e38), weightDecay: 100 } },
      },
    },
    {
      where: 'on the way there or back',
      changes: {
        dataset: { samples: [long, long] },
        model: { hiddenSize: 8, nonlinearity: 'relu', head: 'linear' },
        training: { optimizer: sgd(1e6), loss: 'sum', epochs: 100 },
      },
    },
  ])('$where can be opened: it stands before that batch', ({ changes }) => {
    const run = trainer(changes);
    while (run.state().status === 'paused') run.stepBatch();
    expect(run.state().status).toBe('diverged');
    const again = trainer(changes, run.checkpoint());
    expect(again.weights()).toEqual(run.weights());
    expect(again.progress()).toMatchObject({ epoch: run.progress().epoch, batch: run.progress().batch });
    again.stepBatch();
    expect(again.state()).toEqual(run.state());
  });
});

describe('live changes', () => {
  it('take effect from the next batch on', () => {
    const run = trainer({ training: { epochs: 3 } });
    expect(run.stepEpoch()!.lr).toBe(0.05);
    expect(run.change({ lr: 0.01, clipGradNorm: 1e-3, epochs: 4 })).toEqual([]);
    const before = run.weights();
    expect(run.stepEpoch()!.lr).toBe(0.01);
    expect(run.weights()).not.toEqual(before);
    expect(run.experiment.training).toMatchObject({ epochs: 4, clipGradNorm: 1e-3, optimizer: { lr: 0.01 } });
    run.stepEpoch();
    expect(run.state().status).toBe('paused');
    run.stepEpoch();
    expect(run.state()).toEqual({ status: 'finished', reason: 'epochs' });
    run.change({ clipGradNorm: null });
    expect(run.experiment.training.clipGradNorm).toBeNull();
  });

  it.each<[LiveSettings, string]>([
    [{ lr: 0 }, 'training.optimizer.lr is 0; it needs a finite number above 0'],
    [{ lr: Number.NaN }, 'training.optimizer.lr is NaN; it needs a finite number above 0'],
    [{ clipGradNorm: -1 }, 'training.clipGradNorm is -1; it needs a finite number above 0, or null'],
    [{ epochs: 1e9 }, 'training.epochs is 1000000000; it needs a whole number from 1 to 10000000'],
    [
      { stopWhen: { lossBelow: null, rightFor: 0 } },
      'training.stopWhen.rightFor is 0; it needs a whole number from 1, or null',
    ],
  ])('%j is refused and changes nothing', (settings, message) => {
    const run = trainer();
    const before = run.experiment;
    expect(run.change({ ...settings }).map((problem) => problem.message)).toEqual([message]);
    expect(run.experiment).toBe(before);
  });
});

describe('what cannot be run', () => {
  const messagesOf = (
    changes: Changes,
    damage: (document: ReturnType<typeof experiment>) => void = () => {},
  ) => {
    const document = experiment(changes);
    damage(document);
    const made = createTrainer(document, null, { backend: referenceBackend });
    return made.ok ? [] : made.problems.map(({ message }) => message);
  };

  it('too large a run is refused with its size before anything is allocated', () => {
    const samples = [{ input: 'ab'.repeat(100_000), target: 'ba'.repeat(100_000) }];
    expect(messagesOf({ dataset: { samples }, model: { hiddenSize: 1000, ...head } })).toEqual([
      'the run needs 3081 MB of memory, the lab takes at most 2048 MB; a smaller hiddenSize, batchSize or sequence length needs less',
    ]);
  });

  it('nothing left to train on', () => {
    const changes = { dataset: { ...reversal, validation: { fraction: 0.5, seed: 0 } }, model: head };
    const message = 'dataset.samples leaves no sample to train on; it needs at least 1';
    expect(messagesOf(changes, ({ dataset }) => Object.assign(dataset, { samples: [] }))).toEqual([message]);
  });
});

describe('memory', () => {
  it('is what the run’s arrays take, within a few percent', () => {
    const run = trainer({
      dataset: reversal,
      model: {
        cell: 'lstm',
        hiddenSize: 50,
        numLayers: 2,
        bidirectional: true,
        dropout: 0.1,
        embedding: 7,
        ...head,
      },
      training: { batchSize: 3 },
    });
    const parameters = run.parameterCount;
    // Parameters, gradients, two moments and the previous weights take five times the parameters, and
    // activations come on top. WebAssembly holds the parameters twice more, in the orders in which the two
    // passes read them.
    expect(run.memoryBytes).toBeGreaterThan(4 * 5 * parameters);
    expect(run.memoryBytes).toBeLessThan(4 * 10 * parameters);
  });
});

describe('pieces', () => {
  it('of a batch give the same bits and refuse a second batch meanwhile', () => {
    const changes: Changes = {
      dataset: { samples: [{ input: 'abc'.repeat(100), target: 'cab'.repeat(100) }] },
      model: { cell: 'lstm', hiddenSize: 150, ...head },
    };
    const [whole, inPieces] = [
      trainer(changes, null, referenceBackend),
      trainer(changes, null, referenceBackend),
    ];
    const row = whole.stepBatch();
    const work = inPieces.batchInPieces();
    let pieces = 1;
    let piece = work.next();
    expect(piece.done).toBe(false);
    expect(() => inPieces.stepBatch()).toThrow('a batch is under way');
    expect(() => inPieces.checkpoint()).toThrow('a batch is under way');
    for (; !piece.done; piece = work.next()) pieces++;
    expect({ ...piece.value, trainedMs: 0 }).toEqual({ ...row, trainedMs: 0 });
    expect(inPieces.checkpoint()).toEqual(whole.checkpoint());
    expect(pieces).toBeGreaterThan(5);
  });
});
