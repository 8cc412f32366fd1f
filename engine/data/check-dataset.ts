import { type Problem, problem, quote } from '../errors.ts';
import type { Dataset, Sample, SequenceDataset, ShapesDataset } from '../model/experiment.ts';
import { dataLimits as limits } from './limits.ts';
import { checkRange, group } from './ranges.ts';
import { countTokens, type SampleRules, sampleProblems } from './samples.ts';
import { type TextTokens, textTokens } from './text-tokens.ts';
import { heldBack } from './validation.ts';
import { indexTokens, unknownToken } from './vocabulary.ts';

/** Most problems listed of a document that has very many; the first ones say enough. */
export const listedProblems = 100;

/** Every problem of a dataset by itself, with at most `listedProblems` for each list of samples. */
export function checkDataset(dataset: Dataset, path = 'dataset'): Problem[] {
  if (dataset.task === 'shapes') return checkShapes(dataset, path);
  const found = checkVocabulary(dataset.vocabulary, `${path}.vocabulary`);
  if (dataset.targetVocabulary !== dataset.vocabulary) {
    found.push(...checkVocabulary(dataset.targetVocabulary, `${path}.targetVocabulary`));
  }
  found.push(...checkUnknownRule(dataset, `${path}.`));
  const inText = dataset.task === 'language-model' && dataset.text !== undefined;
  found.push(...(inText ? checkText(dataset, path) : checkSamples(dataset, path)));
  if (!inText && dataset.text !== undefined) {
    const message = `${path}.text is given with task ${dataset.task}; only a language-model reads a text`;
    found.push(problem('text-without-language-model', `${path}.text`, message, { task: dataset.task }));
  }
  if (dataset.task === 'language-model' && !equalLists(dataset.vocabulary, dataset.targetVocabulary)) {
    const at = `${path}.targetVocabulary`;
    const message = `${at} differs from ${path}.vocabulary; a language model predicts tokens of its own vocabulary`;
    found.push(problem('language-model-vocabularies', at, message));
  }
  return found;
}

/** Checks that the vocabulary has the token that stands for all others. `path` is the prefix of the keys. */
export function checkUnknownRule(
  { vocabulary, unknown }: Pick<SequenceDataset, 'vocabulary' | 'unknown'>,
  path: string,
): Problem[] {
  if (unknown !== '<unk>' || vocabulary.length === 0 || vocabulary.includes(unknownToken)) return [];
  const message = `${path}unknown is "<unk>", and ${path}vocabulary has no token "<unk>" among its ${countTokens(vocabulary.length)}; add it, or choose "refuse"`;
  return [problem('no-unknown-token', `${path}unknown`, message, { vocabularySize: vocabulary.length })];
}

function equalLists(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((token, i) => token === b[i]));
}

function checkVocabulary(vocabulary: readonly string[], path: string): Problem[] {
  if (vocabulary.length === 0)
    return [problem('empty-vocabulary', path, `${path} has no tokens; it needs at least 1`)];
  if (vocabulary.length > limits.vocabulary)
    return [tooMany(path, vocabulary.length, 'tokens', limits.vocabulary)];
  const found: Problem[] = [];
  const places = new Map<string, number>();
  for (let i = 0; i < vocabulary.length && found.length < listedProblems; i++) {
    const token = vocabulary[i]!;
    const at = `${path}[${i}]`;
    const first = places.get(token);
    if (token === '') {
      found.push(problem('empty-token', at, `${at} is the empty string; a token needs at least 1 character`));
    } else if (first !== undefined) {
      const message = `${at}: token ${quote(token)} is already at index ${first}; each token appears once`;
      found.push(problem('duplicate-token', at, message, { token, index: i, first }));
    } else places.set(token, i);
  }
  return found;
}

