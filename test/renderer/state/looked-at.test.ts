import { beforeEach, describe, expect, it } from 'vitest';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import type { LabEvents, PastView, RunSummary } from '../../../main/api.ts';
import { LookedAt } from '../../../renderer/state/looked-at.svelte.ts';
import { patience } from '../../patience.ts';

const until = (isSo: () => boolean) => expect.poll(isSo, patience).toBe(true);

const summary = (id: string, epoch: number, more: Partial<RunSummary> = {}) =>
  ({
    id,
    kind: 'training',
    state: { status: 'finished', reason: 'epochs' },
    progress: { epoch, batch: 0 },
    ...more,
  }) as RunSummary;

/** A lab that answers on command. As in main, a cancelled look ends. */
function slowLab(run: { runId: string | null; summary: RunSummary | null }) {
  const asked: { epoch: number; answer: (result?: Result<PastView>) => void }[] = [];
  let cancelled = 0;
  const handlers: Partial<LabEvents> = {};
  const api = {
    lookAt: ({ runId, at }: { runId: string; at: number | 'best' | 'now' }) =>
      new Promise<Result<PastView>>((resolve) => {
        const epoch = Number(at);
        const view = { runId, epoch, row: { epoch, loss: epoch / 10 }, replayed: 3 } as unknown as PastView;
        asked.push({ epoch, answer: (result = success(view)) => resolve(result) });
      }),
    async cancelLook() {
      cancelled += 1;
      asked.at(-1)?.answer(failure(problem('look-cancelled', '', 'given up')));
    },
  };
  const look = new LookedAt({ api, handlers } as never, { ...run, rows: { at: () => null } } as never);
  return { look, asked, handlers, run, cancels: () => cancelled };
}

describe('what the window looks at', () => {
  let lab: ReturnType<typeof slowLab>;
  beforeEach(() => {
    lab = slowLab({ runId: '1', summary: summary('1', 20) });
  });

  it('is the run as it stands until an epoch is chosen, and again after that is left', async () => {
    const { look, asked } = lab;
    expect([look.epoch, look.moment, look.status]).toEqual([null, 'now', null]);
    look.at(7);
    expect([look.epoch, look.moment, look.view]).toEqual([7, 7, null]);
    asked[0]!.answer();
    await until(() => look.view !== null);
    expect(look.row).toMatchObject({ epoch: 7 });
    look.back();
    expect([look.epoch, look.moment, look.view, look.row]).toEqual([null, 'now', null, null]);
  });

  it('of a fast drag asks only for the place where it rests, and gives up what is under way', async () => {
    const { look, asked, cancels } = lab;
    for (let epoch = 3; epoch <= 15; epoch++) look.at(epoch);
    await until(() => asked.length === 2);
    expect(asked.map(({ epoch }) => epoch)).toEqual([3, 15]);
    expect(cancels()).toBeGreaterThan(0);
    expect(look.status).toEqual({ kind: 'asked', done: 0, of: 0 });
    asked[1]!.answer();
    await until(() => look.view?.epoch === 15);
  });

  it('has only epochs that there are; the newest of a run at rest is the run as it stands', () => {
    const { look } = lab;
    look.at(99);
    expect(look.epoch).toBeNull();
    look.at(-4);
    expect(look.epoch).toBe(0);
    look.keep(20);
    expect(look.epoch).toBe(20);
  });

  it('holds the newest epoch of a run that trains, or whose weights are no numbers any more', () => {
    for (const status of ['running', 'diverged']) {
      const { look } = slowLab({ runId: '1', summary: summary('1', 20, { state: { status } as never }) });
      look.at(20);
      expect(look.epoch, status).toBe(20);
    }
  });

  it('is not moved by training that goes on, and goes with its run, or with its epoch', () => {
    const { look } = lab;
    look.at(12);
    look.follow(summary('1', 33, { state: { status: 'running' } }));
    expect(look.epoch).toBe(12);
    // The run has resumed from an earlier checkpoint.
    look.follow(summary('1', 11));
    expect(look.epoch).toBeNull();
    look.at(5);
    look.follow(summary('2', 20));
    expect(look.epoch).toBeNull();
    look.at(5);
    look.follow(null);
    expect(look.epoch).toBeNull();
  });

  it('says how far the replay has come, of that epoch alone, and what went wrong', async () => {
    const { look, asked, handlers } = lab;
    look.at(9);
    handlers.lookProgressed!({ runId: '1', at: 4, epoch: 4, done: 1, of: 4 });
    expect(look.status).toEqual({ kind: 'asked', done: 0, of: 0 });
    handlers.lookProgressed!({ runId: '1', at: 9, epoch: 9, done: 2, of: 9 });
    expect(look.status).toEqual({ kind: 'asked', done: 2, of: 9 });
    asked[0]!.answer(failure(problem('replay-differs', '', 'other')));
    await until(() => look.status?.kind === 'failed');
    expect(look.epoch).toBe(9);
    look.again();
    expect(asked).toHaveLength(2);
    asked[1]!.answer();
    await until(() => look.view?.epoch === 9);
    look.again();
    expect(asked).toHaveLength(2);
  });

  it('asks for nothing any more when it is left while a replay is under way', async () => {
    const { look, asked, cancels } = lab;
    look.at(9);
    look.back();
    expect(cancels()).toBe(1);
    await Promise.resolve();
    expect(asked).toHaveLength(1);
    look.at(4);
    await until(() => asked.length === 2);
    asked[1]!.answer();
    await until(() => look.view?.epoch === 4);
  });
});
