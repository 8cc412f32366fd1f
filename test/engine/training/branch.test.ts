/**
 * A run that goes on from another run's state: the same bytes where nothing is changed, and what each
 * change keeps.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WeightPatch } from '../../../engine/api.ts';
import { bestBackend } from '../../../engine/kernels/backend.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type { OptimizerSpec, SequenceExperiment } from '../../../engine/model/experiment.ts';
import { branchInPieces } from '../../../engine/training/branch.ts';
import { createTrainer, type Trainer } from '../../../engine/training/trainer.ts';
import { type Changes, experiment, reversal } from '../documents.ts';
import { changesOf, documents } from '../random-changes.ts';

function start(document: SequenceExperiment, checkpoint: Uint8Array | null = null): Trainer {
  const made = createTrainer(document, checkpoint);
  if (!made.ok) throw new Error(made.problems[0]!.message);
  return made.value;
}

function branch(
  from: SequenceExperiment,
  to: SequenceExperiment,
  state: Uint8Array,
  values: WeightPatch[] = [],
) {
  return finish(branchInPieces({ from, to, state, values }, bestBackend()));
}

function branched(...args: Parameters<typeof branch>): Trainer {
  const made = branch(...args);
  if (!made.ok) throw new Error(made.problems[0]!.message);
  return made.value;
}

const bytes = (run: Trainer) => Buffer.from(run.checkpoint());

/** The state after each epoch; index 0 is the state before the first. */
function statesOf(run: Trainer, epochs: number): Buffer[] {
  const states = [bytes(run)];
  for (let e = 0; e < epochs && run.state().status === 'paused'; e++) {
    run.stepEpoch();
    if (run.state().status !== 'diverged') states.push(bytes(run));
  }
  return states;
}

const words: Changes = {
  dataset: reversal,
  model: { head: 'linear', dropout: 0.3, numLayers: 2, initialState: 'learned' },
  training: { batchSize: 2, epochs: 6, shuffle: true, restoreBest: true },
};
const withTraining = (document: SequenceExperiment, training: Partial<SequenceExperiment['training']>) => ({
  ...document,
  training: { ...document.training, ...training },
});
const adam: OptimizerSpec = { name: 'adam', lr: 0.01, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 };
const sgd: OptimizerSpec = { name: 'sgd', lr: 0.01, momentum: 0.9, nesterov: false, weightDecay: 0 };

