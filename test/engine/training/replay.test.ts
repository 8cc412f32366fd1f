/**
 * Replaying an epoch gives the run's own bits, whatever was changed while it ran and whatever state it
 * starts from.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveSettings, RunPlace, SettingsChange } from '../../../engine/api.ts';
import { isBefore } from '../../../engine/data/run-place.ts';
import { type Backend, bestBackend, referenceBackend } from '../../../engine/kernels/backend.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type { SequenceExperiment, TrainingSpec } from '../../../engine/model/experiment.ts';
import { createReplayInPieces } from '../../../engine/training/replay.ts';
import { createTrainer } from '../../../engine/training/trainer.ts';
import { type Changes, experiment, reversal } from '../documents.ts';
import { changesOf, documents } from '../random-changes.ts';
import { startWaitingThreads, type WaitingThreads } from '../waiting-threads.ts';

const settings = fc.oneof(
  fc.record({ lr: fc.constantFrom(0.001, 0.02, 0.3) }),
  fc.record({ clipGradNorm: fc.constantFrom(null, 0.01, 1) }),
  fc.record({ epochs: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    stopWhen: fc.constantFrom({ lossBelow: 2.5, rightFor: null }, { lossBelow: null, rightFor: 1 }),
  }),
);
const training = fc.record({
  scheduler: fc.constantFrom<TrainingSpec['scheduler']>(
    null,
    { name: 'step', stepSize: 2, gamma: 0.5 },
    { name: 'exponential', gamma: 0.8 },
    { name: 'cosine', tMax: 5, etaMin: 0.001 },
  ),
  earlyStopping: fc.constantFrom<TrainingSpec['earlyStopping']>(
    null,
    { metric: 'loss', patience: 2, minDelta: 0.05 },
    { metric: 'validationLoss', patience: 3, minDelta: 0 },
  ),
  restoreBest: fc.boolean(),
  epochs: fc.integer({ min: 2, max: 6 }),
});
const plans = fc.record({
  document: documents,
  training,
  validation: fc.constantFrom(0, 0.3),
  /** `after`: the number of batches, counted over the whole run, after which the settings change. */
  changes: fc.array(fc.record({ after: fc.nat(1000), settings }), { maxLength: 5 }),
  checkpoints: fc.array(fc.nat(1000), { maxLength: 4 }),
  looked: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
});
type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

interface Truth {
  changes: SettingsChange[];
  /** The state after each epoch, 0 being the first, including the changes made there. */
  states: Uint8Array[];
  losses: number[];
  checkpoints: { place: RunPlace; state: Uint8Array }[];
}

/** Trains, stopping wherever something is to be noted. Where a rule ends the run, its epochs are raised. */
function train(
  document: SequenceExperiment,
  plan: Pick<Plan, 'changes' | 'checkpoints'>,
  backend: Backend,
): Truth {
  const made = createTrainer(document, null, { backend });
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const run = made.value;
  const truth: Truth = { changes: [], states: [], losses: [], checkpoints: [] };
  const { batchesPerEpoch } = run.progress();
  const total = 6 * batchesPerEpoch;
  const at = (after: number) => after % (total + 1);
  const change = (given: LiveSettings) => {
    truth.changes.push({ ...run.nextPlace(), settings: given });
    expect(run.change(given)).toEqual([]);
  };
  for (let batches = 0; batches <= total; batches++) {
    const { epoch, batch } = run.progress();
    for (const { after, settings } of plan.changes) if (at(after) === batches) change(settings);
    if (batch === 0) truth.states[epoch] = run.checkpoint();
    if (plan.checkpoints.some((after) => at(after) === batches)) {
      truth.checkpoints.push({ place: { epoch, batch }, state: run.checkpoint() });
    }
    if (run.state().status === 'finished' && batches < total) {
      change({ epochs: 100, stopWhen: { lossBelow: null, rightFor: null } });
      if (run.state().status === 'finished') break;
      truth.states[epoch] = run.checkpoint();
    }
    const row = run.stepBatch();
    if (row !== null) truth.losses[row.epoch] = row.loss;
    if (run.state().status === 'diverged') break;
  }
  run.close();
  return truth;
}

function look(
  document: SequenceExperiment,
  { changes }: Truth,
  from: { place: RunPlace; state: Uint8Array } | null,
  end: RunPlace,
  backend: Backend,
) {
  const place = from?.place ?? { epoch: 0, batch: 0 };
  const source = { experiment: document, changes, checkpoint: from?.state ?? null, place };
  const made = finish(createReplayInPieces(source, backend));
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const { trainer, advance } = made.value;
  const losses: number[] = [];
  const reached = finish(
    advance(
      end,
      () => 1,
      (row) => {
        losses[row.epoch] = row.loss;
      },
    ),
  );
  const state = trainer.checkpoint();
  trainer.close();
  return { reached, state, losses };
}

function documentOf({ document, training, validation }: Plan): SequenceExperiment {
  const changes = changesOf(document);
  const isText = changes.dataset?.text !== undefined;
  const held = validation > 0 && (isText || (changes.dataset?.samples?.length ?? 0) > 3);
  const { earlyStopping } = training;
  return experiment({
    ...changes,
    dataset: {
      ...changes.dataset,
      ...(held ? { validation: { fraction: validation, ...(isText ? {} : { seed: 1 }) } } : {}),
    },
    training: {
      ...changes.training,
      ...training,
      earlyStopping: earlyStopping?.metric === 'validationLoss' && !held ? null : earlyStopping,
    },
  });
}

