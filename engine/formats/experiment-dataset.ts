import { laterFields, onlyUsed } from '../data/later-fields.ts';
import { targetTokens } from '../data/samples.ts';
import { splitTokens } from '../data/tokens.ts';
import { heldText } from '../data/validation.ts';
import { vocabularyOf, vocabularyWith } from '../data/vocabulary.ts';
import type { Dataset, Sample, SequenceDataset, ShapesDataset } from '../model/experiment.ts';
import { Fields, type Findings, isObject, wrongType } from './fields.ts';

const emptyDataset: SequenceDataset = {
  task: 'mapping',
  tokens: 'characters',
  vocabulary: [],
  targetVocabulary: [],
  samples: [],
  validation: [],
};

/** Reads the `dataset` of an experiment: types and defaults only. checkDataset checks the contents. */
export function readDataset(document: Fields, findings: Findings): Dataset {
  const value = document.take('dataset');
  if (value === undefined) {
    document.missing('dataset', 'an object');
    return emptyDataset;
  }
  const fields = Fields.of(value, 'dataset', findings);
  if (fields === null) return emptyDataset;
  const task = fields.choice('task', ['mapping', 'label', 'language-model', 'shapes']);
  return task === 'shapes' ? readShapes(fields) : readSequences(fields, task, findings);
}

function readShapes(fields: Fields): ShapesDataset {
  return {
    task: 'shapes',
    inputSize: fields.number('inputSize'),
    sequenceLength: fields.number('sequenceLength'),
    batchSize: fields.number('batchSize', 1),
    call: fields.choice('call', ['cell', 'sequence'], 'sequence'),
    ...fields.unknown(),
  };
}

function readSequences(fields: Fields, task: SequenceDataset['task'], findings: Findings): SequenceDataset {
  const tokens = fields.choice('tokens', ['characters', 'spaces'], 'characters');
  const vocabulary = fields.has('vocabulary') ? fields.texts('vocabulary') : null;
  const targetVocabulary = fields.has('targetVocabulary') ? fields.texts('targetVocabulary') : null;
  const text = fields.has('text') ? { text: fields.text('text') } : {};
  const window = fields.has('sequenceLength') ? { sequenceLength: fields.number('sequenceLength') } : {};
  const hasText = task === 'language-model' && text.text !== undefined;
  const samples = readSamples(fields.list('samples', hasText ? [] : undefined), 'dataset.samples', findings);
  const validation = readValidation(fields.take('validation'), hasText, findings);
  const given = { unknown: fields.choice('unknown', ['refuse', '<unk>'], laterFields.dataset.unknown) };
  const unknown = onlyUsed('dataset', given);
  const sequences = { task, tokens, samples, validation, ...text, ...unknown };
  const vocabularies = fillVocabularies(sequences, vocabulary, targetVocabulary);
  const rest = fields.unknown();
  return { task, tokens, ...vocabularies, samples, validation, ...text, ...window, ...unknown, ...rest };
}

/**
 * Fills in vocabularies that the document leaves out: the tokens of the inputs (of text, samples and validation),
 * and of the targets where they share the vocabulary, sorted by code point, after `<unk>` where that stands for
 * others.
 */
function fillVocabularies(
  dataset: Omit<SequenceDataset, 'vocabulary' | 'targetVocabulary'>,
  vocabulary: string[] | null,
  targetVocabulary: string[] | null,
): Pick<SequenceDataset, 'vocabulary' | 'targetVocabulary'> {
  if (vocabulary !== null) return { vocabulary, targetVocabulary: targetVocabulary ?? vocabulary };
  const { task, tokens: unit, samples, validation, text } = dataset;
  const all = Array.isArray(validation) ? samples.concat(validation) : samples;
  const held = heldText(validation);
  const sequences = all.map((sample) => splitTokens(sample.input, unit));
  for (const whole of [text, held]) if (whole !== undefined) sequences.push(splitTokens(whole, unit));
  if (targetVocabulary === null) {
    for (const sample of all) sequences.push(targetTokens(sample.target, task, unit));
  }
  const found = vocabularyWith(vocabularyOf(sequences), dataset.unknown);
  return { vocabulary: found, targetVocabulary: targetVocabulary ?? found };
}

function readSamples(list: unknown[], path: string, findings: Findings): Sample[] {
  return list.map((value, i) => {
    // Most samples are sound; only the others need a path.
    if (isPlainSample(value)) return value;
    const fields = Fields.of(value, `${path}[${i}]`, findings);
    if (fields === null) return { input: '' };
    const input = fields.text('input');
    const target = fields.has('target') ? { target: fields.text('target') } : {};
    return { input, ...target, ...fields.unknown() };
  });
}

function isPlainSample(value: unknown): value is Sample {
  if (!isObject(value) || typeof value.input !== 'string') return false;
  const keys = Object.keys(value).length;
  return keys === 1 || (keys === 2 && typeof value.target === 'string');
}

function readValidation(value: unknown, ofText: boolean, findings: Findings): SequenceDataset['validation'] {
  const path = 'dataset.validation';
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return readSamples(value, path, findings);
  if (!isObject(value)) {
    const needs = ofText
      ? '{"fraction": 0.1} or {"text": "…"}'
      : 'a list of samples or {"fraction": 0.1, "seed": 0}';
    findings.add(wrongType(path, value, needs));
    return [];
  }
  const fields = Fields.of(value, path, findings)!;
  if (fields.has('text')) return { text: fields.text('text'), ...fields.unknown() };
  const fraction = fields.number('fraction');
  // Only samples are drawn at random; a text always holds back its last part.
  if (ofText) return { fraction, ...fields.unknown() };
  return { fraction, seed: fields.number('seed', 0), ...fields.unknown() };
}
