/** What a window asks of a real run's weights: as they were, and as they would be with numbers set by hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunCommand, WeightPatch } from '../../../engine/api.ts';
import type { AnswerTo, Question, QuestionKind } from '../../../engine/questions.ts';
import type { Moment } from '../../../main/api.ts';
import type { AskRunOver, BatchMoment } from '../../../main/inspect-api.ts';
import {
  codesOf,
  makeHome,
  removeHome,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

let home: string;
let lab: TestLab;
let window: TestWindow;
let runId: string;

beforeEach(async () => {
  home = makeHome();
  lab = startTestLab(home);
  window = lab.openWindow();
  const source = { kind: 'template', name: 'hello-rnn' } as const;
  valueIn(await window.api.createProject({ source, path: null }));
  ({ id: runId } = valueIn(await window.api.newRun()));
  for (let epoch = 1; epoch <= 3; epoch++) {
    valueIn(await window.api.controlRun({ runId, command: { kind: 'step-epoch' } }));
    await window.runIs(runId, (run) => run.progress.epoch === epoch && run.state.status !== 'running');
  }
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

async function ask<Kind extends QuestionKind>(
  at: Moment | BatchMoment,
  question: Extract<Question, { kind: Kind }>,
  weights?: WeightPatch[],
): Promise<AnswerTo<Kind>['answer']> {
  const request = { runId, at, question, ...(weights && { weights }) };
  return valueIn(await window.checked.askRun(request)).answer as AnswerTo<Kind>['answer'];
}

describe('weights set by hand', () => {
  it.each<Moment>(['now', 2])('count for the one question, at %s', async (at) => {
    const key = 'rnn.weight_hh_l0';
    const weights = { kind: 'weights', keys: [key] } as const;
    const predict = { kind: 'predict', input: 'hello' } as const;
    const [before, said] = [await ask(at, weights), await ask(at, predict)];
    const patched = await ask(at, weights, [{ key, index: 5, value: 1.5 }]);
    expect(patched[key]!.shape).toEqual([4, 4]);
    expect([...patched[key]!.data]).toEqual([...before[key]!.data].with(5, 1.5));
    expect(await ask(at, predict, [{ key, index: 5, value: 1.5 }])).not.toEqual(said);
    expect(await ask(at, predict)).toEqual(said);
    const wrong = { runId, at, question: predict, weights: [{ key: 'rnn.none', index: 0, value: 0 }] };
    expect(codesOf(await window.checked.askRun(wrong))).toEqual(['extra-weight']);
  });

  it('of a tensor that is not there, the question says which there are', async () => {
    const question = { kind: 'weights', keys: ['rnn.weight'] } as const;
    expect(codesOf(await window.checked.askRun({ runId, at: 'now', question }))).toEqual(['unknown-weight']);
  });
});

describe('states set otherwise', () => {
  it('come with the question as numbers', async () => {
    const set = Float32Array.of(0.5, -0.5, 0.25, 1);
    const place = { layer: 0, reverse: false, state: 'h', units: null } as const;
    const patches = [{ ...place, step: 1, set }];
    const { directions } = await ask('now', { kind: 'trace', input: 'hello', patches });
    expect(directions[0]!.hPrevious.subarray(8, 12)).toEqual(set);
    const wrong = {
      kind: 'trace',
      input: 'hello',
      patches: [{ ...place, step: 9, set: 'zero' as const }],
    } as const;
    const request = { runId, at: 'now' as const, question: wrong as unknown as Question };
    expect(codesOf(await window.checked.askRun(request))).toEqual(['patch-step']);
    const inputs = ['hello', 'lo'];
    const path = { kind: 'project-states', inputs, layer: 0, reverse: false } as const;
    const { basis, points } = await ask(2, path);
    expect((await ask(2, { ...path, basis })).points).toEqual(points);
    expect((await ask(3, { ...path, basis })).points).not.toEqual(points);
  });
});

describe('a moment inside an epoch', () => {
  const key = 'rnn.weight_hh_l0';
  const weightsAt = async (at: Moment | BatchMoment) =>
    (await ask(at, { kind: 'weights', keys: [key] }))[key]!.data;

  /** A run of 4 batches an epoch, stepped to batch 2 of epoch 3; the weights before each batch, from the first on. */
  async function stepBatches(): Promise<Map<string, Float32Array>> {
    const source = { kind: 'template', name: 'delayed-echo' } as const;
    valueIn(await window.api.createProject({ source, path: null }));
    const patch = { batchSize: 2, shuffle: true };
    const label = { key: 'edit_test', values: {} };
    valueIn(await window.api.edit({ edit: { kind: 'training', patch }, label }));
    ({ id: runId } = valueIn(await window.api.newRun()));
    const seen = new Map<string, Float32Array>();
    for (let done = 0; ; done++) {
      const [epoch, batch] = [Math.floor(done / 4), done % 4];
      seen.set(`${epoch + 1} ${batch}`, await weightsAt('now'));
      if (done === 10) return seen;
      if (done === 6) await control({ kind: 'change', settings: { lr: 0.2, clipGradNorm: 0.01 } });
      await control({ kind: 'step-batch' });
      const next = done + 1;
      await window.runIs(
        runId,
        ({ progress, state }) => progress.epoch * 4 + progress.batch === next && state.status !== 'running',
      );
    }
  }

  const control = async (command: RunCommand) => valueIn(await window.api.controlRun({ runId, command }));

  it('has the weights that the run had before the batch, which explainBatch explains', async () => {
    const seen = await stepBatches();
    expect(seen.size).toBe(11);
    for (const [epoch, batch] of [
      [3, 1],
      [1, 0],
      [1, 3],
      [2, 3],
      [2, 2],
      [2, 1],
      [3, 0],
      [3, 2],
    ] as const) {
      const found = await weightsAt({ epoch, batch });
      expect(found, `${epoch} ${batch}`).toEqual(seen.get(`${epoch} ${batch}`));
      const story = valueIn(await window.checked.explainBatch({ runId, epoch, batch, keys: [key] }));
      const { columns } = story.parameters.find((parameter) => parameter.key === key)!;
      expect(columns.find(({ quantity }) => quantity === 'value')!.data).toEqual(found);
      if (batch === 0) expect(await weightsAt(epoch - 1)).toEqual(found);
    }
    const value = 0.5;
    const patched = await ask({ epoch: 2, batch: 3 }, { kind: 'weights', keys: [key] }, [
      { key, index: 1, value },
    ]);
    expect(patched[key]!.data).toEqual(seen.get('2 3')!.with(1, value));
    expect(valueIn(await window.api.getRun(runId)).summary.progress).toMatchObject({ epoch: 2, batch: 2 });
  });

  it('that is not there is refused, and the batch after those done is the next', async () => {
    await stepBatches();
    const question = { kind: 'weights', keys: [key] } as const;
    const codes = async (at: BatchMoment) => codesOf(await window.checked.askRun({ runId, at, question }));
    expect(await codes({ epoch: 2, batch: 4 })).toEqual(['unknown-batch']);
    expect(await codes({ epoch: 4, batch: 0 })).toEqual(['epoch-not-there']);
    await expect(codes({ epoch: 0, batch: 0 })).rejects.toThrow();
    const story = valueIn(await window.checked.explainBatch({ runId, epoch: 3, batch: 2, keys: [key] }));
    const { columns } = story.parameters.find((parameter) => parameter.key === key)!;
    expect(await weightsAt({ epoch: 3, batch: 3 })).toEqual(columns.at(-1)!.data);
  });
});