describe('a branch', () => {
  it('without a change has the bytes of its parent after every epoch', { timeout: 300_000 }, () => {
    const plans = fc.record({ document: documents, restoreBest: fc.boolean(), epoch: fc.nat(5) });
    fc.assert(
      fc.property(plans, ({ document, restoreBest, epoch }) => {
        const changes = changesOf(document);
        const parent = experiment({ ...changes, training: { ...changes.training, restoreBest, epochs: 5 } });
        const run = start(parent);
        const states = statesOf(run, 5);
        run.close();
        const from = epoch % states.length;
        const other = branched(parent, parent, states[from]!);
        for (const [index, state] of statesOf(other, states.length - 1 - from).entries()) {
          expect(state.equals(states[from + index]!), `epoch ${from + index}`).toBe(true);
        }
        other.close();
      }),
      { seed: 5, numRuns: Number(process.env.OHLOL_TEST_DOCUMENTS ?? 40) },
    );
  });

  const parent = experiment({ ...words, training: { ...words.training, optimizer: adam } });
  const [, , state] = statesOf(start(parent), 2);

  it.each([
    ['sgd', 'adam'],
    ['adam', 'adamw'],
    ['adamw', 'sgd'],
  ] as const)(
    'with another optimizer (%s to %s) is as one that begins with those weights',
    (before, after) => {
      const optimizers = { sgd, adam, adamw: { ...adam, name: 'adamw' } } as const;
      // This training draws nothing after its initial weights.
      const plain = experiment({ dataset: reversal, model: { head: 'linear' }, training: { epochs: 6 } });
      const from = withTraining(plain, { optimizer: optimizers[before] });
      const to = withTraining(plain, { optimizer: optimizers[after] });
      const run = start(from);
      run.stepEpoch();
      run.stepEpoch();
      const other = branched(from, to, run.checkpoint());
      expect(other.progress().epoch).toBe(2);
      const fresh = start({ ...to, initialWeights: run.weights() });
      for (let e = 0; e < 3; e++) {
        other.stepEpoch();
        fresh.stepEpoch();
        expect(other.weights()).toEqual(fresh.weights());
      }
    },
  );

  it('with the same optimizer keeps its state: other betas begin where the ones before were', () => {
    const other = withTraining(parent, { optimizer: { ...adam, betas: [0.8, 0.99] } });
    expect(bytes(branched(parent, other, state!)).equals(state!)).toBe(true);
  });

  it('with another seed shuffles and drops as that says, and with the same as before', () => {
    const to = withTraining(parent, { seed: parent.training.seed + 1 });
    const [one, two] = [branched(parent, to, state!), branched(parent, to, state!)];
    expect(one.weights()).toEqual(start(parent, state!).weights());
    const next = (run: Trainer) => {
      run.stepEpoch();
      return run.weights();
    };
    const weights = next(one);
    expect(weights).toEqual(next(two));
    expect(weights).not.toEqual(next(start(parent, state!)));
  });

  it('with other data counts its stop rules anew, and keeps weights and optimizer', () => {
    const document = experiment({
      ...words,
      training: {
        ...words.training,
        earlyStopping: { metric: 'loss', patience: 1, minDelta: 100 },
        restoreBest: false,
        epochs: 50,
      },
    });
    const run = start(document);
    while (run.state().status === 'paused') run.stepEpoch();
    expect(run.state()).toMatchObject({ reason: 'patience' });
    const { dataset } = document;
    const fewer = { ...document, dataset: { ...dataset, samples: dataset.samples.slice(1) } };
    const same = branched(document, document, run.checkpoint());
    expect(same.state()).toMatchObject({ reason: 'patience' });
    const other = branched(document, fewer, run.checkpoint());
    expect(other.state()).toEqual({ status: 'paused' });
    expect(other.weights()).toEqual(run.weights());
    expect(other.progress().epoch).toBe(run.progress().epoch);
  });

  it('keeps what was set by hand where it ends at once: the best epoch was of other weights', () => {
    const run = start(parent);
    for (let e = 0; e < 4; e++) run.stepEpoch();
    const to = withTraining(parent, { epochs: 4 });
    const [key, { data }] = Object.entries(run.weights()).at(-1)!;
    const values = [{ key, index: 0, value: 0.125 }];
    const other = branched(parent, to, run.checkpoint(), values);
    expect(other.state()).toEqual({ status: 'finished', reason: 'epochs' });
    expect(other.restoredEpoch()).toBeNull();
    expect(other.weights()).toEqual({
      ...run.weights(),
      [key]: { ...run.weights()[key], data: [0.125, ...data.slice(1)] },
    });
    // A branch that trains on has a best epoch of its own.
    const on = branched(parent, parent, run.checkpoint(), [{ key, index: 0, value: 50 }]);
    while (on.state().status === 'paused') on.stepEpoch();
    expect(on.restoredEpoch()).toBeGreaterThan(4);
  });

  it('has the numbers that were set by hand, or says which cannot be', () => {
    const [key, { data }] = Object.entries(start(parent, state!).weights()).at(-1)!;
    const run = branched(parent, parent, state!, [{ key, index: 1, value: 0.5 }]);
    expect([...run.weights()[key]!.data]).toEqual([...data].with(1, 0.5));
    const wrong = branch(parent, parent, state!, [
      { key: 'nobody', index: 0, value: 0 },
      { key, index: 1e6, value: 0 },
      { key, index: 0, value: 1e60 },
    ]);
    expect(wrong.ok ? [] : wrong.problems.map(({ code }) => code)).toEqual([
      'extra-weight',
      'weight-index',
      'weight-number',
    ]);
  });

  it('takes no state of another model, and none in the middle of an epoch', () => {
    const wider = { ...parent, model: { ...parent.model, hiddenSize: parent.model.hiddenSize + 1 } };
    const codes = (made: ReturnType<typeof branch>) => (made.ok ? [] : made.problems.map(({ code }) => code));
    expect(codes(branch(parent, wider, state!))).toEqual(['checkpoint-document']);
    const run = start(parent);
    run.stepBatch();
    expect(codes(branch(parent, parent, run.checkpoint()))).toEqual(['checkpoint-format']);
  });
});
