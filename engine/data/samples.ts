import { type Problem, problem, quote, shorten } from '../errors.ts';
import type { Sample, SequenceDataset, TokenUnit } from '../model/experiment.ts';
import { countSplitTokens, splitTokens } from './tokens.ts';
import type { TokenIndex } from './vocabulary.ts';

export type SequenceTask = SequenceDataset['task'];

/**
 * The tokens of a sample's target. A label is one token whatever its length (`female` among `female`, `male`); a
 * language model's sample has no target.
 */
export function targetTokens(target: string | undefined, task: SequenceTask, unit: TokenUnit): string[] {
  if (task === 'language-model' || target === undefined || target === '') return [];
  return task === 'label' ? [target] : splitTokens(target, unit);
}

/** What a sample is checked against; a null index accepts every token. */
export interface SampleRules {
  task: SequenceTask;
  unit: TokenUnit;
  vocabulary: TokenIndex | null;
  targetVocabulary: TokenIndex | null;
}

export interface SampleProblem {
  field: 'input' | 'target';
  /**
   * Index of the token that is wrong, from 0. For an unequal length, the first index that one side lacks; null: the
   * whole field.
   */
  tokenIndex: number | null;
  problem: Problem;
}

/** Most marks in one field: a row of ten thousand wrong tokens is one mistake, and more marks help nobody. */
const marksPerField = 20;

/**
 * Every problem of a sample for its task: no tokens, a target of another length (mapping), too few tokens to predict
 * the next (language model), tokens outside the vocabulary. `path` is where the sample stands in its document; each
 * sentence begins with it.
 */
export function sampleProblems(sample: Sample, rules: SampleRules, path: string): SampleProblem[] {
  const { task, unit } = rules;
  const inputCount = countSplitTokens(sample.input, unit);
  if (inputCount === 0) return [emptyField('input', path)];
  const found: SampleProblem[] = [];
  if (task === 'mapping') {
    const targetCount = countSplitTokens(sample.target ?? '', unit);
    if (targetCount !== inputCount) {
      const message = `${path}: input has ${countTokens(inputCount)}, target has ${targetCount}; a mapping needs as many`;
      const details = { inputTokens: inputCount, targetTokens: targetCount };
      found.push({
        field: 'target',
        tokenIndex: Math.min(inputCount, targetCount),
        problem: problem('unequal-length', path, message, details),
      });
    }
  } else if (task === 'label' && (sample.target ?? '') === '') {
    found.push(emptyField('target', path));
  } else if (task === 'language-model' && inputCount < 2) {
    const message = `${path}: input has 1 token; a language model needs 2 or more to predict the next from the one before`;
    found.push({ field: 'input', tokenIndex: 0, problem: problem('too-short', path, message) });
  }
  // Without a vocabulary, tokens are only counted, which is faster than splitting.
  if (rules.vocabulary) pushUnknown(found, splitTokens(sample.input, unit), rules.vocabulary, 'input', path);
  if (rules.targetVocabulary) {
    pushUnknown(found, targetTokens(sample.target, task, unit), rules.targetVocabulary, 'target', path);
  }
  return found;
}

function emptyField(field: 'input' | 'target', path: string): SampleProblem {
  const at = `${path}.${field}`;
  return {
    field,
    tokenIndex: null,
    problem: problem(`empty-${field}`, at, `${at} has no tokens; a sample needs at least 1`),
  };
}

function pushUnknown(
  found: SampleProblem[],
  tokens: string[],
  index: TokenIndex,
  field: 'input' | 'target',
  path: string,
): void {
  let marks = 0;
  for (let t = 0; t < tokens.length && marks < marksPerField; t++) {
    const token = tokens[t]!;
    if (index.has(token)) continue;
    marks++;
    const at = `${path}.${field}`;
    const message = `${at}: token ${quote(token)} at position ${t + 1} is not in the vocabulary of ${countTokens(index.size)}`;
    const details = { token: shorten(token), position: t + 1, vocabularySize: index.size };
    found.push({ field, tokenIndex: t, problem: problem('unknown-token', at, message, details) });
  }
}

export function countTokens(count: number): string {
  return count === 1 ? '1 token' : `${count} tokens`;
}
