import { type Problem, problem, quote } from '../errors.ts';
import type { ExperimentDocument, SequenceDataset, TokenUnit, TrainingSpec } from '../model/experiment.ts';
import type { ModelSpec } from '../model/spec.ts';
import { splitTokens } from './tokens.ts';
import { type UnknownRule, unknownToken } from './vocabulary.ts';

/** Most tokens named where many cannot occur; the first ones. */
const listedTokens = 10;

/**
 * Warnings about parts of a runnable experiment that have no effect: a setting of another cell, targets that nothing
 * reads, tokens that no text is cut into. The document keeps them all.
 */
export function findUnused({ dataset, model, training }: ExperimentDocument): Problem[] {
  const found = findUnusedOfModel(model);
  if (dataset.task === 'shapes') return found;
  return [
    ...found,
    ...unusedTargets(dataset),
    ...unusedWindow(dataset),
    ...unusedCarry(dataset, training),
    ...findImpossibleTokens(dataset, dataset.task, 'dataset.'),
  ];
}

export function findUnusedOfModel({ cell, nonlinearity }: ModelSpec): Problem[] {
  if (cell === 'rnn' || nonlinearity === 'tanh') return [];
  const message = `model.nonlinearity is ${nonlinearity}, and the cell is ${cell}; only rnn has a choice, so it does nothing`;
  return [problem('unused-nonlinearity', 'model.nonlinearity', message, { nonlinearity, cell })];
}

function unusedTargets({ task, samples, validation }: SequenceDataset): Problem[] {
  if (task !== 'language-model') return [];
  const lists = [
    { path: 'dataset.samples', list: samples },
    { path: 'dataset.validation', list: Array.isArray(validation) ? validation : [] },
  ];
  return lists.flatMap(({ path, list }) => {
    const first = list.findIndex(({ target }) => target !== undefined && target !== '');
    if (first === -1) return [];
    const count = list.filter(({ target }) => target !== undefined && target !== '').length;
    return [unusedTarget(`${path}[${first}].target`, count)];
  });
}

/** `count` includes the target at the path. */
export function unusedTarget(path: string, count: number): Problem {
  const more = count > 1 ? `, as are ${count - 1} more` : '';
  const message = `${path} is given, and a language model predicts its own input; the target is not read${more}`;
  return problem('unused-target', path, message, { count });
}

function unusedWindow({ task, text, sequenceLength }: SequenceDataset): Problem[] {
  if (sequenceLength === undefined || (task === 'language-model' && text !== undefined)) return [];
  const at = 'dataset.sequenceLength';
  const message = `${at} is ${sequenceLength}, and there is no text; only a language model's text is read in windows, so it does nothing`;
  return [problem('unused-sequence-length', at, message, { value: sequenceLength })];
}

function unusedCarry({ task, text }: SequenceDataset, { carryState }: TrainingSpec): Problem[] {
  if (carryState !== false || (task === 'language-model' && text !== undefined)) return [];
  const at = 'training.carryState';
  const message = `${at} is false, and there is no text; samples start afresh anyway, so it does nothing`;
  return [problem('unused-carry-state', at, message)];
}

interface Vocabularies {
  tokens: TokenUnit;
  vocabulary: readonly string[];
  targetVocabulary: readonly string[];
  unknown?: UnknownRule;
}

/** Warnings about tokens of a vocabulary that no text is ever cut into: `ab` among characters, `a b` among words. */
export function findImpossibleTokens(
  { tokens, vocabulary, targetVocabulary, unknown }: Vocabularies,
  task: SequenceDataset['task'],
  path = '',
): Problem[] {
  const found = impossibleTokens(vocabulary, tokens, unknown, `${path}vocabulary`);
  const isShared =
    vocabulary.length === targetVocabulary.length &&
    vocabulary.every((token, i) => token === targetVocabulary[i]);
  // A label is one token, whatever it contains.
  if (isShared || task === 'label') return found;
  return [...found, ...impossibleTokens(targetVocabulary, tokens, unknown, `${path}targetVocabulary`)];
}

function impossibleTokens(
  vocabulary: readonly string[],
  unit: TokenUnit,
  unknown: UnknownRule | undefined,
  path: string,
): Problem[] {
  // The token that stands for all others is used however texts are cut.
  const isRead = (token: string) => isToken(token, unit) || (unknown === '<unk>' && token === unknownToken);
  const places = vocabulary.flatMap((token, i) => (isRead(token) ? [] : [i]));
  return places.slice(0, listedTokens).map((i) => {
    const at = `${path}[${i}]`;
    const token = vocabulary[i]!;
    const others = places.length > 1 ? ` (one of ${places.length} such tokens)` : '';
    const cut = unit === 'characters' ? 'single characters' : 'words between white space';
    const message = `${at} is ${quote(token)}, and texts are cut into ${cut}; it never occurs${others}`;
    return problem('impossible-token', at, message, { token, unit, count: places.length });
  });
}

function isToken(token: string, unit: TokenUnit): boolean {
  const cut = splitTokens(token, unit);
  return cut.length === 1 && cut[0] === token;
}