function checkSamples(dataset: SequenceDataset, path: string): Problem[] {
  const { samples, validation } = dataset;
  const rules: SampleRules = {
    task: dataset.task,
    unit: dataset.tokens,
    // An empty vocabulary is reported once, not for every token of every sample.
    vocabulary: dataset.vocabulary.length > 0 ? indexTokens(dataset.vocabulary, dataset.unknown) : null,
    targetVocabulary:
      dataset.targetVocabulary.length > 0 ? indexTokens(dataset.targetVocabulary, dataset.unknown) : null,
  };
  if (samples.length === 0) {
    const at = `${path}.samples`;
    const or = dataset.task === 'language-model' ? `, or ${path}.text a text` : '';
    return [problem('no-samples', at, `${at} is empty; training needs at least 1 sample${or}`)];
  }
  if (Array.isArray(validation)) {
    return [
      ...checkList(samples, rules, `${path}.samples`),
      ...checkList(validation, rules, `${path}.validation`),
    ];
  }
  const found = checkList(samples, rules, `${path}.samples`);
  if ('text' in validation) {
    const at = `${path}.validation.text`;
    const message = `${at} is given, and ${path}.samples has ${samples.length}; a text is held back only of a text`;
    return [...found, problem('validation-text-with-samples', at, message, { samples: samples.length })];
  }
  return [...found, ...checkFraction(samples.length, 'samples', validation, path)];
}

function checkList(samples: readonly Sample[], rules: SampleRules, path: string): Problem[] {
  if (samples.length > limits.samples) return [tooMany(path, samples.length, 'samples', limits.samples)];
  const found: Problem[] = [];
  for (let i = 0; i < samples.length && found.length < listedProblems; i++) {
    const sample = samples[i]!;
    const longest = Math.max(sample.input.length, sample.target?.length ?? 0);
    if (longest > limits.sampleCharacters) {
      found.push(tooMany(`${path}[${i}]`, longest, 'characters', limits.sampleCharacters));
    } else {
      for (const { problem } of sampleProblems(sample, rules, `${path}[${i}]`)) found.push(problem);
    }
  }
  return found;
}

/** `total` is the count of samples, or of a text's tokens, that the fraction applies to. */
function checkFraction(
  total: number,
  what: 'samples' | 'tokens',
  { fraction, seed = 0 }: { fraction: number; seed?: number },
  path: string,
): Problem[] {
  const at = `${path}.validation.fraction`;
  const found = [
    ...checkRange(fraction, at, { atLeast: 0, below: 1 }),
    ...checkRange(seed, `${path}.validation.seed`, { whole: true, atLeast: 0 }),
  ];
  if (found.length > 0) return found;
  const held = heldBack(total, fraction);
  if (held === total) {
    const message = `${at} is ${fraction}, which holds back ${held} of ${total} ${what}; at least 1 must be left to train on`;
    return [problem('validation-takes-all', at, message, { fraction, samples: total })];
  }
  if (held === 0 && fraction > 0) {
    const message = `${at} is ${fraction}, which holds back none of ${total} ${what}; leave it out or give more`;
    return [problem('validation-empty', at, message, { fraction, samples: total })];
  }
  return [];
}

function checkText(dataset: SequenceDataset, path: string): Problem[] {
  const at = `${path}.text`;
  const text = dataset.text ?? '';
  if (text.length > limits.textCharacters)
    return [tooMany(at, text.length, 'characters', limits.textCharacters)];
  const found: Problem[] = [];
  if (dataset.samples.length > 0) {
    const message = `${path} has both a text and ${dataset.samples.length} samples; a language model reads one or the other`;
    found.push(problem('text-and-samples', at, message, { samples: dataset.samples.length }));
  }
  if (dataset.sequenceLength === undefined) {
    const message = `${path}.sequenceLength is missing; a text is read in windows of so many tokens`;
    const needs = 'a whole number';
    found.push(problem('missing', `${path}.sequenceLength`, message, { needs }));
  } else {
    found.push(...checkRange(dataset.sequenceLength, `${path}.sequenceLength`, { whole: true, atLeast: 1 }));
  }
  const tokens = textTokens(text, dataset.tokens);
  if (tokens.count < 2) found.push(tooShort(at, tokens.count));
  found.push(...unknownInText(dataset, tokens, at), ...checkTextValidation(dataset, tokens.count, path));
  return found;
}

