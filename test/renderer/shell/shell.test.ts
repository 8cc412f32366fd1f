import { describe, expect, it } from 'vitest';
import { problem } from '../../../engine/errors.ts';
import type { RunSummary } from '../../../main/api.ts';
import {
  batchUnderWay,
  msPerEpoch,
  shortRate,
  timeLeft,
  tokenRate,
} from '../../../renderer/screens/shell/readouts.ts';
import { isWhyReadOnly, savedText } from '../../../renderer/screens/shell/saved.ts';
import { showProblem, showToast, toasts } from '../../../renderer/state/toasts.svelte.ts';

function runAt(epoch: number, epochs: number, trainedMs: number): RunSummary {
  return {
    id: 'a',
    kind: 'training',
    number: 1,
    name: 'hello',
    notes: '',
    createdAt: '',
    state: { status: 'paused' },
    progress: { epoch, batch: 0, batchesPerEpoch: 1, trainedMs, tokensPerSecond: null },
    epochs,
    lastLoss: null,
    bestLoss: null,
    firstRightEpoch: null,
    checkpointBytes: 0,
    parent: null,
    change: null,
    handEdited: 0,
    settings: {},
  };
}

describe('read-outs', () => {
  it('say how long the rest takes: bounded by the speed, else by what was measured', () => {
    expect(timeLeft(runAt(14, 20, 1), 2)).toBe('≤ 3 s');
    expect(timeLeft(runAt(0, 20, 0), null)).toBeNull();
    expect(timeLeft(runAt(10, 20, 5), null)).toBe('< 1 s');
    expect(timeLeft(runAt(10, 20, 40_000), null)).toBe('40 s');
    expect(timeLeft(runAt(1, 101, 1_000), null)).toBe('1 min 40 s');
    expect(timeLeft(runAt(1, 7_201, 1_000), null)).toBe('2 h 0 min');
    expect(timeLeft(runAt(1, 200_001, 1_000), null)).toBe('2 d 7 h');
    expect(timeLeft(runAt(20, 20, 1), 2)).toBeNull();
    expect(timeLeft(null, 2)).toBeNull();
  });
  it('count the batches of the epoch under way', () => {
    const run = runAt(0, 4, 30_000);
    const long = {
      ...run,
      state: { status: 'running' as const },
      progress: { ...run.progress, batch: 30, batchesPerEpoch: 120, tokensPerSecond: 100 },
    };
    expect(timeLeft(long, null)).toBe('7 min 30 s');
    expect(batchUnderWay(long)).toEqual({ batch: 31, batches: 120 });
    expect(batchUnderWay({ ...long, progress: { ...long.progress, trainedMs: 20 } })).toBeNull();
    expect(batchUnderWay({ ...long, state: { status: 'paused' } })).toBeNull();
  });
  it('say the tokens that go by, at a speed that is bounded too', () => {
    const run = runAt(10, 20, 10);
    const fast = { ...run, progress: { ...run.progress, tokensPerSecond: 5000 } };
    expect(tokenRate(fast, null)).toBe(5000);
    expect(tokenRate(fast, 2)).toBe(10);
    expect(tokenRate(fast, 100_000)).toBe(5000);
    expect(tokenRate(runAt(0, 20, 0), 2)).toBe(runAt(0, 20, 0).progress.tokensPerSecond);
  });
  it('keep three digits', () => {
    expect([null, 10.4, 12_400, 3_120_000].map(shortRate)).toEqual(['—', '10', '12.4 k', '3.12 M']);
    expect(msPerEpoch(runAt(20, 20, 0.6))).toBe('0.030');
    expect(msPerEpoch(runAt(2, 20, 250))).toBe('125');
    expect(msPerEpoch(runAt(0, 20, 0))).toBeNull();
  });
});

describe('what is said of the file', () => {
  const why = problem('project-locked', '', 'locked');

  it.each([
    [{ kind: 'write' }, false, 'shell_saved'],
    [{ kind: 'write' }, true, 'shell_saving'],
    [{ kind: 'read-only', problem: why }, false, 'shell_access_read_only'],
    [{ kind: 'adrift', problem: why, keptAt: '/b' }, true, 'shell_access_adrift'],
    [{ kind: 'stuck', problem: why }, false, 'shell_access_stuck'],
  ] as const)('%j, on its way %s: %s', (access, saving, said) => {
    expect(savedText(access, saving)).toBe(said);
  });

  it('is not said twice where it is read only', () => {
    const access = { kind: 'read-only', problem: why } as const;
    expect([isWhyReadOnly(access, why), isWhyReadOnly(access, problem('project-migrated', '', ''))]).toEqual([
      true,
      false,
    ]);
    expect(isWhyReadOnly({ kind: 'write' }, why)).toBe(false);
  });
});

describe('toasts', () => {
  it('say the same thing once, the last time longest; with an action each is its own', () => {
    showProblem(() => 'no');
    showProblem(() => 'yes');
    showProblem(() => 'no');
    expect(toasts.list.map(({ text }) => text())).toEqual(['no', 'yes']);
    showToast(() => 'gone', { label: () => 'Undo', run: () => {} });
    showToast(() => 'gone', { label: () => 'Undo', run: () => {} });
    expect(toasts.list.map(({ text }) => text())).toEqual(['yes', 'gone', 'gone']);
    for (const { id } of toasts.list) toasts.close(id);
  });
  it('speak the language of the moment', () => {
    let language = 'en';
    showProblem(() => `no, in ${language}`);
    language = 'zh';
    expect(toasts.list.map(({ text }) => text())).toEqual(['no, in zh']);
    toasts.leave('draft');
  });
  it('leave when what they are of has changed', () => {
    showProblem(() => 'a refused run');
    showProblem(() => 'a run that broke', null, 'project');
    showProblem(() => 'a defect', null, 'lab');
    const said = () => toasts.list.map(({ text }) => text());
    toasts.leave('draft');
    expect(said()).toEqual(['a run that broke', 'a defect']);
    toasts.leave('draft', 'project');
    expect(said()).toEqual(['a defect']);
    toasts.leave('lab');
  });
});
