/** Changes to an existing run: rename, note, delete, undo; closing while it trains. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunChange, RunSummary } from '../../../main/api.ts';
import { patience } from '../../patience.ts';
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

async function trainToEnd(): Promise<RunSummary> {
  const run = valueIn(await window.api.newRun());
  valueIn(await window.api.controlRun({ runId: run.id, command: { kind: 'run', epochsPerSecond: null } }));
  return window.runIs(run.id, hasStatus('finished'));
}

/** Starts a run that trains until it is told to stop. */
async function trainLong(): Promise<string> {
  valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 10_000_000 } }, label }));
  const { id } = valueIn(await window.api.newRun());
  valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: 200 } }));
  await window.runIs(id, ({ lastLoss }) => lastLoss !== null);
  return id;
}

async function reopen(): Promise<RunSummary[]> {
  await lab.close();
  lab = startTestLab(home);
  window = lab.openWindow();
  return valueIn(await window.api.openProject({ path })).runs;
}

const change = (runId: string, what: RunChange, key = 'edit_run') =>
  window.api.changeRun({ runId, change: what, label: { key, values: { n: 1 } } });
const runsNow = async () => (await window.api.getProject())!.runs;

describe('a run', () => {
  it('is renamed and noted, undoably, and it survives reopening', async () => {
    const { id } = await trainToEnd();
    valueIn(await change(id, { kind: 'rename', name: 'the good one' }));
    valueIn(await change(id, { kind: 'notes', notes: 'lr 0.05 is best' }));
    await window.runIs(id, ({ notes }) => notes !== '');
    valueIn(await window.api.undo());
    expect(await runsNow()).toMatchObject([{ name: 'the good one', notes: '' }]);
    valueIn(await window.api.redo());
    expect(await reopen()).toMatchObject([{ name: 'the good one', notes: 'lr 0.05 is best' }]);
    valueIn(await window.api.undo());
    valueIn(await window.api.undo());
    const { experiment } = valueIn(await window.api.getRun(id));
    expect(await runsNow()).toMatchObject([{ name: experiment.name, notes: '' }]);
  });

  it('keeps its new name while it trains', async () => {
    const id = await trainLong();
    valueIn(await change(id, { kind: 'rename', name: 'under way' }));
    const { progress } = (await runsNow())[0]!;
    const later = await window.runIs(id, (run) => run.progress.epoch > progress.epoch + 5);
    expect(later.name).toBe('under way');
  });

  it('is deleted with all it has, comes back by undo with all it had, also after reopening', async () => {
    const first = await trainToEnd();
    const second = await trainToEnd();
    const rows = valueIn(await window.api.getEpochs({ runId: first.id, since: 0, limit: 100 }));
    const outcome = valueIn(await change(first.id, { kind: 'delete' }, 'edit_run_deleted'));
    expect(outcome).toMatchObject({
      edit: { kind: 'all', edits: [] },
      history: { undo: { key: 'edit_run_deleted' } },
    });
    expect(window.removed).toEqual([first.id]);
    expect(await runsNow()).toEqual([second]);
    for (const refused of [
      await window.api.getRun(first.id),
      await window.api.getEpochs({ runId: first.id, since: 0, limit: 1 }),
      await window.api.controlRun({ runId: first.id, command: { kind: 'step-epoch' } }),
      await change(first.id, { kind: 'notes', notes: 'x' }),
      await window.api.previewExport({ runId: first.id, format: 'metrics-csv' }),
    ]) {
      expect(codesOf(refused)).toEqual(['run-missing']);
    }
    expect(await reopen()).toEqual([second]);
    valueIn(await window.api.undo());
    expect(await runsNow()).toEqual([first, second]);
    expect(valueIn(await window.api.getEpochs({ runId: first.id, since: 0, limit: 100 }))).toEqual(rows);
    valueIn(await window.api.redo());
    expect(await runsNow()).toEqual([second]);
    // The run gets a new number, whatever was deleted.
    expect(valueIn(await window.api.newRun()).number).toBe(3);
  });

  it('that trains is stopped before it is deleted, by redo too, and can go on after undo', async () => {
    const id = await trainLong();
    valueIn(await change(id, { kind: 'delete' }));
    expect(await runsNow()).toEqual([]);
    valueIn(await window.api.undo());
    const [back] = await runsNow();
    expect(back!.state.status).toBe('stopped');
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
    await window.runIs(id, (run) => run.progress.epoch > back!.progress.epoch);
    valueIn(await window.api.redo());
    expect(await runsNow()).toEqual([]);
  });

  it('goes for good, and what only it needed, when its deletion can be undone no more', async () => {
    const { id } = await trainToEnd();
    valueIn(await window.api.edit({ edit: { kind: 'rows.change', rows: [{ id: 1, note: 'n' }] }, label }));
    valueIn(await change(id, { kind: 'delete' }));
    await lab.close();
    withDatabase(path, (database) => {
      database.exec('PRAGMA foreign_keys = ON; DELETE FROM change');
      const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n;
      expect([count('run'), count('epoch'), count('checkpoint')]).toEqual([0, 0, 0]);
    });
    expect(await reopen()).toEqual([]);
    expect(withDatabase(path, (database) => database.prepare('SELECT * FROM frozen').all())).toEqual([]);
  });

  it('keeps few and small checkpoints, and says what they take', async () => {
    const id = await trainLong();
    for (let i = 0; i < 5; i++) {
      valueIn(await window.api.controlRun({ runId: id, command: { kind: 'step-epoch' } }));
      await window.runIs(id, hasStatus('paused'));
    }
    const [run] = await runsNow();
    const stored = withDatabase(path, (database) =>
      database
        .prepare(
          'SELECT sum(length(bytes)) AS bytes FROM blob_part WHERE blob_id IN (SELECT id FROM blob WHERE kept = 1 AND id NOT IN (SELECT initial_weights FROM run))',
        )
        .get(),
    );
    expect(run!.checkpointBytes).toBe(stored!.bytes);
    expect(run!.checkpointBytes).toBeGreaterThan(0);
  });
});

