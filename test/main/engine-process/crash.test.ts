/** The engine process killed, and the whole lab killed, while a run goes on: nothing that was committed is lost. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deserialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { patience } from '../../patience.ts';
import {
  firstMessage,
  hasStatus,
  makeHome,
  removeHome,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from '../lab/open-lab.ts';

const label = { key: 'edit_test', values: {} };
/** Long enough to be killed in, short enough to be run to its end. */
const epochs = 3000;

let home: string;
let lab: TestLab;
let window: TestWindow;

beforeEach(() => {
  home = makeHome();
  lab = startTestLab(home);
  window = lab.openWindow();
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

async function createRun(): Promise<string> {
  const source = { kind: 'template', name: 'hello-rnn' } as const;
  valueIn(await window.api.createProject({ source, path: null }));
  valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs } }, label }));
  return valueIn(await window.api.newRun()).id;
}

const go = (runId: string, epochsPerSecond: number | null) =>
  window.api.controlRun({ runId, command: { kind: 'run', epochsPerSecond } }).then(valueIn);

/** All rows without their times, which are the clock's. */
async function rowsOf(runId: string): Promise<Omit<EpochRow, 'trainedMs'>[]> {
  const rows = valueIn(await window.api.getEpochs({ runId, since: 0, limit: 10_000 }));
  return rows.map(({ trainedMs: _, ...row }) => row);
}

describe('an engine that is killed', () => {
  it('is started again, and its run goes on without a click to the same end as an undisturbed one', async () => {
    const killed = await createRun();
    await go(killed, 100);
    await window.runIs(killed, ({ progress }) => progress.epoch >= 10);
    // A checkpoint in the middle, so that it does not begin anew.
    valueIn(await window.api.controlRun({ runId: killed, command: { kind: 'pause' } }));
    const paused = await window.runIs(killed, hasStatus('paused'));
    await go(killed, 100);
    await window.runIs(killed, ({ progress }) => progress.epoch > paused.progress.epoch);

    process.kill(lab.engines[0]!.pid!, 'SIGKILL');
    const interrupted = await window.runIs(killed, hasStatus('interrupted'));
    expect(interrupted.state).toMatchObject({
      status: 'interrupted',
      problem: { code: 'engine-killed', details: { signal: 'SIGKILL' } },
    });
    expect(interrupted.progress.epoch).toBe(paused.progress.epoch);
    await window.runIs(killed, hasStatus('running'));
    expect(lab.engines).toHaveLength(2);
    expect(window.engine.map(({ status }) => status)).toEqual(expect.arrayContaining(['starting', 'ready']));
    await go(killed, null);
    await window.runIs(killed, hasStatus('finished'));

    const undisturbed = valueIn(await window.api.newRun()).id;
    await go(undisturbed, null);
    await window.runIs(undisturbed, hasStatus('finished'));
    const rows = await rowsOf(killed);
    expect(rows.map(({ epoch }) => epoch)).toEqual(Array.from({ length: epochs }, (_, index) => index + 1));
    expect(rows).toEqual(await rowsOf(undisturbed));
  });

  it('leaves a paused run paused, and it can be stepped', async () => {
    const runId = await createRun();
    valueIn(await window.api.controlRun({ runId, command: { kind: 'step-epoch' } }));
    await window.runIs(runId, (run) => run.state.status === 'paused' && run.progress.epoch === 1);
    process.kill(lab.engines[0]!.pid!, 'SIGKILL');
    await expect.poll(() => lab.engines.length, patience).toBe(2);
    expect(valueIn(await window.api.getRun(runId)).summary.state).toEqual({ status: 'paused' });
    valueIn(await window.api.controlRun({ runId, command: { kind: 'step-epoch' } }));
    await window.runIs(runId, (run) => run.state.status === 'paused' && run.progress.epoch === 2);
    expect((await rowsOf(runId)).map(({ epoch }) => epoch)).toEqual([1, 2]);
  });
});

