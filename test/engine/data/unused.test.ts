import { expect, test } from 'vitest';
import { emptyDraft } from '../../../engine/data/draft.ts';
import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
import { checkExperiment } from '../../../engine/formats/experiment.ts';
import { findTemplate, templateNames } from '../../../engine/templates/templates.ts';

function warningsOf(change: (document: Record<string, never>) => void): string[] {
  const document = {
    format: 'ohlol/experiment',
    version: 1,
    dataset: { task: 'mapping', samples: [{ input: 'ab', target: 'ba' }] },
    model: { hiddenSize: 4, head: 'linear' },
    training: { epochs: 1 },
  };
  change(document as never);
  const checked = checkExperiment(document);
  if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join('\n'));
  return checked.warnings.map(({ message }) => message);
}

test.each([
  [
    'a nonlinearity of another cell',
    { model: { hiddenSize: 4, head: 'linear', cell: 'gru', nonlinearity: 'relu' } },
    ['model.nonlinearity is relu, and the cell is gru; only rnn has a choice, so it does nothing'],
  ],
  [
    'targets of a language model',
    {
      dataset: {
        task: 'language-model',
        samples: [{ input: 'ab' }, { input: 'ab', target: 'x' }, { input: 'ba', target: 'y' }],
      },
    },
    [
      'dataset.samples[1].target is given, and a language model predicts its own input; the target is not read, as are 1 more',
    ],
  ],
  [
    'a window without a text',
    { dataset: { task: 'mapping', sequenceLength: 3, samples: [{ input: 'ab', target: 'ba' }] } },
    [
      "dataset.sequenceLength is 3, and there is no text; only a language model's text is read in windows, so it does nothing",
    ],
  ],
  [
    'two characters as one',
    { dataset: { task: 'mapping', vocabulary: ['a', 'b', 'ab'], samples: [{ input: 'ab', target: 'ba' }] } },
    ['dataset.vocabulary[2] is "ab", and texts are cut into single characters; it never occurs'],
  ],
  [
    'white space in a word',
    {
      dataset: {
        task: 'mapping',
        tokens: 'spaces',
        vocabulary: ['a', 'b', 'a b', ' '],
        samples: [{ input: 'a b', target: 'b a' }],
      },
    },
    [
      'dataset.vocabulary[2] is "a b", and texts are cut into words between white space; it never occurs (one of 2 such tokens)',
      'dataset.vocabulary[3] is " ", and texts are cut into words between white space; it never occurs (one of 2 such tokens)',
    ],
  ],
])('%s is kept and said', (_, parts, sentences) => {
  expect(warningsOf((document) => Object.assign(document, parts))).toEqual(sentences);
});

test('labels are tokens whatever is in them; templates say nothing in vain', () => {
  const dataset = {
    task: 'label',
    samples: [{ input: 'ab', target: 'two words' }],
    targetVocabulary: ['two words', 'b'],
  };
  expect(warningsOf((document) => Object.assign(document, { dataset }))).toEqual([]);
  for (const name of templateNames)
    expect(checkExperiment(findTemplate(name)!)).toMatchObject({ warnings: [] });
});

test('a draft says it of its rows too', () => {
  const draft = emptyDraft();
  const row = { id: 1, input: 'ab', target: 'x', split: 'train', note: '' } as const;
  const made = draftToExperiment({
    ...draft,
    data: { ...draft.data, task: 'language-model' },
    model: { ...draft.model, cell: 'lstm', nonlinearity: 'relu', head: 'linear' },
    rows: [{ ...row, id: 2, target: '' }, row],
  });
  expect(made.ok && made.warnings.map(({ code, path }) => `${code} ${path}`)).toEqual([
    'unused-target rows[1].target',
    'unused-nonlinearity model.nonlinearity',
  ]);
});
