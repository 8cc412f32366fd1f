import { describe, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { emptyDraft } from '../../../engine/data/draft.ts';
import { problem, success } from '../../../engine/errors.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import type { LabApi, RunSummary } from '../../../main/api.ts';
import type { LabConnection } from '../../../renderer/lab.ts';
import { ProjectState } from '../../../renderer/state/project.svelte.ts';
import { RowChecks } from '../../../renderer/state/row-checks.ts';
import { RunState, startsAnew } from '../../../renderer/state/run.svelte.ts';
import { runDiffers } from '../../../renderer/state/run-differs.ts';
import { patience } from '../../patience.ts';

const interrupted: RunSummary['state'] = {
  status: 'interrupted',
  reason: 'gone',
  problem: problem('lab-ended', '', 'the lab ended'),
};

function summaryOf(id: string, number: number, status: RunSummary['state'], epoch = 0): RunSummary {
  return {
    id,
    kind: 'training',
    number,
    name: id,
    createdAt: '',
    state: status,
    progress: { epoch, batch: 0, batchesPerEpoch: 1, trainedMs: 0, tokensPerSecond: null },
    epochs: 20,
    lastLoss: null,
    bestLoss: null,
    firstRightEpoch: null,
  } as RunSummary;
}

function fakeLab() {
  const epochs: EpochRow[] = [];
  const commands: string[] = [];
  const runs = new Map<string, RunSummary>();
  const asked: number[] = [];
  const api = {
    newRun: async () => {
      const made = summaryOf(`run-${runs.size + 1}`, runs.size + 1, { status: 'paused' });
      runs.set(made.id, made);
      commands.push('new');
      return success(made);
    },
    controlRun: async ({ runId, command }: { runId: string; command: { kind: string } }) => {
      commands.push(command.kind);
      const status = command.kind === 'run' ? 'running' : command.kind === 'stop' ? 'stopped' : 'paused';
      const next = { ...runs.get(runId)!, state: { status } } as RunSummary;
      runs.set(runId, next);
      return success(next);
    },
    getRun: async (runId: string) =>
      success({ summary: runs.get(runId)!, experiment: findTemplate('hello-rnn')! }),
    getStanding: async () => success(null),
    getEpochs: async ({ since, limit }: { since: number; limit: number }) => {
      asked.push(since);
      return success(epochs.filter(({ epoch }) => epoch > since).slice(0, limit));
    },
  } as unknown as LabApi;
  const connection: LabConnection = { api, handlers: {}, onConnection: () => {} };
  const project = new ProjectState(connection);
  const run = new RunState(connection, project);
  const train = (upTo: number) => {
    for (let epoch = epochs.length + 1; epoch <= upTo; epoch += 1)
      epochs.push({ epoch, loss: 1 / epoch } as EpochRow);
  };
  return { api, connection, project, run, commands, asked, train, runs, epochs };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('the run on screen', () => {
  it('makes a run where there is none, and runs it', async () => {
    const { run, commands } = fakeLab();
    await run.run();
    expect(commands).toEqual(['new', 'run']);
    expect([run.runId, run.summary?.state.status]).toEqual(['run-1', 'running']);
    await run.pause();
    await run.run();
    expect(commands).toEqual(['new', 'run', 'pause', 'run']);
  });

  it('makes another where the draft has become another training, or the run has ended', async () => {
    const { run, commands } = fakeLab();
    await run.run();
    await run.pause();
    await run.run(true);
    expect(commands.slice(3)).toEqual(['stop', 'new', 'run']);
    expect(run.runId).toBe('run-2');
  });

  it('makes one run of steps that are pressed faster than it is made', async () => {
    const { run, project, commands } = fakeLab();
    await Promise.all([run.stepEpoch(), run.stepEpoch(true), run.stepBatch(), run.run()]);
    expect(commands).toEqual(['new', 'step-epoch', 'step-epoch', 'step-batch', 'run']);
    expect(project.runs).toHaveLength(1);
    await Promise.all([run.reset(), run.reset()]);
    expect(commands.slice(5)).toEqual(['stop', 'new']);
  });

  it('resets to a new run at epoch 0 and keeps the old one', async () => {
    const { run, project, commands } = fakeLab();
    await run.run();
    await run.reset();
    expect(commands).toEqual(['new', 'run', 'stop', 'new']);
    expect(project.runs.map(({ state }) => state.status)).toEqual(['stopped', 'paused']);
  });

  it('pulls the newest rows as they arrive, none twice, and older ones where they are looked at', async () => {
    const { run, connection, asked, train } = fakeLab();
    await run.run();
    train(3);
    const hear = (runId: string, epoch: number) =>
      connection.handlers.epochsArrived!({ runId, epoch, loss: 1 / epoch });
    hear('run-1', 3);
    await settle();
    expect(run.rows.newest.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    train(5000);
    hear('run-1', 5000);
    hear('another', 9);
    // An announced epoch is shown before its row has arrived.
    expect([run.newest, run.lastRow?.epoch]).toEqual([{ of: run.rows, epoch: 5000, loss: 1 / 5000 }, 3]);
    await expect.poll(() => run.lastRow?.epoch, patience).toBe(5000);
    const first = run.rows.newest[0]!.epoch;
    expect(first).toBeGreaterThan(4000);
    expect(run.rows.newest.every(({ epoch }, i) => epoch === first + i)).toBe(true);
    expect(run.rows.count).toBe(5000);
    expect(new Set(asked.slice(1)).size).toBe(asked.length - 1);
    expect(run.rows.at(77)).toBeNull();
    await expect.poll(() => run.rows.at(77)?.epoch, patience).toBe(77);
    const before = asked.length;
    expect([run.rows.at(100)?.epoch, run.rows.at(5001), run.rows.at(0)]).toEqual([100, null, null]);
    await settle();
    expect(asked).toHaveLength(before);
  });

  it('begins anew where the run fell back to an earlier epoch', async () => {
    const { run, connection, epochs, train, runs } = fakeLab();
    await run.run();
    train(8);
    connection.handlers.runChanged!({
      ...runs.get('run-1')!,
      progress: { ...runs.get('run-1')!.progress, epoch: 8 },
    });
    await settle();
    await settle();
    expect(run.rows.newest).toHaveLength(8);
    epochs.length = 5;
    connection.handlers.runChanged!(summaryOf('run-1', 1, interrupted, 5));
    await settle();
    await settle();
    expect(run.rows.newest.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
  });

  it('asks for the numbers of a shapes run once, where somebody shows them, and forgets them with it', async () => {
    const { api, run, project, runs } = fakeLab();
    const asked: string[] = [];
    const report = { steps: [], sameNumbers: [] };
    api.getShapes = async (id) => {
      asked.push(id);
      return success(report);
    };
    const shown = {
      ...summaryOf('shown', 1, { status: 'finished', reason: 'epochs' }),
      kind: 'shapes',
    } as const;
    const trained = summaryOf('trained', 2, { status: 'paused' });
    for (const summary of [shown, trained]) {
      runs.set(summary.id, summary);
      project.takeRun(summary);
    }
    await run.show('shown');
    expect([asked, run.shapes]).toEqual([[], null]);
    await run.askForShapes();
    await run.askForShapes();
    expect([asked, run.shapes]).toEqual([['shown'], report]);
    await run.show('trained');
    await run.askForShapes();
    expect([asked, run.shapes]).toEqual([['shown'], null]);
  });

  it('knows which runs have nothing left to train', () => {
    const ended = (state: RunSummary['state'], epoch = 20) => startsAnew(summaryOf('a', 1, state, epoch));
    expect(ended({ status: 'finished', reason: 'epochs' })).toBe(true);
    expect(ended({ status: 'finished', reason: 'epochs' }, 12)).toBe(false);
    expect(ended({ status: 'finished', reason: 'right-for' }, 12)).toBe(true);
    expect(ended({ status: 'paused' })).toBe(false);
    expect(ended(interrupted)).toBe(false);
    expect(ended({ status: 'stopped' })).toBe(true);
  });
});

describe('whether a run is still the draft’s', () => {
  const experiment = findTemplate('hello-rnn')!;
  const changed = (change: (copy: typeof experiment) => void) => {
    const copy = structuredClone(experiment);
    change(copy);
    return runDiffers(copy, experiment);
  };
  it('is so after what may change while it runs', () => {
    expect(changed(() => {})).toBe(false);
    expect(
      changed((copy) => {
        copy.name = 'other';
      }),
    ).toBe(false);
    expect(
      changed((copy) => {
        copy.training.epochs = 99;
      }),
    ).toBe(false);
    expect(
      changed((copy) => {
        copy.training.optimizer.lr = 1;
      }),
    ).toBe(false);
    expect(
      changed((copy) => {
        copy.training.clipGradNorm = 1;
      }),
    ).toBe(false);
  });
  it('is not after a change of data, model, seed or optimizer', () => {
    expect(
      changed((copy) => {
        copy.training.seed = 9;
      }),
    ).toBe(true);
    expect(
      changed((copy) => {
        copy.model.bias = false;
      }),
    ).toBe(true);
    expect(
      changed((copy) => {
        copy.training.loss = 'sum';
      }),
    ).toBe(true);
    expect(
      changed(
        (copy) => copy.dataset.task === 'mapping' && copy.dataset.samples.push({ input: 'a', target: 'b' }),
      ),
    ).toBe(true);
  });
});

describe('checks of rows', () => {
  it('look at a row again only if it or the data’s settings changed', () => {
    const draft = emptyDraft();
    draft.rows = [
      { id: 1, input: 'ab', target: 'a', split: 'train', note: '' },
      { id: 2, input: 'ab', target: 'ba', split: 'train', note: '' },
    ];
    const checks = new RowChecks();
    const [first] = checks.find(draft).problems;
    expect([first!.rowId, first!.problem.code]).toEqual([1, 'unequal-length']);
    const longer = { ...draft, rows: [draft.rows[0]!, { ...draft.rows[1]!, target: 'b' }] };
    const found = checks.find(longer).problems;
    expect(found).toHaveLength(2);
    // The very same object: the row was not checked again.
    expect(found[0]).toBe(first);
    expect(checks.find({ ...draft, data: { ...draft.data } }).problems[0]).not.toBe(first);
  });
});
