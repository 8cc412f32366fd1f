/**
 * Runs that go on from a state of another run, in a real project: what they keep of it, and what happens to
 * them when it is deleted.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunCommand } from '../../../engine/api.ts';
import type { BranchChange, BranchRequest, RunSummary } from '../../../main/api.ts';
import { withDatabase } from '../project/project-folder.ts';
import {
  codesOf,
  hasStatus,
  makeHome,
  removeHome,
  startHelloLab,
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

beforeEach(async () => {
  home = makeHome();
  ({ lab, window, path } = await startHelloLab(home));
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

const control = async (runId: string, command: RunCommand) =>
  valueIn(await window.api.controlRun({ runId, command }));

async function trainToEnd(runId: string): Promise<RunSummary> {
  await control(runId, { kind: 'run', epochsPerSecond: null });
  return window.runIs(runId, hasStatus('finished'));
}

/** A run that has trained to its end, with one change on the way. */
async function newParent(): Promise<RunSummary> {
  const patch = { shuffle: true, batchSize: 1 };
  valueIn(await window.api.edit({ edit: { kind: 'training', patch }, label }));
  const { id } = valueIn(await window.api.newRun());
  for (let epoch = 1; epoch <= 4; epoch++) {
    await control(id, { kind: 'step-epoch' });
    await window.runIs(id, (run) => run.progress.epoch === epoch && run.state.status === 'paused');
  }
  await control(id, { kind: 'change', settings: { lr: 0.03 } });
  return trainToEnd(id);
}

const branch = (runId: string, epoch: number, change: BranchChange, more: Partial<BranchRequest> = {}) =>
  window.checked.branchRun({ runId, epoch, change, label, ...more });
const branched = async (...args: Parameters<typeof branch>) => valueIn(await branch(...args));

async function exported(runId: string, at: number): Promise<Buffer> {
  const to = join(home, 'out.safetensors');
  valueIn(await window.api.writeExport({ runId, at, format: 'safetensors', path: to, overwrite: true }));
  return readFileSync(to);
}

const rowsOf = async (runId: string) => {
  const rows = valueIn(await window.api.getEpochs({ runId, since: 0, limit: 100 }));
  return rows.map(({ trainedMs: _, ...row }) => row);
};
const runsNow = async () => (await window.api.getProject())!.runs;
const remove = async (runId: string) =>
  valueIn(await window.api.changeRun({ runId, change: { kind: 'delete' }, label }));

/** The bytes of a run's checkpoint at an epoch. */
function stateIn(runId: string, epoch: number): Buffer {
  return withDatabase(path, (database) => {
    const parts = database
      .prepare(
        `SELECT blob_part.bytes FROM checkpoint JOIN blob_part ON blob_id = state
         WHERE run_id = ? AND epoch = ? ORDER BY part`,
      )
      .all(Number(runId), epoch);
    return Buffer.concat(parts.map(({ bytes }) => bytes as Uint8Array));
  });
}

async function reopen(): Promise<RunSummary[]> {
  await lab.close();
  lab = startTestLab(home);
  window = lab.openWindow();
  return valueIn(await window.api.openProject({ path })).runs;
}