describe('closing while a run trains', () => {
  it('is asked about once: what would be interrupted, only where no other window shows it', async () => {
    expect(await window.api.describeClosing()).toEqual({ running: [] });
    const id = await trainLong();
    expect((await window.api.describeClosing()).running.map((run) => run.id)).toEqual([id]);
    const other = lab.openWindow();
    valueIn(await other.api.openProject({ path }));
    expect(await window.api.describeClosing()).toEqual({ running: [] });
  });

  it.each([
    ['pause', 'paused'],
    ['stop', 'stopped'],
  ] as const)('%s leaves it %s at a checkpoint of that moment', async (how, status) => {
    const id = await trainLong();
    await window.api.closeProject(how);
    const [run] = valueIn(await window.api.openProject({ path })).runs;
    expect(run!.state).toEqual({ status });
    expect(run!.progress.epoch).toBeGreaterThan(0);
    const rows = valueIn(await window.api.getEpochs({ runId: id, since: 0, limit: 10_000 }));
    expect(rows.at(-1)!.epoch).toBe(run!.progress.epoch);
  });

  it('in the background it trains on, and a window that comes back finds it so', async () => {
    const id = await trainLong();
    await window.api.closeProject('background');
    let isIdle = false;
    const idle = lab.lab.idle().then(() => {
      isIdle = true;
    });
    const other = lab.openWindow();
    const [run] = valueIn(await other.api.openProject({ path })).runs;
    expect(run!.state.status).toBe('running');
    await other.runIs(id, ({ progress }) => progress.epoch > run!.progress.epoch);
    await idle;
    expect(isIdle).toBe(true);
  });

  it('in the background the end of one run does not end another of the same project', async () => {
    const long = await trainLong();
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 40 } }, label }));
    const short = valueIn(await window.api.newRun()).id;
    valueIn(await window.api.controlRun({ runId: short, command: { kind: 'run', epochsPerSecond: 100 } }));
    await window.runIs(short, ({ lastLoss }) => lastLoss !== null);
    await window.api.closeProject('background');
    // The short run is over when the file says so; the other must still be running and go on.
    await vi.waitFor(() => {
      const state = withDatabase(path, (database) =>
        database.prepare('SELECT status FROM run WHERE id = ?').get(short),
      );
      expect(state).toEqual({ status: 'finished' });
    }, patience);
    const other = lab.openWindow();
    const runs = valueIn(await other.api.openProject({ path })).runs;
    const before = runs.find(({ id }) => id === long)!;
    expect(before.state.status).toBe('running');
    await other.runIs(long, ({ progress }) => progress.epoch > before.progress.epoch);
  });

  it('in the background it ends, is closed, and the lab is idle', async () => {
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 300 } }, label }));
    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: 1000 } }));
    await window.runIs(id, ({ lastLoss }) => lastLoss !== null);
    await window.api.closeProject('background');
    await lab.lab.idle();
    const [run] = valueIn(await window.api.openProject({ path })).runs;
    expect(run!.state).toEqual({ status: 'finished', reason: 'epochs' });
    expect(run!.progress.epoch).toBe(300);
  });
});
