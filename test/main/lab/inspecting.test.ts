/** What a window asks of a real run's weights: as they were, and as they would be with numbers set by hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WeightPatch } from '../../../engine/api.ts';
import type { AnswerTo, Question, QuestionKind } from '../../../engine/questions.ts';
import type { Moment } from '../../../main/api.ts';
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
  at: Moment,
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
