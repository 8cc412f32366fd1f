/**
 * A run whose checkpoints are written to the file in parts: it is not reported as resting before they are
 * there.
 */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeExperiment } from '../../../engine/formats/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { integrityOf, withDatabase } from '../project/project-folder.ts';
import {
  hasStatus,
  makeHome,
  removeHome,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

let home: string;
let path: string;
let lab: TestLab;
let window: TestWindow;

/** An LSTM has 4·H·(I + H + 2) parameters, its head H·V + V: 1 MB of weights and 3 MB of state. */
function largeExperiment(hiddenSize = 300): string {
  const experiment = structuredClone(findTemplate('hello-rnn')!);
  Object.assign(experiment.model, { cell: 'lstm', hiddenSize, head: 'linear' });
  Object.assign(experiment.training, { epochs: 1_000_000 });
  return writeExperiment(experiment);
}

beforeEach(async () => {
  home = makeHome();
  lab = startTestLab(home);
  window = lab.openWindow();
  await open();
});

async function open(hiddenSize?: number): Promise<void> {
  const source = {
    kind: 'experiment',
    fileName: 'large.json',
    bytes: Buffer.from(largeExperiment(hiddenSize)),
  } as const;
  path = valueIn(await window.api.createProject({ source, path: null })).path;
}

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

const count = (sql: string) => withDatabase(path, (database) => Number(database.prepare(sql).get()!.n));
const parts = () => count('SELECT count(*) AS n FROM blob_part');
const waste = () => count('SELECT count(*) AS n FROM blob WHERE kept = 0');

async function step(runId: string, epoch: number): Promise<void> {
  valueIn(await window.api.controlRun({ runId, command: { kind: 'step-epoch' } }));
  await window.runIs(runId, (run) => run.state.status === 'paused' && run.progress.epoch === epoch);
}

/** The run as the file has it once no checkpoint of it is being written. */
async function restInFile(): Promise<{ status: string; checkpoint: number }> {
  for (;;) {
    const [run] = withDatabase(path, (database) =>
      database
        .prepare(
          'SELECT status, (SELECT max(epoch) FROM checkpoint WHERE run_id = run.id) AS checkpoint FROM run',
        )
        .all(),
    );
    if (run!.status !== 'running') return run as { status: string; checkpoint: number };
    await setImmediate();
  }
}

describe('a large model', () => {
  it('rests in the file only with its checkpoint, whole', async () => {
    const { id } = valueIn(await window.api.newRun());
    for (const epoch of [1, 2, 3]) {
      await step(id, epoch);
      expect(await restInFile()).toEqual({ status: 'paused', checkpoint: epoch });
    }
    expect(parts()).toBeGreaterThan(3 * 4);
    expect(integrityOf(path)).toBe('ok');
  });

  it('goes on from it in another lab, bit for bit', async () => {
    const { id } = valueIn(await window.api.newRun());
    await step(id, 1);
    await window.api.closeProject();
    valueIn(await window.api.openProject({ path }));
    for (const epoch of [2, 3]) await step(id, epoch);
    await restInFile();
    const twin = valueIn(await window.api.newRun());
    for (const epoch of [1, 2, 3]) await step(twin.id, epoch);
    await window.api.closeProject();
    const states = withDatabase(path, (database) =>
      [id, twin.id].map((run) =>
        database
          .prepare(
            `SELECT hex(bytes) AS hex FROM blob_part WHERE blob_id =
               (SELECT state FROM checkpoint WHERE run_id = ? AND epoch = 3) ORDER BY part`,
          )
          .all(Number(run)),
      ),
    );
    expect(states[0]!.length).toBeGreaterThan(3);
    expect(states[0]).toEqual(states[1]);
  });

  it('leaves no waste: what is thinned, and what a run had that is gone', async () => {
    const { id } = valueIn(await window.api.newRun());
    for (let epoch = 1; epoch <= 20; epoch++) await step(id, epoch);
    await restInFile();
    const [kept, bytes] = [
      count('SELECT count(*) AS n FROM checkpoint'),
      count('SELECT sum(bytes) AS n FROM blob WHERE kept = 1'),
    ];
    expect(kept).toBeLessThan(20);
    expect(bytes).toBeLessThan(70 * 2 ** 20);
    await window.api.closeProject();
    valueIn(await window.api.openProject({ path }));
    expect(waste()).toBe(0);
    withDatabase(path, (database) => {
      database.exec('PRAGMA foreign_keys = ON; DELETE FROM run');
    });
    await window.api.closeProject();
    valueIn(await window.api.openProject({ path }));
    expect([parts(), count('SELECT count(*) AS n FROM blob')]).toEqual([0, 0]);
  });

  it('that loses its engine while a checkpoint is written goes on from the one before', async () => {
    // When the first parts arrive, ten parts and more are still to come.
    await open(800);
    const { id } = valueIn(await window.api.newRun());
    await step(id, 1);
    await restInFile();
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
    await window.runIs(id, (run) => run.progress.epoch > 3);
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'change', settings: { lr: 0.02 } } }));
    // Waits until the first parts of another checkpoint are in the file.
    for (const before = parts(); parts() === before; ) await setImmediate();
    (lab.engines.at(-1) as EngineChild).kill();
    await window.runIs(id, hasStatus('interrupted'));
    const { progress } = await window.runIs(id, hasStatus('running'));
    expect(progress.epoch).toBeGreaterThan(0);
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'pause' } }));
    await window.runIs(id, hasStatus('paused'));
    const { checkpoint } = await restInFile();
    const rows = valueIn(await window.api.getEpochs({ runId: id, since: 0, limit: 10_000 }));
    expect(rows.map(({ epoch }) => epoch)).toEqual(Array.from({ length: checkpoint }, (_, i) => i + 1));
  });
});

it('what a crash left half written is removed when the file is opened', async () => {
  await window.api.closeProject();
  const database = new DatabaseSync(join(path));
  database.exec(
    "INSERT INTO blob (id, bytes, kept) VALUES (77, 3000000, 0); INSERT INTO blob_part VALUES (77, 0, x'00')",
  );
  database.close();
  valueIn(await window.api.openProject({ path }));
  expect([waste(), parts()]).toEqual([0, 0]);
});