describe('a lab that is killed', () => {
  it('leaves a sound file with its run interrupted at the last checkpoint, which goes on from there', async () => {
    await lab.close();
    const child = fork(join(import.meta.dirname, 'training-lab.ts'), [home], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const { path, runId, pausedAt } = await firstMessage<{
      path: string;
      runId: string;
      pausedAt: number;
    }>(child);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();

    lab = startTestLab(home);
    window = lab.openWindow();
    const [run] = valueIn(await window.api.openProject({ path })).runs;
    expect(run!.state.status).toBe('interrupted');
    expect(run!.progress.epoch).toBe(pausedAt);
    expect((await rowsOf(runId)).at(-1)!.epoch).toBe(pausedAt);
    await go(runId, null);
    await window.runIs(runId, ({ progress }) => progress.epoch > pausedAt);
  });
});

/** Lets engines die as soon as they report this epoch; `times` of them. */
function dyingAt(epoch: number, times: number) {
  return (child: EngineChild, number: number): EngineChild => ({
    ...child,
    pid: child.pid,
    onMessage(listener) {
      child.onMessage((message) => {
        listener(message);
        const { m, a } = message as { m?: string; a?: [{ rows: Uint8Array }] };
        const rows = m === 'epochs' ? (deserialize(a![0].rows) as EpochRow[]) : [];
        if (number <= times && rows.some((row) => row.epoch >= epoch)) child.kill();
      });
    },
  });
}

describe('a run that engines die of', () => {
  it('goes on by itself after the first, and is stopped with an explanation at the same place', async () => {
    await lab.close();
    lab = startTestLab(home, dyingAt(200, 99));
    window = lab.openWindow();
    const runId = await createRun();
    await go(runId, 2000);
    const stopped = await window.runIs(
      runId,
      ({ state }) => state.status === 'interrupted' && state.problem.code === 'run-crashes-engine',
    );
    expect(stopped.state).toMatchObject({
      problem: { details: { cause: 'engine-killed', signal: 'SIGKILL' } },
    });
    expect(lab.engines.length).toBeLessThanOrEqual(3);
    expect(stopped.progress.epoch).toBe(0);
    expect(await rowsOf(runId)).toEqual([]);
    // A click tries again, and the lab goes on to work.
    await go(runId, 2000);
    await window.runIs(runId, hasStatus('running'));
  });

  it('dies in different places is taken on each time', async () => {
    await lab.close();
    lab = startTestLab(home, (child, number) => dyingAt(1000 / number, 2)(child, number));
    window = lab.openWindow();
    const runId = await createRun();
    await go(runId, 2000);
    await window.runIs(runId, hasStatus('finished'));
    expect(lab.engines).toHaveLength(3);
    expect((await rowsOf(runId)).map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: epochs }, (_, index) => index + 1),
    );
  });

  it('is not started again when it was paused, stopped or stepped', async () => {
    const runId = await createRun();
    await go(runId, 100);
    await window.runIs(runId, ({ progress }) => progress.epoch >= 2);
    valueIn(await window.api.controlRun({ runId, command: { kind: 'stop' } }));
    const stopped = await window.runIs(runId, hasStatus('stopped'));
    process.kill(lab.engines[0]!.pid!, 'SIGKILL');
    await expect.poll(() => lab.engines.length, patience).toBe(2);
    expect(valueIn(await window.api.getRun(runId)).summary).toEqual(stopped);
  });
});

describe('settings changed while a run goes on', () => {
  it('are part of what it goes on from: no epoch before the change is trained again with them', async () => {
    const runId = await createRun();
    await go(runId, 100);
    await window.runIs(runId, ({ progress }) => progress.epoch >= 10);
    const settings = { lr: 0.01 };
    valueIn(await window.api.controlRun({ runId, command: { kind: 'change', settings } }));
    await window.runIs(runId, ({ progress }) => progress.epoch >= 60);
    const before = await rowsOf(runId);
    process.kill(lab.engines[0]!.pid!, 'SIGKILL');
    await window.runIs(runId, hasStatus('interrupted'));
    await go(runId, null);
    await window.runIs(runId, hasStatus('finished'));
    const after = await rowsOf(runId);
    expect(after).toHaveLength(epochs);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(new Set(after.map(({ lr }) => lr))).toEqual(new Set([0.05, 0.01]));
  });
});