describe('a branch', () => {
  it('without a change is its parent again, byte for byte, its epochs counted on', async () => {
    const parent = await newParent();
    const before = await rowsOf(parent.id);
    for (const from of [0, 4, 11]) {
      const made = await branched(parent.id, from, { kind: 'none' });
      expect(made).toMatchObject({
        parent: { runId: parent.id, epoch: from },
        change: { kind: 'none' },
        handEdited: 0,
        state: { status: 'paused' },
        progress: { epoch: from },
        lastLoss: null,
      });
      // A branch begins with its parent's settings of that time: the change made after epoch 4 is not in a
      // branch from epoch 0.
      const { experiment } = valueIn(await window.api.getRun(made.id));
      expect(experiment.training.optimizer.lr).toBe(from < 4 ? 0.05 : 0.03);
      if (from === 0) continue;
      await trainToEnd(made.id);
      expect(await rowsOf(made.id)).toEqual(before.slice(from));
      await window.api.closeProject();
      expect(stateIn(made.id, 20).equals(stateIn(parent.id, 20))).toBe(true);
      valueIn(await window.api.openProject({ path }));
      for (const epoch of [0, 2, from, from + 1, 15, 20]) {
        expect((await exported(made.id, epoch)).equals(await exported(parent.id, epoch)), `${epoch}`).toBe(
          true,
        );
      }
    }
    expect(await rowsOf(parent.id)).toEqual(before);
  });

  it('has one thing changed, and the rest as it was', async () => {
    const parent = await newParent();
    const begun = await exported(parent.id, 7);
    const sgd = { name: 'sgd', lr: 0.02, momentum: 0, nesterov: false, weightDecay: 0 } as const;
    const changes: BranchChange[] = [
      { kind: 'setting', settings: { lr: 0.5 } },
      { kind: 'optimizer', optimizer: sgd },
    ];
    const { experiment: had } = valueIn(await window.api.getRun(parent.id));
    const wanted = [
      { ...had.training, optimizer: { ...had.training.optimizer, lr: 0.5 } },
      { ...had.training, optimizer: sgd },
    ];
    for (const [index, change] of changes.entries()) {
      const made = await branched(parent.id, 7, change);
      expect(made.change).toEqual(change);
      const { experiment } = valueIn(await window.api.getRun(made.id));
      expect(experiment).toEqual({ ...had, training: wanted[index] });
      const tensors = (bytes: Buffer) => bytes.subarray(8 + Number(bytes.readBigUInt64LE()));
      expect(tensors(await exported(made.id, 7)).equals(tensors(begun))).toBe(true);
      await trainToEnd(made.id);
      expect((await rowsOf(made.id)).map(({ epoch }) => epoch)).toEqual(
        Array.from({ length: 13 }, (_, i) => 8 + i),
      );
      expect((await exported(made.id, 12)).equals(await exported(parent.id, 12))).toBe(false);
    }
    const wrong = await branch(parent.id, 7, { kind: 'setting', settings: { lr: -1 } });
    expect(codesOf(wrong)).toEqual(['number-range']);
    expect(codesOf(await branch(parent.id, 21, { kind: 'none' }))).toEqual(['epoch-not-there']);
    expect(await runsNow()).toHaveLength(3);
  });

  it('with another seed is refused where nothing is drawn by chance: it would be its parent again', async () => {
    // A single sample has only one order.
    const parent = await newParent();
    expect(codesOf(await branch(parent.id, 7, { kind: 'seed', seed: 77 }))).toEqual(['branch-seed-idle']);
    expect(await runsNow()).toHaveLength(1);

    const row = { id: 99, input: 'ohell', target: 'lehoo', split: 'train', note: '' } as const;
    valueIn(await window.api.edit({ edit: { kind: 'rows.insert', at: 1, rows: [row] }, label }));
    const two = await newParent();
    const made = await branched(two.id, 7, { kind: 'seed', seed: 77 });
    const { experiment } = valueIn(await window.api.getRun(made.id));
    expect(experiment.training.seed).toBe(77);
    await trainToEnd(made.id);
    const [its, parents] = [await rowsOf(made.id), (await rowsOf(two.id)).slice(7)];
    expect(its.map(({ epoch }) => epoch)).toEqual(parents.map(({ epoch }) => epoch));
    expect(its).not.toEqual(parents);
  });

  it('goes on with the data that the project has now, where it fits; else both sides are named', async () => {
    const parent = await newParent();
    const rowId = (await window.api.getProject())!.draft.rows[0]!.id;
    const target = (text: string) =>
      window.api.edit({ edit: { kind: 'rows.change', rows: [{ id: rowId, target: text }] }, label });
    valueIn(await target('ohell'));
    const made = await branched(parent.id, 6, { kind: 'data' });
    const { experiment } = valueIn(await window.api.getRun(made.id));
    expect(experiment.dataset).toMatchObject({ samples: [{ target: 'ohell' }] });
    await trainToEnd(made.id);
    expect((await exported(made.id, 6)).length).toBeGreaterThan(0);
    expect((await rowsOf(made.id))[0]!.epoch).toBe(7);

    valueIn(await target('ohexl'));
    const refused = await branch(parent.id, 6, { kind: 'data' });
    expect(codesOf(refused)).toEqual(['branch-data-differs']);
    expect(refused).toMatchObject({
      problems: [{ details: { had: expect.stringContaining('4 ('), has: expect.stringContaining('"x"') } }],
    });
    expect(await runsNow()).toHaveLength(2);
  });

  it('begins with weights that were set by hand', async () => {
    const parent = await newParent();
    const values = [{ key: 'rnn.weight_hh_l0', index: 3, value: 0.25 }];
    const made = await branched(parent.id, 9, { kind: 'none' }, { weights: values });
    expect(made.handEdited).toBe(1);
    const bytes = await exported(made.id, 9);
    expect(bytes.equals(await exported(parent.id, 9))).toBe(false);
    const wrong = [{ key: 'rnn.nobody', index: 0, value: 0 }];
    expect(codesOf(await branch(parent.id, 9, { kind: 'none' }, { weights: wrong }))).toEqual([
      'extra-weight',
    ]);
    expect(await reopen()).toMatchObject([{ handEdited: 0 }, { handEdited: 1 }]);
    expect((await exported(made.id, 9)).equals(bytes)).toBe(true);
  });

  it('is one undo step, also after reopening and after it has trained', async () => {
    const parent = await newParent();
    const made = await branched(parent.id, 5, { kind: 'none' });
    expect((await window.api.getProject())!.history.undo).toEqual(label);
    valueIn(await window.api.undo());
    expect(window.removed).toEqual([made.id]);
    expect(await runsNow()).toHaveLength(1);
    valueIn(await window.api.redo());
    expect(await runsNow()).toEqual([parent, made]);
    const ended = await trainToEnd(made.id);
    const rows = await rowsOf(made.id);
    expect(await reopen()).toMatchObject([{}, { id: made.id, parent: { runId: parent.id, epoch: 5 } }]);
    valueIn(await window.api.undo());
    expect(await reopen()).toHaveLength(1);
    valueIn(await window.api.redo());
    expect((await runsNow())[1]).toEqual(ended);
    expect(await rowsOf(made.id)).toEqual(rows);
  });

  it('outlives its parent, whose going is said, and which undo brings back', async () => {
    const parent = await newParent();
    const made = await branched(parent.id, 8, { kind: 'setting', settings: { lr: 0.2 } });
    const [start, earlier] = [await exported(made.id, 8), await exported(made.id, 3)];
    await remove(parent.id);
    await window.runIs(made.id, (run) => run.parent?.runId === null);
    expect(await runsNow()).toMatchObject([{ id: made.id, parent: { runId: null, epoch: 8 } }]);
    expect(codesOf(await window.api.lookAt({ runId: made.id, at: 3 }))).toEqual(['parent-deleted']);
    await trainToEnd(made.id);
    expect((await exported(made.id, 8)).equals(start)).toBe(true);
    valueIn(await window.api.undo());
    await window.runIs(made.id, (run) => run.parent?.runId === parent.id);
    expect((await exported(made.id, 3)).equals(earlier)).toBe(true);

    // Forgetting the change that deleted the parent makes the deletion permanent.
    await remove(parent.id);
    await window.api.closeProject();
    withDatabase(path, (database) => {
      database.exec('PRAGMA foreign_keys = 1; DELETE FROM change');
    });
    const { runs } = valueIn(await window.api.openProject({ path }));
    expect(runs).toMatchObject([{ id: made.id, parent: { runId: null, epoch: 8 } }]);
    withDatabase(path, (database) => {
      expect(database.prepare('SELECT count(*) AS n FROM run').get()).toEqual({ n: 1 });
    });
    expect((await exported(made.id, 8)).equals(start)).toBe(true);
    expect(valueIn(await window.api.lookAt({ runId: made.id, at: 13 })).runId).toBe(made.id);
  });

  it('has branches of its own; an epoch before it is its ancestor’s', async () => {
    const parent = await newParent();
    const child = await branched(parent.id, 6, { kind: 'setting', settings: { lr: 0.2 } });
    await trainToEnd(child.id);
    const grandchild = await branched(child.id, 10, { kind: 'none' });
    expect(grandchild.parent).toEqual({ runId: child.id, epoch: 10 });
    await trainToEnd(grandchild.id);
    expect(await rowsOf(grandchild.id)).toEqual((await rowsOf(child.id)).slice(4));
    for (const [epoch, run] of [
      [3, parent],
      [6, child],
      [8, child],
      [10, grandchild],
    ] as const) {
      const seen = valueIn(await window.api.lookAt({ runId: grandchild.id, at: epoch }));
      expect(seen).toMatchObject({ runId: run.id, epoch });
      expect((await exported(grandchild.id, epoch)).equals(await exported(run.id, epoch))).toBe(true);
    }
    // A branch from an epoch of an ancestor is a branch of that ancestor.
    const cousin = await branched(grandchild.id, 4, { kind: 'none' });
    expect(cousin.parent).toEqual({ runId: parent.id, epoch: 4 });
    // The run between is deleted; its branch stays.
    await remove(child.id);
    expect(codesOf(await window.api.lookAt({ runId: grandchild.id, at: 8 }))).toEqual(['parent-deleted']);
    expect(valueIn(await window.api.lookAt({ runId: grandchild.id, at: 14 })).runId).toBe(grandchild.id);
  });

  it('of a run that trains leaves it alone', async () => {
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 10_000_000 } }, label }));
    const { id } = valueIn(await window.api.newRun());
    await control(id, { kind: 'run', epochsPerSecond: 100 });
    await window.runIs(id, ({ progress }) => progress.epoch > 12);
    const made = await branched(id, 7, { kind: 'none' });
    await control(made.id, { kind: 'step-epoch' });
    await window.runIs(made.id, (run) => run.progress.epoch === 8 && run.state.status === 'paused');
    expect((await rowsOf(made.id))[0]).toEqual((await rowsOf(id))[7]);
    // The training run deletes old checkpoints meanwhile, but not those from which branches are about to
    // begin.
    for (let round = 0; round < 15; round++) {
      await Promise.all([1, 2, 3, 4].map((epoch) => branched(id, epoch, { kind: 'none' })));
    }
    expect(await runsNow()).toHaveLength(62);
    const { progress, state } = valueIn(await window.api.getRun(id)).summary;
    expect(state.status).toBe('running');
    await window.runIs(id, (run) => run.progress.epoch > progress.epoch);
  });
});
