import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { Dataset, ExperimentDocument, Sample } from '../model/experiment.ts';
import { checkExperimentSense } from './check-experiment.ts';
import { findUnused, unusedTarget } from './check-unused.ts';
import { type Draft, type DraftData, type DraftRow, emptyDraft, type Split } from './draft.ts';
import { draftRowCheck, draftVocabulary } from './draft-problems.ts';
import { documentVersion, onlyUsed } from './later-fields.ts';
import { splitSamples } from './validation.ts';

/**
 * The document that a run of this draft would freeze. Rows that are switched off or have a problem are left out; the
 * latter come back as warnings. Fails with every problem of settings, vocabulary and sizes at once, including the
 * lack of a usable row.
 */
export function draftToExperiment(draft: Draft): Result<ExperimentDocument> {
  const warnings: Problem[] = [];
  const dataset = draftDataset(draft, warnings);
  const { model, training } = draft;
  const experiment: ExperimentDocument = {
    format: 'ohlol/experiment',
    version: documentVersion({ dataset, model, training }),
    name: draft.name,
    dataset,
    model,
    training,
    initialWeights: draft.initialWeights,
  };
  const problems = checkExperimentSense(experiment).map((found) =>
    found.code === 'no-samples' ? noUsableRow(draft) : found,
  );
  if (problems.length > 0) return failure(...problems);
  return success(experiment, [...warnings, ...findUnused(experiment)]);
}

/** The draft's dataset alone, which may not suit its settings; problems of left-out rows are added to `warnings`. */
export function draftDataset(draft: Draft, warnings: Problem[]): Dataset {
  const { task, tokens, shapes, text, sequenceLength, textValidation } = draft.data;
  const others = { ...othersOf(draft.data), ...onlyUsed('dataset', { unknown: draft.data.unknown }) };
  if (task === 'shapes') return shapes ?? defaultShapes;
  const vocabularies = draftVocabulary(draft);
  if (task === 'language-model' && text !== '') {
    const validation = textValidation ?? [];
    return { task, tokens, ...vocabularies, samples: [], validation, text, sequenceLength, ...others };
  }
  const samples: Sample[] = [];
  const validation: Sample[] = [];
  const check = draftRowCheck(draft);
  draft.rows.forEach((row, index) => {
    if (row.split === 'off') return;
    const [first] = check(row, index);
    if (first) warnings.push(first.problem);
    else (row.split === 'train' ? samples : validation).push(toSample(row, task));
  });
  if (task === 'language-model') warnings.push(...unusedTargets(draft.rows));
  return { task, tokens, ...vocabularies, samples, validation, ...others };
}

/** Keys of a document's dataset that the lab does not know. */
function othersOf(data: DraftData): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !Object.hasOwn(draftKeys, key)));
}

const draftKeys: Record<keyof DraftData, true> = {
  task: true,
  tokens: true,
  vocabulary: true,
  targetVocabulary: true,
  vocabularyFrozen: true,
  shapes: true,
  unknown: true,
  text: true,
  textValidation: true,
  sequenceLength: true,
};

const defaultShapes: Dataset = {
  task: 'shapes',
  inputSize: 4,
  sequenceLength: 3,
  batchSize: 1,
  call: 'sequence',
};

function toSample({ input, target }: DraftRow, task: Draft['data']['task']): Sample {
  return task === 'language-model' ? { input } : { input, target };
}

function unusedTargets(rows: readonly DraftRow[]): Problem[] {
  const isUnused = (row: DraftRow) => row.split !== 'off' && row.target !== '';
  const first = rows.findIndex(isUnused);
  return first === -1 ? [] : [unusedTarget(`rows[${first}].target`, rows.filter(isUnused).length)];
}

function noUsableRow(draft: Draft): Problem {
  const rows = draft.rows.length;
  const message =
    rows === 0
      ? 'rows: there are none; training needs at least 1'
      : `rows: none of ${rows} can be trained on; at least 1 must be in split train and without a problem`;
  return problem('no-usable-row', 'rows', message, { rows });
}

/**
 * The draft that edits this experiment. `draftToExperiment` gives the document back, with two exceptions: a
 * validation fraction becomes a split of the rows, and unknown keys that a draft has no place for are left out
 * ({@link draftWarnings} names them). The vocabulary is frozen only where the rows alone would give another.
 */
export function experimentToDraft(experiment: ExperimentDocument): Draft {
  const { name, dataset, model, training, initialWeights } = structuredClone(experiment);
  const empty = emptyDraft();
  if (dataset.task === 'shapes') {
    const data = { ...empty.data, task: dataset.task, shapes: dataset };
    return { ...empty, name, data, model, training, initialWeights };
  }
  const { task, tokens, vocabulary, targetVocabulary, samples, validation, unknown, ...others } = dataset;
  const shared = sameList(vocabulary, targetVocabulary);
  const draft: Draft = {
    name,
    data: {
      ...others,
      task,
      tokens,
      vocabulary,
      targetVocabulary: shared ? null : targetVocabulary,
      vocabularyFrozen: false,
      shapes: null,
      text: dataset.text ?? '',
      ...(Array.isArray(validation) || dataset.text === undefined ? {} : { textValidation: validation }),
      ...onlyUsed('dataset', { unknown }),
      sequenceLength: dataset.sequenceLength ?? empty.data.sequenceLength,
    },
    rows: splitRows(dataset),
    model,
    training,
    initialWeights,
  };
  const followed = draftVocabulary(draft);
  const follows =
    sameList(followed.vocabulary, vocabulary) && sameList(followed.targetVocabulary, targetVocabulary);
  return follows ? draft : { ...draft, data: { ...draft.data, vocabularyFrozen: true } };
}

/**
 * A reader's warnings about an experiment that becomes a draft. They say that an unknown key of a sample, of a
 * validation fraction or of the document itself is left out.
 */
export function draftWarnings({ dataset }: ExperimentDocument, warnings: readonly Problem[]): Problem[] {
  return warnings.map((found) => {
    if (found.code !== 'unknown-key' || isKept(found, dataset.task)) return found;
    const message = `${found.path} is not a key of this format; a project has no place for it, and it was left out`;
    return problem('unknown-key-left-out', found.path, message, found.details);
  });
}

function isKept({ path, details: { key } }: Problem, task: Dataset['task']): boolean {
  // The key is the document's own; any text may be a key.
  if (path === key) return false;
  if (!path.startsWith('dataset.') || task === 'shapes') return true;
  return path === `dataset.${key}` && !Object.hasOwn(draftKeys, String(key));
}

function splitRows(dataset: Exclude<Dataset, { task: 'shapes' }>): DraftRow[] {
  const { training, validation } = splitSamples(dataset);
  const ordered = Array.isArray(dataset.validation) ? training.concat(validation) : dataset.samples;
  const held = new Set(validation);
  return ordered.map((sample, index) => {
    const split: Split = held.has(sample) ? 'validation' : 'train';
    return { id: index + 1, input: sample.input, target: sample.target ?? '', split, note: '' };
  });
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}
