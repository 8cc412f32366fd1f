/**
 * Any epoch of a real project's run, looked at in an engine of its own: it is shown as the run had it, and
 * nothing changes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveSettings, RunCommand } from '../../../engine/api.ts';
import { writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { weightsDocument } from '../../../engine/formats/weights.ts';
import { predict } from '../../../engine/inspect/predict.ts';
import { trainedModel } from '../../../engine/inspect/trained.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import { createTrainer, type Trainer } from '../../../engine/training/trainer.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { patience } from '../../patience.ts';
import { withDatabase } from '../project/project-folder.ts';
import {
  codesOf,
  hasStatus,
  makeHome,
  removeHome,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

const label = { key: 'edit_test', values: {} };
let home: string;
let lab: TestLab;
let window: TestWindow;
let path: string;
/** Calls that kill the process that they are sent to. */
let deadly: string[];

const killed = (child: EngineChild): EngineChild => ({
  ...child,
  post(message) {
    if (deadly.includes(String((message as { m?: unknown }).m))) child.kill();
    else child.post(message);
  },
});

beforeEach(async () => {
  home = makeHome();
  deadly = [];
  lab = startTestLab(home, killed);
  window = lab.openWindow();
  const source = { kind: 'template', name: 'hello-rnn' } as const;
  ({ path } = valueIn(await window.api.createProject({ source, path: null })));
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

const control = async (runId: string, command: RunCommand) =>
  valueIn(await window.api.controlRun({ runId, command }));
const change = (runId: string, settings: LiveSettings) => control(runId, { kind: 'change', settings });

async function stepTo(runId: string, epoch: number): Promise<void> {
  for (;;) {
    const { progress } = valueIn(await window.api.getRun(runId)).summary;
    if (progress.epoch >= epoch) return;
    const next = progress.epoch + 1;
    await control(runId, { kind: 'step-epoch' });
    await window.runIs(runId, (run) => run.progress.epoch === next && run.state.status !== 'running');
  }
}

async function newRun(patch: object = {}): Promise<{ id: string; experiment: SequenceExperiment }> {
  if (Object.keys(patch).length > 0) {
    valueIn(await window.api.edit({ edit: { kind: 'training', patch }, label }));
  }
  const { id } = valueIn(await window.api.newRun());
  const { experiment } = valueIn(await window.api.getRun(id));
  return { id, experiment: experiment as SequenceExperiment };
}

/** The same run, stopped at each epoch, with the changes that were made before the next one. */
function truthOf(experiment: SequenceExperiment, epochs: number, changes: Record<number, LiveSettings>) {
  const made = createTrainer(experiment, null);
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const run = made.value;
  const { seed } = experiment.training;
  const trainedFile = (trainer: Trainer, epoch: number) =>
    writeSafetensors(
      weightsDocument(experiment, trainer.weights(), epoch === 0 ? null : { ...trainer.trainedBy(), seed }),
    );
  return Array.from({ length: epochs + 1 }, (_, epoch) => {
    if (epoch > 0) run.stepEpoch();
    if (changes[epoch]) run.change(changes[epoch]);
    const document = weightsDocument(experiment, run.weights(), null);
    const asked = predict(trainedModel(document), { input: 'hello' });
    return { file: Buffer.from(trainedFile(run, epoch)), prediction: valueIn(asked) };
  });
}

const ask = async (runId: string, at: number | 'best' | 'now') => {
  const answer = valueIn(
    await window.checked.askRun({ runId, at, question: { kind: 'predict', input: 'hello' } }),
  );
  if (answer.kind !== 'predict') throw new Error(answer.kind);
  return answer.answer;
};

async function exported(runId: string, at: number | 'best'): Promise<Buffer> {
  const to = join(home, 'out.safetensors');
  valueIn(await window.api.writeExport({ runId, at, format: 'safetensors', path: to, overwrite: true }));
  return readFileSync(to);
}

describe('a run that has ended', () => {
  it('is looked at after any epoch, changes of its settings included, and the file is not changed', async () => {
    const { id, experiment } = await newRun();
    const changes = { 3: { lr: 0.2 }, 7: { clipGradNorm: 0.1 }, 12: { lr: 0.01, clipGradNorm: null } };
    for (const [epoch, settings] of Object.entries(changes)) {
      await stepTo(id, Number(epoch));
      await change(id, settings);
    }
    await control(id, { kind: 'run', epochsPerSecond: null });
    await window.runIs(id, hasStatus('finished'));
    const truth = truthOf(experiment, 20, changes);
    // The run now looks like one of many epochs, of which few checkpoints are kept.
    await window.api.closeProject();
    withDatabase(path, (database) => {
      database.exec('DELETE FROM checkpoint WHERE epoch NOT IN (5, 20)');
    });
    valueIn(await window.api.openProject({ path }));
    const before = readFileSync(path);
    const rows = valueIn(await window.api.getEpochs({ runId: id, since: 0, limit: 100 }));

    for (const epoch of [20, 11, 12, 0, 19, 3, 5, 4, 13, 7, 8, 1, 20]) {
      const seen = valueIn(await window.api.lookAt({ runId: id, at: epoch }));
      expect(seen).toMatchObject({ runId: id, epoch, row: rows[epoch - 1] ?? null });
      expect(await ask(id, epoch), `epoch ${epoch}`).toEqual(truth[epoch]!.prediction);
      const file = await exported(id, epoch);
      expect(file.equals(truth[epoch]!.file), `weights after epoch ${epoch}`).toBe(true);
    }
    const best = rows.reduce((least, row) => (row.loss < least.loss ? row : least));
    expect(valueIn(await window.api.lookAt({ runId: id, at: 'best' })).epoch).toBe(best.epoch);
    expect(await ask(id, 'now')).toEqual(truth[20]!.prediction);
    expect(valueIn(await window.api.listCheckpoints(id))).toMatchObject([
      { epoch: 5, batch: 0 },
      { epoch: 20, batch: 0 },
    ]);
    expect(valueIn(await window.api.listChanges(id))).toEqual([
      { epoch: 3, batch: 0, settings: { lr: 0.2 } },
      { epoch: 7, batch: 0, settings: { clipGradNorm: 0.1 } },
      { epoch: 12, batch: 0, settings: { lr: 0.01, clipGradNorm: null } },
    ]);
    expect(codesOf(await window.api.listChanges('999'))).toEqual(['run-missing']);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect((await window.api.getProject())!.history.revision).toBe(0);
  });

  it('gives a table until then, and no experiment of a moment', async () => {
    const { id } = await newRun();
    await stepTo(id, 4);
    const text = async (format: 'metrics-csv' | 'experiment') =>
      window.api.previewExport({ runId: id, format, at: 2 });
    expect(
      valueIn(await text('metrics-csv'))
        .text.trim()
        .split('\n'),
    ).toHaveLength(3);
    expect(codesOf(await text('experiment'))).toEqual(['export-has-no-epoch']);
  });

  it('has the best weights back where a look at its best epoch finds them', async () => {
    const { id } = await newRun({
      restoreBest: true,
      optimizer: { name: 'adam', lr: 1, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 },
    });
    await control(id, { kind: 'run', epochsPerSecond: null });
    await window.runIs(id, hasStatus('finished'));
    const { epoch } = valueIn(await window.api.lookAt({ runId: id, at: 'best' }));
    expect(epoch).toBeLessThan(20);
    expect(await ask(id, 'best')).toEqual(await ask(id, 20));
    expect((await exported(id, 'best')).equals(await exported(id, 20))).toBe(true);
    expect(await ask(id, 19)).not.toEqual(await ask(id, 20));
  });

  it('is not shown other than it was: what differs from its rows is said', async () => {
    const { id } = await newRun();
    await control(id, { kind: 'run', epochsPerSecond: null });
    await window.runIs(id, hasStatus('finished'));
    await window.api.closeProject();
    withDatabase(path, (database) => {
      database.exec(
        'DELETE FROM checkpoint WHERE epoch < 20; UPDATE epoch SET loss = loss + 1e-9 WHERE epoch = 6',
      );
    });
    valueIn(await window.api.openProject({ path }));
    expect(valueIn(await window.api.lookAt({ runId: id, at: 5 }))).toMatchObject({ replayed: 5 });
    const refused = await window.api.lookAt({ runId: id, at: 9 });
    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'replay-differs', details: { epoch: 6 } }],
    });
    // This epoch has a checkpoint and needs no replay.
    expect(valueIn(await window.api.lookAt({ runId: id, at: 20 }))).toMatchObject({ replayed: 0 });
  });

  it('has no epochs but its own', async () => {
    const { id } = await newRun();
    expect(codesOf(await window.api.lookAt({ runId: id, at: 'best' }))).toEqual(['run-has-no-best']);
    await stepTo(id, 2);
    expect(codesOf(await window.api.lookAt({ runId: id, at: 3 }))).toEqual(['epoch-not-there']);
    expect(codesOf(await window.api.lookAt({ runId: '77', at: 0 }))).toEqual(['run-missing']);
  });
});

