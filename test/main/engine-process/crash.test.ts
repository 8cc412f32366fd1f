/** The engine process is killed, or the whole lab, while a run goes on: nothing that was committed is lost. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import type { RunSummary } from '../../../main/api.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { joinPieces } from '../../../main/engine-process/in-pieces.ts';
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
/** Enough epochs to be killed in, few enough to run to the end. */
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

/** All rows without their times, which differ from run to run. */
async function rowsOf(runId: string): Promise<Omit<EpochRow, 'trainedMs'>[]> {
  const rows = valueIn(await window.api.getEpochs({ runId, since: 0, limit: 10_000 }));
  return rows.map(({ trainedMs: _, ...row }) => row);
}

describe('an engine that is killed', () => {
  it('is started again, and its run goes on without a click to the same end as an undisturbed one', async () => {
    const killed = await createRun();
    await go(killed, 100);
    await window.runIs(killed, ({ progress }) => progress.epoch >= 10);
    // A pause makes a checkpoint in the middle, so that the run need not begin again.
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

/**
 * Lets engines die at a place that does not depend on the clock. The last epoch that the n-th engine
 * reports is `diesAt(n)`, whatever it has trained meanwhile, and none of its checkpoints arrives before
 * that. The reports of the n-th engine are held back until `heldBack(n)` resolves; commands and their
 * answers are not.
 */
function dyingAt(
  diesAt: (engine: number) => number,
  heldBack: (engine: number) => Promise<void> = () => Promise.resolve(),
) {
  return (child: EngineChild, engine: number): EngineChild => ({
    ...child,
    pid: child.pid,
    onMessage(listener) {
      const last = diesAt(engine);
      let isDead = false;
      let turn = heldBack(engine);
      const pass = (message: unknown): void => {
        const { m, a } = message as { m?: string; a: [{ rows: Uint8Array }] };
        if (isDead || (m === 'checkpoint' && last < Infinity)) return;
        if (m !== 'epochs') {
          listener(message);
          return;
        }
        const rows = deserialize(a[0].rows) as EpochRow[];
        isDead = rows.some(({ epoch }) => epoch >= last);
        const told = serialize(rows.filter(({ epoch }) => epoch <= last));
        listener({ ...(message as object), a: [{ ...a[0], rows: told }] });
        if (isDead) child.kill();
      };
      const take = (message: unknown): void => {
        const { m } = message as { m?: string };
        if (m === undefined) listener(message);
        else turn = turn.then(() => pass(message));
      };
      child.onMessage(joinPieces(take));
    },
  });
}

describe('a run that engines die of', () => {
  const isAtItsEnd = ({ state }: RunSummary) =>
    state.status === 'finished' ||
    (state.status === 'interrupted' && state.problem.code === 'run-crashes-engine');

  async function startDying(...how: Parameters<typeof dyingAt>): Promise<string> {
    await lab.close();
    lab = startTestLab(home, dyingAt(...how));
    window = lab.openWindow();
    const runId = await createRun();
    await go(runId, 2000);
    return runId;
  }

  it('goes on by itself after the first, and is stopped with an explanation at the same place', async () => {
    const runId = await startDying((engine) => (engine <= 2 ? 200 : Infinity));
    const stopped = await window.runIs(runId, isAtItsEnd);
    expect(stopped.state).toMatchObject({
      status: 'interrupted',
      problem: { details: { cause: 'engine-killed', signal: 'SIGKILL', epoch: 200 } },
    });
    expect(stopped.progress.epoch).toBe(0);
    expect(await rowsOf(runId)).toEqual([]);
    // Two engines died of this run; a third is there for the others.
    await expect.poll(() => lab.engines.length, patience).toBe(3);
    // A click starts another attempt.
    await go(runId, null);
    await window.runIs(runId, hasStatus('finished'));
    expect(lab.engines).toHaveLength(3);
  });

  it('has none of its deaths counted any more after a click', async () => {
    let isClicked = () => {};
    const click = new Promise<void>((resolve) => {
      isClicked = resolve;
    });
    const runId = await startDying(
      (engine) => (engine <= 2 ? 200 : Infinity),
      (engine) => (engine === 2 ? click : Promise.resolve()),
    );
    await window.runIs(runId, hasStatus('interrupted'));
    await go(runId, null);
    isClicked();
    // The second engine dies where the first did, but it is the first one after the click.
    const end = await window.runIs(runId, isAtItsEnd);
    expect(end.state.status).toBe('finished');
    expect(lab.engines).toHaveLength(3);
  });

  it('dies in different places is taken on each time', async () => {
    const runId = await startDying((engine) => [1000, 500][engine - 1] ?? Infinity);
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
