/** Runs of other cells beside a run, on its data and seed, in a real project. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunCommand } from '../../../engine/api.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { CellName } from '../../../engine/model/spec.ts';
import { createTrainer } from '../../../engine/training/trainer.ts';
import type { RunSummary } from '../../../main/api.ts';
import {
  codesOf,
  hasStatus,
  makeHome,
  removeHome,
  startHelloLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

const label = { key: 'edit_test', values: {} };
let home: string;
let lab: TestLab;
let window: TestWindow;

beforeEach(async () => {
  home = makeHome();
  ({ lab, window } = await startHelloLab(home));
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

const control = async (runId: string, command: RunCommand) =>
  valueIn(await window.api.controlRun({ runId, command }));
const create = (runId: string, cells: CellName[]) => window.checked.createKin({ runId, cells, label });
const documentOf = async (runId: string) =>
  valueIn(await window.api.getRun(runId)).experiment as SequenceExperiment;
const idsNow = async () => (await window.api.getProject())!.runs.map(({ id }) => id);

async function newRun(edits: { model?: object; training?: object } = {}): Promise<RunSummary> {
  for (const kind of ['model', 'training'] as const) {
    const patch = edits[kind];
    if (patch) valueIn(await window.api.edit({ edit: { kind, patch }, label }));
  }
  return valueIn(await window.api.newRun());
}

async function trainToEnd(runId: string): Promise<RunSummary> {
  await control(runId, { kind: 'run', epochsPerSecond: null });
  return window.runIs(runId, hasStatus('finished'));
}

describe('kin of a run', () => {
  it('have its data, seed and first settings with another cell, and train to as many epochs by themselves', async () => {
    const { id } = await newRun({ model: { nonlinearity: 'relu' } });
    await control(id, { kind: 'change', settings: { lr: 0.02 } });
    for (let epoch = 1; epoch <= 3; epoch++) {
      await control(id, { kind: 'step-epoch' });
      await window.runIs(id, (run) => run.progress.epoch === epoch && run.state.status !== 'running');
    }
    await control(id, { kind: 'change', settings: { lr: 0.3 } });
    await control(id, { kind: 'stop' });
    await window.runIs(id, hasStatus('stopped'));
    const before = await documentOf(id);
    const made = valueIn(await create(id, ['gru', 'lstm']));
    expect(made.map(({ number }) => number)).toEqual([2, 3]);
    for (const [i, cell] of (['gru', 'lstm'] as const).entries()) {
      const kin = await window.runIs(made[i]!.id, hasStatus('finished'));
      expect(kin).toMatchObject({ parent: null, progress: { epoch: 3 }, epochs: 3 });
      const { training, model, ...same } = await documentOf(kin.id);
      expect(same).toEqual({
        version: before.version,
        format: before.format,
        name: before.name,
        dataset: before.dataset,
        initialWeights: null,
      });
      expect(model).toEqual({ ...before.model, cell, nonlinearity: 'tanh' });
      expect(training).toEqual({
        ...before.training,
        epochs: 3,
        optimizer: { ...before.training.optimizer, lr: 0.02 },
      });
      const trainer = createTrainer({ ...same, model, training } as SequenceExperiment, null);
      if (!trainer.ok) throw new Error('refused');
      const rows = valueIn(await window.api.getEpochs({ runId: kin.id, since: 0, limit: 10 }));
      expect(rows.map(({ loss }) => loss)).toEqual([1, 2, 3].map(() => trainer.value.stepEpoch()!.loss));
    }
    expect(await documentOf(id)).toEqual(before);
  });

  it('are one step to undo, trained or training, and come back with what they had', async () => {
    const { id } = await newRun();
    await trainToEnd(id);
    const [gru] = valueIn(await create(id, ['gru']));
    await window.runIs(gru!.id, hasStatus('finished'));
    await control(id, { kind: 'change', settings: { epochs: 5_000_000 } });
    // It has ended, and so its kin have the epochs behind it; a run that goes on has kin for all of its epochs.
    await control(id, { kind: 'run', epochsPerSecond: null });
    await control(id, { kind: 'pause' });
    await window.runIs(id, hasStatus('paused'));
    const made = valueIn(await create(id, ['lstm', 'gru', 'lstm']));
    expect(made).toHaveLength(2);
    expect(made.map(({ epochs }) => epochs)).toEqual([5_000_000, 5_000_000]);
    const ids = made.map(({ id }) => id);
    for (const kin of ids) await window.runIs(kin, ({ progress }) => progress.epoch > 0);
    expect(valueIn(await window.api.undo()).history.undo).toEqual(label);
    expect(await idsNow()).toEqual([id, gru!.id]);
    expect(window.removed).toEqual(expect.arrayContaining(ids));
    expect(valueIn(await window.api.redo()).history.redo).toBeNull();
    expect(await idsNow()).toEqual([id, gru!.id, ...ids]);
    for (const kin of ids) {
      const { summary } = valueIn(await window.api.getRun(kin));
      expect(summary.state.status).toBe('stopped');
      expect(summary.progress.epoch).toBeGreaterThan(0);
    }
    valueIn(await window.api.undo());
    valueIn(await window.api.undo());
    expect(await idsNow()).toEqual([id]);
  });

  it('are refused where there can be none, and then none is created', async () => {
    const { id } = await newRun();
    expect(codesOf(await create(id, ['gru', 'rnn']))).toEqual(['kin-same-cell']);
    expect(codesOf(await create('77', ['gru']))).toEqual(['run-missing']);
    expect(codesOf(await create(id, []))).toEqual(['not-accepted']);
    const large = await newRun({ model: { hiddenSize: 2000, head: 'linear' } });
    expect(codesOf(await create(large.id, ['gru', 'lstm']))).toEqual(['model-parameters']);
    expect(await idsNow()).toEqual([id, large.id]);
    expect((await window.api.getProject())!.history.undo).not.toBeNull();
  });
});