function unknownInText(dataset: SequenceDataset, tokens: TextTokens, at: string): Problem[] {
  const known = indexTokens(dataset.vocabulary, dataset.unknown);
  const unknown = new Set([...tokens.counts.keys()].filter((token) => !known.has(token)));
  return Array.from(firstPositions(tokens, unknown, listedProblems), ([token, position]) => {
    const message = `${at}: token ${quote(token)} at position ${position} is not in the vocabulary of ${countTokens(known.size)}`;
    return problem('unknown-token', at, message, { token, position, vocabularySize: known.size });
  });
}

/** The first `most` of these tokens in the order in which they occur, each with its first position, from 1. */
function firstPositions(tokens: TextTokens, wanted: ReadonlySet<string>, most: number): Map<string, number> {
  const found = new Map<string, number>();
  // Making a string of each token would be too slow for ten million tokens.
  const first = new Uint8Array(0x10000); // by code unit: one of them begins with it
  for (const token of wanted) first[token.charCodeAt(0)] = 1;
  const enough = Math.min(most, wanted.size);
  for (let i = 0; found.size < enough && i < tokens.count; i++) {
    if (first[tokens.text.charCodeAt(tokens.startOf(i))] !== 1) continue;
    const token = tokens.token(i);
    if (wanted.has(token) && !found.has(token)) found.set(token, i + 1);
  }
  return found;
}

/**
 * Checks a text's validation: a fraction of its tokens that leaves at least 2 on either side, or a text of at least
 * 2 tokens.
 */
function checkTextValidation(dataset: SequenceDataset, tokens: number, path: string): Problem[] {
  const { validation } = dataset;
  if (Array.isArray(validation)) return [];
  if ('text' in validation) {
    const at = `${path}.validation.text`;
    if (validation.text.length > limits.textCharacters)
      return [tooMany(at, validation.text.length, 'characters', limits.textCharacters)];
    const own = textTokens(validation.text, dataset.tokens);
    return own.count < 2 ? [tooShort(at, own.count)] : unknownInText(dataset, own, at);
  }
  const found = checkFraction(tokens, 'tokens', validation, path);
  if (found.length > 0 || validation.fraction === 0 || tokens < 2) return found;
  const held = heldBack(tokens, validation.fraction);
  const least = Math.min(held, tokens - held);
  if (least >= 2) return [];
  const at = `${path}.validation.fraction`;
  const message = `${at} is ${validation.fraction}, which cuts a text of ${tokens} tokens into ${tokens - held} to train on and ${held} held back; each part needs 2 or more`;
  const details = { fraction: validation.fraction, tokens, held, left: tokens - held };
  return [problem('validation-part-too-short', at, message, details)];
}

function tooShort(at: string, tokens: number): Problem {
  const message = `${at} has ${countTokens(tokens)}; a language model needs 2 or more to predict the next from the one before`;
  return problem('too-short', at, message, { tokens });
}

function checkShapes(dataset: ShapesDataset, path: string): Problem[] {
  const sizes = ['sequenceLength', 'batchSize', 'inputSize'] as const;
  const found = sizes.flatMap((name) =>
    checkRange(dataset[name], `${path}.${name}`, { whole: true, atLeast: 1, atMost: limits.shapesElements }),
  );
  if (found.length > 0) return found;
  const elements = sizes.reduce((product, name) => product * dataset[name], 1);
  if (elements <= limits.shapesElements) return [];
  return [tooMany(path, elements, 'numbers (sequenceLength × batchSize × inputSize)', limits.shapesElements)];
}

function tooMany(path: string, count: number, what: string, limit: number): Problem {
  const message = `${path} has ${group(count)} ${what}; at most ${group(limit)} are taken`;
  return problem('too-many', path, message, { count, what, limit });
}