describe('settings', () => {
  const storedSettings = () =>
    withDatabase(path, (database) =>
      database.prepare('SELECT epoch, batch, settings FROM setting ORDER BY id').all(),
    );

  it('changed while no engine has the run are noted where one begins with them', async () => {
    const { id, experiment } = await newRun();
    await stepTo(id, 4);
    await window.api.closeProject();
    valueIn(await window.api.openProject({ path }));
    await change(id, { lr: 0.3 });
    await change(id, { lr: 0.2 });
    expect(storedSettings()).toEqual([]);
    await control(id, { kind: 'run', epochsPerSecond: null });
    await window.runIs(id, hasStatus('finished'));
    expect(storedSettings()).toEqual([{ epoch: 4, batch: 0, settings: '{"lr":0.2}' }]);
    const truth = truthOf(experiment, 20, { 4: { lr: 0.2 } });
    expect((await exported(id, 11)).equals(truth[11]!.file)).toBe(true);
  });

  it('changed after the checkpoint that a run goes back to are those it goes on with there', async () => {
    const { id, experiment } = await newRun({ epochs: 40 });
    await stepTo(id, 3);
    await change(id, { lr: 0.2 });
    await stepTo(id, 6);
    await change(id, { lr: 0.4 });
    await window.api.closeProject();
    withDatabase(path, (database) => {
      database.exec(
        'DELETE FROM checkpoint WHERE epoch > 4; UPDATE run SET status = \'running\', state = \'{"status":"running"}\'',
      );
    });
    valueIn(await window.api.openProject({ path }));
    await stepTo(id, 12);
    expect(storedSettings()).toEqual([
      { epoch: 3, batch: 0, settings: '{"lr":0.2}' },
      { epoch: 4, batch: 0, settings: '{"lr":0.4}' },
    ]);
    const truth = truthOf(experiment, 12, { 3: { lr: 0.2 }, 4: { lr: 0.4 } });
    for (const epoch of [5, 9]) expect((await exported(id, epoch)).equals(truth[epoch]!.file)).toBe(true);
  });
});