function expectSameBits(plan: Plan, trained: Backend, replayed: Backend): void {
  const document = documentOf(plan);
  const truth = train(document, plan, trained);
  for (const wanted of plan.looked) {
    const epoch = wanted % truth.states.length;
    const end = { epoch, batch: 0 };
    const usable = truth.checkpoints.filter(({ place }) => !isBefore(end, place));
    for (const from of [null, ...usable]) {
      const { reached, state, losses } = look(document, truth, from, end, replayed);
      expect(reached).toMatchObject({ ok: true, value: end });
      expect(Buffer.from(state).equals(Buffer.from(truth.states[epoch]!)), `epoch ${epoch}`).toBe(true);
      for (const [e, loss] of losses.entries()) if (loss !== undefined) expect(loss).toBe(truth.losses[e]);
    }
  }
  for (const { place, state: had } of truth.checkpoints) {
    const { reached, state } = look(document, truth, null, place, replayed);
    expect(reached).toMatchObject({ ok: true, value: place });
    expect(Buffer.from(state).equals(Buffer.from(had)), JSON.stringify(place)).toBe(true);
  }
}

const numRuns = Number(process.env.OHLOL_TEST_DOCUMENTS ?? 60);
const seed = Number(process.env.OHLOL_TEST_SEED ?? 4);

describe('a replay', () => {
  it('comes to the bits that the run had after any epoch', { timeout: 300_000 }, () => {
    const backend = bestBackend();
    fc.assert(
      fc.property(plans, (plan) => expectSameBits(plan, backend, backend)),
      { seed, numRuns },
    );
  });

  describe('on threads that wait at random', () => {
    let threads: WaitingThreads;
    beforeAll(async () => {
      threads = await startWaitingThreads();
    }, 300_000);
    afterAll(() => threads.close());

    it('comes to them on any number of threads', { timeout: 300_000 }, () => {
      fc.assert(
        fc.property(plans, fc.integer({ min: 1, max: 4 }), fc.nat(), (plan, count, waits) =>
          expectSameBits(plan, bestBackend(), threads.backend(count, waits)),
        ),
        { seed, numRuns: numRuns / 3 },
      );
    });
  });

  const words: Changes = {
    dataset: reversal,
    model: { head: 'linear' },
    training: { batchSize: 2, epochs: 3 },
  };

  it('is followed past an end that was raised, and says where it ends for good', () => {
    const document = experiment({ ...words, training: { ...words.training, restoreBest: true } });
    const truth = train(document, { changes: [], checkpoints: [] }, bestBackend());
    expect(truth.changes).toMatchObject([{ epoch: 3, batch: 0, settings: { epochs: 100 } }]);
    const whole = look(document, truth, null, { epoch: 5, batch: 0 }, bestBackend());
    expect(Buffer.from(whole.state).equals(Buffer.from(truth.states[5]!))).toBe(true);
    const unknown = look(document, { ...truth, changes: [] }, null, { epoch: 5, batch: 0 }, bestBackend());
    expect(unknown.reached).toMatchObject({
      ok: false,
      problems: [{ code: 'replay-ends', details: { found: 3, epoch: 5 } }],
    });
    const next = look(document, { ...truth, changes: [] }, null, { epoch: 3, batch: 1 }, bestBackend());
    expect(next.reached).toMatchObject({
      ok: false,
      problems: [{ code: 'run-ended', details: { epoch: 3 } }],
    });
  });

  it('stops between two batches when its time is up', () => {
    const shuffled = { ...words, training: { ...words.training, shuffle: true } };
    const made = finish(
      createReplayInPieces(
        { experiment: experiment(shuffled), changes: [], checkpoint: null, place: { epoch: 0, batch: 0 } },
        bestBackend(),
      ),
    );
    if (!made.ok) throw new Error(made.problems[0]!.message);
    let looks = 0;
    const reached = finish(
      made.value.advance(
        { epoch: 3, batch: 0 },
        () => (looks++ < 5 ? 1 : 0),
        () => {},
      ),
    );
    expect(reached).toMatchObject({ ok: true, value: { epoch: 1, batch: 1 } });
  });
});

describe('a change of settings while a batch is under way', () => {
  it('takes effect with the next, where the trainer says', () => {
    const long = (text: string) => ({ input: text.repeat(60), target: text.repeat(60) });
    const document = experiment({
      dataset: { samples: [long('abc'), long('cab'), long('bca')] },
      model: { head: 'linear', hiddenSize: 80, cell: 'lstm' },
      training: { batchSize: 2 },
    });
    const make = () => {
      const made = createTrainer(document, null, { backend: referenceBackend });
      if (!made.ok) throw new Error(made.problems[0]!.message);
      return made.value;
    };
    const [one, other] = [make(), make()];
    const { batchesPerEpoch } = one.progress();
    let caught = 0;
    for (let batch = 0; batch < 2 * batchesPerEpoch; batch++) {
      const work = one.batchInPieces();
      const isWhole = work.next().done;
      const place = one.nextPlace();
      const clip = { clipGradNorm: 0.001 * (batch + 1) };
      expect(one.change(clip)).toEqual([]);
      if (!isWhole) caught++;
      if (!isWhole) while (!work.next().done);
      other.stepBatch();
      expect(other.progress()).toMatchObject(place);
      expect(other.change(clip)).toEqual([]);
      expect(Buffer.from(one.checkpoint()).equals(Buffer.from(other.checkpoint()))).toBe(true);
    }
    expect(caught).toBe(2 * batchesPerEpoch);
  });
});