describe('a question over epochs', () => {
  const question = { kind: 'weights', keys: ['rnn.weight_hh_l0'] } as const satisfies Question;
  const over = (epochs: number[], more: Partial<AskRunOver> = {}) =>
    window.checked.askRunOver({ runId, epochs, question, ...more });

  /** Two hundred epochs at full speed. */
  async function trainOn(): Promise<void> {
    const control = async (command: RunCommand) => valueIn(await window.api.controlRun({ runId, command }));
    await control({ kind: 'change', settings: { epochs: 300 } });
    await control({ kind: 'run', epochsPerSecond: null });
    await window.runIs(runId, ({ state }) => state.status === 'finished');
  }

  it('is answered in ascending order by what each epoch itself says, in one way forward', async () => {
    await trainOn();
    const wanted = [300, 7, 0, 111, 112, 7, 250];
    const looked = window.looks.length;
    const { epochs, answers } = valueIn(await over(wanted));
    expect(epochs).toEqual([0, 7, 111, 112, 250, 300]);
    for (const [i, at] of epochs.entries()) {
      expect(answers[i]).toEqual({ kind: 'weights', answer: await ask(at, question) });
    }
    const told = window.looks.slice(looked).filter(({ at }) => typeof at === 'object' && 'over' in at);
    expect(told[0]).toMatchObject({ runId, at: { over: 'weights' }, done: 0, of: 6 });
    expect(told.map(({ epoch }) => epoch)).toEqual(told.map(({ epoch }) => epoch).sort((a, b) => a - b));
    const weights = [{ key: 'rnn.weight_hh_l0', index: 2, value: 0.75 }];
    const byHand = valueIn(await over([7, 300], { weights }));
    for (const [i, at] of [7, 300].entries()) {
      const { answer } = byHand.answers[i] as AnswerTo<'weights'>;
      expect(answer).toEqual(await ask(at, question, weights));
    }
  });

  it('of more than 200 epochs, or with more than 4 million numbers, is refused', async () => {
    await trainOn();
    const all = Array.from({ length: 201 }, (_, epoch) => epoch);
    expect(await over(all)).toMatchObject({
      ok: false,
      problems: [{ code: 'epochs-asked', details: { epochs: 201, limit: 200 } }],
    });
    expect(valueIn(await over(all.slice(1))).answers).toHaveLength(200);
    const long = { kind: 'trace', input: 'hello'.repeat(8000) } as const;
    const refused = await over([1, 2, 3, 4], { question: long });
    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'answers-size', details: { epochs: 4 } }],
    });
    expect(codesOf(await over([1, 301]))).toEqual(['epoch-not-there']);
    expect(valueIn(await over([])).answers).toEqual([]);
  });

  it('is given up where that is wanted, or the same is asked anew; a look leaves it alone', async () => {
    await trainOn();
    const all = Array.from({ length: 150 }, (_, i) => 2 * i);
    const [given, kept, looked] = await Promise.all([
      over(all),
      over(all.toReversed()),
      window.checked.lookAt({ runId, at: 9 }),
    ]);
    expect(codesOf(given)).toEqual(['look-cancelled']);
    expect(valueIn(kept).answers).toHaveLength(150);
    expect(looked.ok).toBe(true);
    const cancelled = over(all);
    await window.checked.cancelAskOver();
    expect(codesOf(await cancelled)).toEqual(['look-cancelled']);
    const other = over(all, { question: { kind: 'predict', input: 'hello' } });
    const grouped = over(all, { group: 'history' });
    const ended = over(all, { group: 'path' });
    const own = over(all);
    await window.checked.cancelAskOver('path');
    expect(codesOf(await ended)).toEqual(['look-cancelled']);
    for (const kept of [other, grouped, own]) expect(valueIn(await kept).answers).toHaveLength(150);
  });
});

