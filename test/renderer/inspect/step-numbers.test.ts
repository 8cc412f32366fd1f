/** Every number that Step through shows is what the operands that are shown with it give. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askInPieces } from '../../../engine/inspect/question.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type { AnswerTo, Question, QuestionKind } from '../../../engine/questions.ts';
import { type Expression, evaluate, mass } from '../../../renderer/screens/inspect/numbers/expression.ts';
import type { NumberNote } from '../../../renderer/screens/inspect/numbers/notes.svelte.ts';
import {
  type BackwardWords,
  backwardPart,
  backwardParts,
  backwardRow,
  backwardScale,
} from '../../../renderer/screens/inspect/step/backward-rows.ts';
import { cellStories, forwardPart, forwardParts } from '../../../renderer/screens/inspect/step/cell-story.ts';
import { gateRow, outputRow, stateRows } from '../../../renderer/screens/inspect/step/forward-rows.ts';
import {
  cellView,
  logitGradient,
  lossSum,
  type PassView,
  passView,
  probability,
  tokenLoss,
} from '../../../renderer/screens/inspect/step/pass-view.ts';
import type { RowGroup } from '../../../renderer/screens/inspect/step/row.ts';
import { type ModelWithSample, modelsWithSamples } from '../../engine/inspect/random-models.ts';

function ask<Kind extends QuestionKind>(
  { trained }: ModelWithSample,
  question: Extract<Question, { kind: Kind }>,
): AnswerTo<Kind>['answer'] {
  const answered = finish(askInPieces(trained, question));
  if (!answered.ok) throw new Error(answered.problems.map(({ message }) => message).join());
  return answered.value.answer as AnswerTo<Kind>['answer'];
}

const words = new Proxy({} as BackwardWords, { get: () => '' });
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

function notesOf(groups: readonly RowGroup[]): NumberNote[] {
  return groups.flatMap(({ items }) =>
    items.flatMap((item) => {
      if (item.kind === 'sign') return [];
      const { matrix } = item;
      return range(matrix.rows).flatMap((row) =>
        range(matrix.columns).map((column) => {
          const note = matrix.note(row, column);
          // What the read-out says is what the cell shows.
          expect(note.value, note.name).toBe(matrix.value(row, column));
          return note;
        }),
      );
    }),
  );
}

/** Whether what is shown is what its expression gives, up to the rounding of float32. */
function agrees(value: number, expression: Expression): boolean {
  const exact = evaluate(expression);
  return Object.is(value, exact) || Math.abs(value - exact) <= 1e-6 * mass(expression) + 1e-30;
}

function check(note: NumberNote): number {
  if (note.value === null || note.expression === undefined) return 0;
  if (!agrees(note.value, note.expression)) {
    throw new Error(`${note.name} is ${note.value}; its operands give ${evaluate(note.expression)}`);
  }
  return 1;
}

function passOf(given: ModelWithSample, felt: { loss: 'sum' | 'mean'; batchTokens?: number }): PassView {
  const { trained, pair } = given;
  const trace = ask(given, { kind: 'backward-trace', ...pair, step: null, ...felt });
  const { task, vocabulary, targetVocabulary } = trained;
  return passView(
    trained.model,
    { task, vocabulary, targetVocabulary },
    trace,
    ask(given, { kind: 'weights', keys: null }),
  );
}

/** Checks all that can be shown of one direction at one step; returns how many numbers had operands. */
function checkStep(
  given: ModelWithSample,
  pass: PassView,
  layer: number,
  reverse: boolean,
  t: number,
): number {
  const { model } = given.trained;
  const names = range(model.hiddenSize).map(String);
  const view = cellView(pass, layer, reverse, t, names);
  const story = cellStories[model.cell];
  const chooser = { unit: 0, choose() {} };
  const gates = range(view.trace.gateNames.length);
  const { task } = given.trained;
  const asked = { ...given.pair, step: null, loss: 'sum' as const, at: t };
  const running = {
    hh: ask(given, { kind: 'running-gradient', ...asked, key: view.keys.hh }),
    ih: ask(given, { kind: 'running-gradient', ...asked, key: view.keys.ih }),
  };
  const choice = { unit: 0, to: 0, chooseUnit() {}, chooseWeight() {} };
  const rows = [
    ...gates.map((gate) => gateRow(view, story, gate, chooser)),
    ...stateRows(view, story, chooser),
    ...outputRow(pass, view),
    ...gates.flatMap((gate) =>
      backwardRow(pass, view, story, running, { ...choice, gate }, words, backwardScale(view)),
    ),
  ];
  const parts = range(model.hiddenSize).flatMap((unit) => [
    ...forwardParts(view, story).map((part) => forwardPart(view, story, part, unit)),
    ...backwardParts(view).map((part) => backwardPart(pass, view, story, part, unit)),
  ]);
  expect(task).toBe(pass.dataset.task);
  return [...notesOf(rows), ...parts].reduce((count, note) => count + check(note), 0);
}

describe('step through', () => {
  it('shows only numbers that recompute from their operands, for all cells', () => {
    let compared = 0;
    fc.assert(
      fc.property(modelsWithSamples, (given) => {
        const pass = passOf(given, { loss: 'sum' });
        for (const { layer, reverse } of pass.trace.directions) {
          for (const t of range(pass.T)) compared += checkStep(given, pass, layer, reverse, t);
        }
      }),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it('shows the loss, its tokens and their gradients as sums of what is shown', () => {
    fc.assert(
      fc.property(modelsWithSamples, fc.nat({ max: 20 }), (given, others) => {
        const own = given.trained.task === 'label' ? 1 : given.pair.input.length;
        const batchTokens = own + others;
        const pass = passOf(given, { loss: 'mean', batchTokens });
        const { trace, K, V } = pass;
        check({ name: 'L', value: trace.loss, expression: lossSum(pass) });
        for (const k of range(K)) {
          check({ name: `L_${k}`, value: trace.losses[k]!, expression: tokenLoss(pass, k) });
          for (const v of range(V)) {
            const at = k * V + v;
            check({ name: `p[${at}]`, value: trace.probabilities[at]!, expression: probability(pass, k, v) });
            check({ name: `d[${at}]`, value: trace.dLogits[at]!, expression: logitGradient(pass, k, v) });
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
