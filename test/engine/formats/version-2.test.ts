/**
 * The settings that came with version 2 of the document: in documents, drafts, undo steps, weights and
 * answers.
 */

import * as v from 'valibot';
import { describe, expect, it, test } from 'vitest';
import type { Draft, DraftEdit } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { draftToExperiment, experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { draftVocabulary } from '../../../engine/data/draft-problems.ts';
import { unknownEdit } from '../../../engine/data/vocabulary-edits.ts';
import { checkExperiment, parseExperiment, writeExperiment } from '../../../engine/formats/experiment.ts';
import { checkHeader } from '../../../engine/formats/header.ts';
import { loadSnippet } from '../../../engine/formats/pytorch-load.ts';
import { readSafetensors, writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { parseWeights, weightsDocument, writeWeights } from '../../../engine/formats/weights.ts';
import { generate } from '../../../engine/inspect/generate.ts';
import { findGradients } from '../../../engine/inspect/gradients.ts';
import { predict } from '../../../engine/inspect/predict.ts';
import { trainedModel } from '../../../engine/inspect/trained.ts';
import type { ExperimentDocument, SequenceDataset } from '../../../engine/model/experiment.ts';
import { draftEditSchema, draftSchema } from '../../../main/project/draft-schema.ts';
import { type Changes, experiment, trainer, wheat } from '../documents.ts';

const head = { head: 'linear' } as const;
const words: Partial<SequenceDataset> = { task: 'mapping', samples: [{ input: 'abz', target: 'zba' }] };
const unknown: Partial<SequenceDataset> = { ...words, vocabulary: ['<unk>', 'a', 'b'], unknown: '<unk>' };

/** For each new setting, a document that uses it, and the changes that remove it again. */
const uses: Record<string, { changes: Changes; without: Changes }> = {
  'validation, a part of a text': {
    changes: { dataset: { ...wheat, validation: { fraction: 0.2 } }, model: head },
    without: { dataset: wheat, model: head },
  },
  'validation, another text': {
    changes: { dataset: { ...wheat, validation: { text: 'the heat' } }, model: head },
    without: { dataset: wheat, model: head },
  },
  unknown: {
    changes: { dataset: unknown, model: head },
    without: {
      dataset: { ...unknown, vocabulary: ['<unk>', 'a', 'b', 'z'], unknown: 'refuse' },
      model: head,
    },
  },
  carryState: {
    changes: { dataset: wheat, model: head, training: { carryState: false } },
    without: { dataset: wheat, model: head, training: { carryState: true } },
  },
  restoreBest: {
    changes: { training: { restoreBest: true } },
    without: { training: { restoreBest: false } },
  },
  call: { changes: { model: { call: 'cell' } }, without: { model: { call: 'sequence' } } },
};

describe.each(Object.entries(uses))('%s', (_, { changes, without }) => {
  const document = experiment(changes);
  const plain = experiment(without);

  it('makes the document one of version 2, and its absence or default one of version 1', () => {
    expect([document.version, plain.version]).toEqual([2, 1]);
    const text = writeExperiment(plain);
    expect(text).not.toMatch(/carryState|restoreBest|"call"|"unknown"|fraction/);
  });

  it('is written, read and written again as the same bytes', () => {
    const text = writeExperiment(document);
    const read = parseExperiment(text);
    expect(read).toMatchObject({ ok: true, warnings: [], value: document });
    expect(read.ok && writeExperiment(read.value)).toBe(text);
  });

  it('is refused by a reader of version 1, and said where the document says version 1', () => {
    expect(checkHeader(document, 'ohlol/experiment', 'an experiment')?.message).toBe(
      'version is 2; this program reads version 1, a newer one may read it',
    );
    const read = checkExperiment({ ...document, version: 1 });
    expect(read).toMatchObject({ ok: true, value: { version: 2 } });
    expect(read.ok && read.warnings.map(({ code }) => code)).toContain('fields-of-newer-version');
  });

  it('stays in the draft and in what a run of it freezes', () => {
    const draft = experimentToDraft(document);
    expect(v.parse(draftSchema, JSON.parse(JSON.stringify(draft)))).toEqual(draft);
    const frozen = draftToExperiment(draft);
    expect(frozen).toMatchObject({ ok: true, value: document });
  });

  it('is an edit of the draft that undo takes back to the very draft, and redo makes again', () => {
    const [before, after] = [experimentToDraft(plain), experimentToDraft(document)];
    const edit = difference(before, after);
    expect(v.parse(draftEditSchema, JSON.parse(JSON.stringify(edit)))).toEqual(edit);
    const done = applyEdit(before, edit);
    expect(done.draft).toEqual(after);
    const undone = applyEdit(done.draft, JSON.parse(JSON.stringify(done.inverse)) as DraftEdit);
    expect(undone.draft).toStrictEqual(before);
    expect(applyEdit(undone.draft, undone.inverse).draft).toStrictEqual(done.draft);
  });
});

/** The edit that turns one draft's settings into the other's. */
function difference(before: Draft, after: Draft): DraftEdit {
  const patches = (['data', 'model', 'training'] as const).map((kind) => {
    const was = before[kind] as unknown as Record<string, unknown>;
    const changed = Object.entries(after[kind]).filter(([key, value]) => was[key] !== value);
    return { kind, patch: Object.fromEntries(changed) } as DraftEdit;
  });
  return { kind: 'all', edits: patches };
}

const sentences: [string, Partial<ExperimentDocument> | Record<string, unknown>, string][] = [
  [
    'a cell of two layers',
    { model: { ...experiment().model, call: 'cell', numLayers: 2 } },
    'model.call is cell, and the model has 2 layers; nn.RNNCell is one layer in one direction',
  ],
  [
    'a cell of two directions',
    { model: { ...experiment().model, call: 'cell', bidirectional: true, head: 'linear', cell: 'gru' } },
    'model.call is cell, and the model has two directions; nn.GRUCell is one layer in one direction',
  ],
  [
    'no token for others',
    { dataset: { ...words, vocabulary: ['a', 'b', 'z'], unknown: '<unk>' } },
    'dataset.unknown is "<unk>", and dataset.vocabulary has no token "<unk>" among its 3 tokens; add it, or choose "refuse"',
  ],
  [
    'a text beside samples',
    { dataset: { ...words, validation: { text: 'ab' } } },
    'dataset.validation.text is given, and dataset.samples has 1; a text is held back only of a text',
  ],
  [
    'samples beside a text',
    { dataset: { ...wheat, validation: [{ input: 'the' }] } },
    'dataset.validation is a list of samples, and there is a text; of a text a {"fraction"} or another {"text"} is held back',
  ],
  [
    'a part of one token',
    { dataset: { ...wheat, text: 'the hare', validation: { fraction: 0.1 } } },
    'dataset.validation.fraction is 0.1, which cuts a text of 8 tokens into 7 to train on and 1 held back; each part needs 2 or more',
  ],
  [
    'a part that is none',
    { dataset: { ...wheat, text: 'the hare', validation: { fraction: 0.01 } } },
    'dataset.validation.fraction is 0.01, which holds back none of 8 tokens; leave it out or give more',
  ],
  [
    'a text of one token',
    { dataset: { ...wheat, validation: { text: 't' } } },
    'dataset.validation.text has 1 token; a language model needs 2 or more to predict the next from the one before',
  ],
  [
    'a token that only the held text has',
    { dataset: { ...wheat, vocabulary: [...new Set(wheat.text)], validation: { text: 'the hat!' } } },
    `dataset.validation.text: token "!" at position 8 is not in the vocabulary of ${new Set(wheat.text).size} tokens`,
  ],
  [
    'a kind that is none',
    { dataset: { ...wheat, validation: 3 } },
    'dataset.validation is 3; it must be {"fraction": 0.1} or {"text": "…"}',
  ],
  [
    'more streams than what is left feeds',
    {
      dataset: { ...wheat, text: 'the hare and', validation: { fraction: 0.5 } },
      training: { ...experiment().training, batchSize: 8 },
    },
    'training.batchSize is 8, dataset.text has 6 tokens to train on; each stream needs at least 1 token and the one after it',
  ],
];

test.each(sentences)('%s is refused with both sides', (_, parts, sentence) => {
  const read = checkExperiment({ ...experiment(), model: { ...experiment().model, ...head }, ...parts });
  expect(read.ok ? [] : read.problems.map(({ message }) => message)).toContain(sentence);
});

test('a state that nothing carries is said', () => {
  const read = checkExperiment({
    ...experiment(),
    training: { ...experiment().training, carryState: false },
  });
  expect(read.ok && read.warnings.map(({ code }) => code)).toContain('unused-carry-state');
});

describe('<unk>', () => {
  const changes = {
    dataset: unknown,
    model: { ...head, hiddenSize: 5 },
  };
  const document = weightsDocument(experiment(changes), trainer(changes).weights(), null);

  it('is read for each token outside the vocabulary, and is no impossible token', () => {
    const read = parseWeights(writeWeights(document));
    expect(read).toMatchObject({ ok: true, warnings: [], value: { kind: 'document', document } });
    expect(document.version).toBe(2);
    const answers = ['aqb', 'a?b', 'a床b'].map((input) => predict(trainedModel(document), { input }));
    expect(answers.map((answer) => answer.ok && answer.value.logits)).toEqual(
      Array(3).fill(answers[0]!.ok && answers[0]!.value.logits),
    );
    const gone = predict(trainedModel({ ...document, unknown: 'refuse' }), { input: 'aqb' });
    expect(gone).toMatchObject({ ok: false, problems: [{ code: 'unknown-token' }] });
  });

  it('goes with safetensors', () => {
    const read = readSafetensors(writeSafetensors(document));
    expect(read).toMatchObject({ ok: true, value: { document: { unknown: '<unk>', version: 2 } } });
  });

  it('stands for what a prompt, a pair and the Python snippet have of others', () => {
    const text = {
      ...changes,
      dataset: { ...wheat, vocabulary: ['<unk>', ...'theanw '], unknown: '<unk>' as const },
    };
    const model = trainedModel(weightsDocument(experiment(text), trainer(text).weights(), null));
    const made = generate(model, { prompt: 'the Q', length: 4, temperature: 0, seed: 0 });
    expect(made.ok && made.value.text.startsWith('the Q')).toBe(true);
    const pair = findGradients(trainedModel(document), { input: 'aqb', target: 'qab', step: null });
    expect(pair).toMatchObject({ ok: true });
    expect(loadSnippet(experiment(changes), 'w.json')).toContain('index.get(token, index["<unk>"])');
  });

  it('comes before the tokens of a vocabulary that follows the data, and into a frozen one', () => {
    const { dataset } = experiment({
      dataset: { ...words, unknown: '<unk>' },
      model: head,
    });
    expect(dataset.vocabulary).toEqual(['<unk>', 'a', 'b', 'z']);
    const followed = experimentToDraft(experiment({ dataset: { ...words }, model: head }));
    const frozen = {
      ...followed,
      data: {
        ...followed.data,
        ...draftVocabulary(followed),
        targetVocabulary: null,
        vocabularyFrozen: true,
      },
    };
    for (const draft of [followed, frozen]) {
      const { draft: after } = applyEdit(draft, unknownEdit(draft, '<unk>'));
      expect(draftVocabulary(after).vocabulary).toEqual(['<unk>', 'a', 'b', 'z']);
      expect(draftToExperiment(after)).toMatchObject({ ok: true, value: { version: 2 } });
    }
  });

  it('takes targets only where their vocabulary has it', () => {
    const own = {
      ...words,
      samples: [{ input: 'ab', target: 'xy' }],
      vocabulary: ['<unk>', 'a'],
      unknown: '<unk>',
    };
    const base = experiment({ model: head });
    const without = checkExperiment({ ...base, dataset: { ...own, targetVocabulary: ['x'] } });
    expect(without).toMatchObject({ ok: false, problems: [{ code: 'unknown-token' }] });
    const withIt = checkExperiment({ ...base, dataset: { ...own, targetVocabulary: ['x', '<unk>'] } });
    expect(withIt).toMatchObject({ ok: true });
  });
});