describe('a batch of an epoch', () => {
  it.each([1, 3, 4])('%i is told as the run had it, or will have it', async (epoch) => {
    const key = 'rnn.weight_hh_l0';
    const story = valueIn(await window.checked.explainBatch({ runId, epoch, batch: 0, keys: [key] }));
    expect(story).toMatchObject({ epoch, batch: 0, batchesPerEpoch: 1, tokens: 5, clip: 1 });
    const columns = story.parameters.find((parameter) => parameter.key === key)!.columns;
    const column = (quantity: string) => columns.find((one) => one.quantity === quantity)!.data;
    const weights = { kind: 'weights', keys: [key] } as const;
    expect(column('value')).toEqual((await ask(epoch - 1, weights))[key]!.data);
    if (epoch < 4) {
      expect(column('valueAfter')).toEqual((await ask(epoch, weights))[key]!.data);
      const [row] = valueIn(await window.api.getEpochs({ runId, since: epoch - 1, limit: 1 }));
      expect(Math.fround(story.gradNorm)).toBe(row!.gradNorm);
      expect(Math.fround(story.loss)).toBe(row!.loss);
    }
    expect(valueIn(await window.api.getRun(runId)).summary.progress.epoch).toBe(3);
  });

  it('that is not there is refused', async () => {
    const codes = async (epoch: number, batch: number, keys: string[] | null = null) =>
      codesOf(await window.checked.explainBatch({ runId, epoch, batch, keys }));
    expect(await codes(5, 0)).toEqual(['epoch-not-there']);
    expect(await codes(1, 1)).toEqual(['unknown-batch']);
    expect(await codes(1, 0, ['rnn'])).toEqual(['unknown-weight']);
    await expect(codes(0, 0)).rejects.toThrow();
  });
});
