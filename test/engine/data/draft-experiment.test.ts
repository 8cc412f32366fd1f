import { describe, expect, test } from 'vitest';
import { type Draft, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { draftToExperiment, experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { splitSamples } from '../../../engine/data/validation.ts';
import { checkExperiment } from '../../../engine/formats/experiment.ts';
import type { ExperimentDocument, SequenceDataset } from '../../../engine/model/experiment.ts';
import { findTemplate, templateNames } from '../../../engine/templates/templates.ts';

const helloRnn = findTemplate('hello-rnn')!;

function rowsOf(rows: Partial<DraftRow>[]): DraftRow[] {
  return rows.map((row, i) => ({ id: i + 1, input: '', target: '', split: 'train', note: '', ...row }));
}

function codes(draft: Draft): string[] {
  const result = draftToExperiment(draft);
  return result.ok ? [] : result.problems.map(({ code, path }) => `${code} ${path}`);
}

/** The experiment with the samples of its validation fraction listed one by one. */
function withListedValidation(experiment: ExperimentDocument): ExperimentDocument {
  const { dataset } = experiment;
  if (dataset.task === 'shapes') return experiment;
  const { training: samples, validation } = splitSamples(dataset);
  return { ...experiment, dataset: { ...dataset, samples, validation } };
}

describe('a document becomes a draft and the same document again', () => {
  test.each(templateNames)('template %s', (name) => {
    const experiment = withListedValidation(findTemplate(name)!);
    expect(draftToExperiment(experimentToDraft(findTemplate(name)!))).toEqual({
      ok: true,
      value: experiment,
      warnings: [],
    });
    expect(draftToExperiment(experimentToDraft(experiment))).toEqual({
      ok: true,
      value: experiment,
      warnings: [],
    });
  });

  const dataset = helloRnn.dataset as SequenceDataset;
  const others: [string, Partial<SequenceDataset>][] = [
    [
      'a vocabulary in another order',
      { vocabulary: ['o', 'l', 'h', 'e'], targetVocabulary: ['e', 'h', 'l', 'o'] },
    ],
    ['a larger vocabulary', { vocabulary: ['e', 'h', 'l', 'o', 'x'] }],
    ['validation samples', { validation: [{ input: 'hole', target: 'eloh' }] }],
    ['labels', { task: 'label', samples: [{ input: 'hello', target: 'o' }] }],
    ['a text', { task: 'language-model', samples: [], text: 'hello', sequenceLength: 2 }],
    ['language model samples', { task: 'language-model', samples: [{ input: 'hello' }] }],
  ];
  test.each(others)('%s', (_, changed) => {
    const checked = checkExperiment({ ...helloRnn, dataset: { ...dataset, ...changed } });
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(draftToExperiment(experimentToDraft(checked.value))).toEqual(checked);
  });

  test('the vocabulary is frozen only where the rows would give another', () => {
    expect(experimentToDraft(helloRnn).data.vocabularyFrozen).toBe(false);
    const wider = { ...dataset, vocabulary: ['e', 'h', 'l', 'o', 'x'] };
    expect(experimentToDraft({ ...helloRnn, dataset: wider }).data.vocabularyFrozen).toBe(true);
  });

  test('a validation fraction becomes a split of the rows', () => {
    const samples = Array.from({ length: 10 }, () => ({ input: 'hello', target: 'ohlol' }));
    const draft = experimentToDraft({
      ...helloRnn,
      dataset: { ...dataset, samples, validation: { fraction: 0.3, seed: 1 } },
    });
    expect(draft.rows.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(draft.rows.filter(({ split }) => split === 'validation')).toHaveLength(3);
  });
});

describe('what of a draft is run', () => {
  const draft = { ...experimentToDraft(helloRnn) };

  test('rows with a problem or switched off stay out, and the former are warnings', () => {
    const rows = rowsOf([
      { input: 'hello', target: 'ohlol' },
      { input: 'hell', target: 'leh' },
      { input: 'hole', target: 'eloh', split: 'off' },
      { input: 'heel', target: 'leeh', split: 'validation' },
    ]);
    const result = draftToExperiment({ ...draft, rows });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.value.dataset).toMatchObject({
      samples: [{ input: 'hello', target: 'ohlol' }],
      validation: [{ input: 'heel', target: 'leeh' }],
    });
    expect(result.warnings.map(({ code, path }) => [code, path])).toEqual([['unequal-length', 'rows[1]']]);
  });

  test('no usable row is a problem', () => {
    expect(codes(emptyDraft())).toContain('no-usable-row rows');
    const rows = rowsOf([{ input: 'hello', target: '' }]);
    expect(codes({ ...draft, rows })).toEqual(['no-usable-row rows']);
  });

  test('settings are named where they stand, all at once', () => {
    const { model, training } = draft;
    const optimizer = { ...training.optimizer, lr: Number.NaN };
    const wrong = {
      ...draft,
      model: { ...model, hiddenSize: 5 },
      training: { ...training, epochs: 1e9, optimizer },
    };
    expect(codes(wrong)).toEqual([
      'model-hidden-size-head model.hiddenSize',
      'number-range training.epochs',
      'number-range training.optimizer.lr',
    ]);
  });
});