describe('while a run trains', () => {
  const long = { epochs: 10_000_000 };

  it('is looked at in a process of its own; where that is killed it is said, and the run goes on', async () => {
    const { id, experiment } = await newRun(long);
    await control(id, { kind: 'run', epochsPerSecond: 100 });
    await window.runIs(id, ({ progress }) => progress.epoch > 12);
    expect(lab.engines).toHaveLength(1);
    const truth = truthOf(experiment, 11, {});
    expect(await ask(id, 11)).toEqual(truth[11]!.prediction);
    expect(lab.engines).toHaveLength(2);

    deadly = ['replay'];
    expect(codesOf(await window.api.lookAt({ runId: id, at: 10 }))).toEqual(['engine-lost']);
    deadly = [];
    expect(window.engine.map(({ status }) => status)).not.toContain('failed');
    const { progress, state } = valueIn(await window.api.getRun(id)).summary;
    expect(state.status).toBe('running');
    await window.runIs(id, (run) => run.progress.epoch > progress.epoch);
    // Another engine answers.
    await vi.waitFor(async () => expect(await ask(id, 10)).toEqual(truth[10]!.prediction), patience);
    const rows = valueIn(await window.api.getEpochs({ runId: id, since: 0, limit: 10_000 }));
    expect(rows.map(({ epoch }) => epoch)).toEqual(rows.map((_, index) => index + 1));
  });

  it('an ended look is given up by the next, with what has been said of its progress', async () => {
    const { id } = await newRun(long);
    await control(id, { kind: 'run', epochsPerSecond: null });
    await window.runIs(id, ({ progress }) => progress.epoch > 5000);
    await control(id, { kind: 'pause' });
    await window.runIs(id, hasStatus('paused'));
    const [given, seen] = await Promise.all([
      window.api.lookAt({ runId: id, at: 4000 }),
      window.api.lookAt({ runId: id, at: 3000 }),
    ]);
    expect(codesOf(given)).toEqual(['look-cancelled']);
    expect(valueIn(seen).epoch).toBe(3000);
    const last = window.looks.at(-1)!;
    expect(last).toMatchObject({ runId: id, at: 3000, epoch: 3000 });
    expect(last.done).toBeLessThanOrEqual(last.of);
    // The state is kept: this epoch needs no replay, and the next one starts from it.
    expect(valueIn(await window.api.lookAt({ runId: id, at: 3000 })).replayed).toBe(0);
    expect(valueIn(await window.api.lookAt({ runId: id, at: 3001 })).replayed).toBe(1);
    const cancelled = window.api.lookAt({ runId: id, at: 4500 });
    await window.api.cancelLook();
    expect(codesOf(await cancelled)).toEqual(['look-cancelled']);
  });

  it('a look is given up in the middle of its replay', async () => {
    const { id } = await newRun({ epochs: 80_000 });
    await control(id, { kind: 'run', epochsPerSecond: null });
    await window.runIs(id, hasStatus('finished'));
    await window.api.closeProject();
    withDatabase(path, (database) => {
      database.exec('DELETE FROM checkpoint WHERE epoch < 80000');
    });
    valueIn(await window.api.openProject({ path }));
    const look = window.api.lookAt({ runId: id, at: 79_999 });
    await vi.waitFor(() => expect(window.looks.length).toBeGreaterThan(0), patience);
    await window.api.cancelLook();
    expect(codesOf(await look)).toEqual(['look-cancelled']);
    // The part that has been replayed is not lost.
    const { replayed } = valueIn(await window.api.lookAt({ runId: id, at: 79_999 }));
    expect(replayed).toBeLessThan(79_999);
  });
});
