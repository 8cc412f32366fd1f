/** Each template teaches what it claims: it is run unchanged, to its end. */
import { describe, expect, test } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { isBalanced } from '../../../engine/data/makers/brackets.ts';
import { generate } from '../../../engine/inspect/generate.ts';
import { trainedModel } from '../../../engine/inspect/trained.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { CellName } from '../../../engine/model/spec.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { createTrainer, type Trainer } from '../../../engine/training/trainer.ts';

/** Runs the template to its end, with another cell where one is given. */
function run(name: string, cell?: CellName): { trainer: Trainer; rows: EpochRow[] } {
  const experiment = findTemplate(name) as SequenceExperiment;
  if (cell !== undefined) experiment.model.cell = cell;
  const made = createTrainer(experiment, null);
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const rows: EpochRow[] = [];
  for (let row = made.value.stepEpoch(); row !== null; row = made.value.stepEpoch()) rows.push(row);
  return { trainer: made.value, rows };
}

test('reverse-words: what is heard is said from its end, of unheard words too', () => {
  const { rows } = run('reverse-words');
  expect(rows.at(-1)!.accuracy).toBeGreaterThan(0.98);
  expect(rows.at(-1)!.validationAccuracy).toBeGreaterThan(0.9);
});

describe('delayed-echo', () => {
  /** The loss of guessing: of the 21 tokens only the letter is unknown, one of eight. */
  const guessing = Math.log(8) / 21;

  test('the plain cell never says a letter but by chance', () => {
    const { rows } = run('delayed-echo');
    expect(rows).toHaveLength(300);
    expect(Math.abs(rows.at(-1)!.loss / guessing - 1)).toBeLessThan(0.05);
    expect(Math.max(...rows.map(({ accuracy }) => accuracy))).toBeLessThanOrEqual(1 - 5 / (8 * 21));
  });

  test('GRU remembers', () => {
    const { trainer, rows } = run('delayed-echo', 'gru');
    expect(trainer.state()).toEqual({ status: 'finished', reason: 'right-for' });
    expect(rows.at(-1)!.loss).toBeLessThan(guessing / 2);
  });
});

test('names: tells languages of unheard names apart, and then learns the others by heart', () => {
  const { rows } = run('names');
  const last = rows.at(-1)!;
  expect(last.accuracy).toBeGreaterThan(0.95);
  expect(last.validationAccuracy).toBeGreaterThan(0.5);
  const least = rows.reduce((best, row) => (row.validationLoss! < best.validationLoss! ? row : best));
  expect(least.epoch).toBeLessThan(20);
});

test('brackets: most of what it makes is balanced', () => {
  const { trainer } = run('brackets');
  const { model, dataset } = trainer.experiment;
  const trained = trainedModel({ ...dataset, model, weights: trainer.weights() });
  const made = generate(trained, { prompt: ' ', length: 3000, temperature: 1, seed: 0 });
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const strings = made.value.text.split(' ').slice(1, -1);
  const balanced = strings.filter((text) => isBalanced(text, ['()', '[]']));
  expect(strings.length).toBeGreaterThan(200);
  expect(balanced.length / strings.length).toBeGreaterThan(0.85);
});
