/**
 * An engine dies between its answer that a run is open and the write of the run's initial weights into the
 * file.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { patience } from '../../patience.ts';
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
/** The numbers of the engines that die in this way. */
let dying: number[];

/**
 * An engine process that is killed as soon as its answer to `openRun` has arrived; its exit is reported at
 * once.
 */
function dieAfterOpening(child: EngineChild, number: number): EngineChild {
  let asked: unknown = null;
  let tellExit: (code: number | null, signal: string | null) => void = () => {};
  let isOver = false;
  return {
    pid: child.pid,
    post(message) {
      const { m, i } = message as { m?: unknown; i?: unknown };
      if (m === 'openRun') asked = i;
      child.post(message);
    },
    onMessage: (listener) =>
      child.onMessage((message) => {
        if (isOver) return;
        listener(message);
        const { t, i } = message as { t?: unknown; i?: unknown };
        if (!dying.includes(number) || t !== 's' || i !== asked) return;
        isOver = true;
        child.kill();
        tellExit(null, 'SIGKILL');
      }),
    onExit(listener) {
      tellExit = listener;
      child.onExit((code, signal) => {
        if (!isOver) listener(code, signal);
      });
    },
    kill: () => child.kill(),
  };
}

beforeEach(() => {
  home = makeHome();
  dying = [];
  lab = startTestLab(home, dieAfterOpening);
  window = lab.openWindow();
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

async function makeProject(): Promise<void> {
  const source = { kind: 'template', name: 'hello-rnn' } as const;
  valueIn(await window.api.createProject({ source, path: null }));
  valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 3000 } }, label }));
}

const go = async (runId: string, epochsPerSecond: number | null) =>
  valueIn(await window.api.controlRun({ runId, command: { kind: 'run', epochsPerSecond } }));

it('makes no run of it, says so, and the next try has one', async () => {
  dying = [1];
  await makeProject();
  expect(codesOf(await window.api.newRun())).toEqual(['engine-lost']);
  expect(valueIn(await window.api.duplicateProject()).runs).toEqual([]);
  const runId = valueIn(await window.api.newRun()).id;
  await go(runId, null);
  await window.runIs(runId, hasStatus('finished'));
});

it('costs a run that is being resumed nothing: the engine after it goes on with it', async () => {
  dying = [2];
  await makeProject();
  const runId = valueIn(await window.api.newRun()).id;
  await go(runId, 100);
  await window.runIs(runId, ({ progress }) => progress.epoch >= 5);
  lab.engines[0]!.kill();
  await expect.poll(() => lab.engines.length, patience).toBe(3);
  await window.runIs(runId, hasStatus('running'));
  await go(runId, null);
  await window.runIs(runId, hasStatus('finished'));
  const rows = valueIn(await window.api.getEpochs({ runId, since: 0, limit: 10_000 }));
  expect(rows.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
});
