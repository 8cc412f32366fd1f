import type { Draft, DraftData, DraftRow } from './draft.ts';
import { type SampleProblem, type SampleRules, sampleProblems } from './samples.ts';
import { textTokens } from './text-tokens.ts';
import { distinctTokens } from './tokens.ts';
import { indexTokens, vocabularyOf, vocabularyWith } from './vocabulary.ts';

export interface DraftVocabulary {
  vocabulary: string[];
  /** The same array as `vocabulary` where inputs and targets share it. */
  targetVocabulary: string[];
}

/**
 * The vocabulary that a run of this draft would have. A frozen vocabulary is the draft's own lists. Otherwise it is
 * the tokens of the rows in use, or of the text, sorted by code point, after `<unk>` where that stands for others.
 * Rows in use are those not switched off; rows with a problem count too, so that the vocabulary does not jump while
 * a row is being typed. Shapes experiments have none.
 */
export function draftVocabulary(draft: Draft): DraftVocabulary {
  const { task, tokens: unit } = draft.data;
  const rows = draft.rows.filter((row) => row.split !== 'off');
  const targets = () => rows.map(({ target }) => target);
  return vocabularyOfTokens(draft.data, {
    inputs: () => [
      distinctTokens(
        rows.map(({ input }) => input),
        unit,
      ),
    ],
    targets: () => {
      if (task === 'label') return [[...new Set(targets())].filter((label) => label !== '')];
      return task === 'mapping' ? [distinctTokens(targets(), unit)] : [];
    },
  });
}

/**
 * The draft's vocabulary from the tokens of the rows in use; the functions are called only where their tokens count.
 */
export function vocabularyOfTokens(
  data: DraftData,
  rows: { inputs: () => Iterable<readonly string[]>; targets: () => Iterable<readonly string[]> },
): DraftVocabulary {
  const { task, tokens: unit, text, unknown, textValidation } = data;
  if (task === 'shapes') return { vocabulary: [], targetVocabulary: [] };
  if (data.vocabularyFrozen) {
    const own = task === 'language-model' ? null : data.targetVocabulary;
    return { vocabulary: data.vocabulary, targetVocabulary: own ?? data.vocabulary };
  }
  const withUnknown = (...lists: Iterable<readonly string[]>[]) =>
    vocabularyWith(vocabularyOf(lists.flatMap((list) => [...list])), unknown);
  const shared = (vocabulary: string[]) => ({ vocabulary, targetVocabulary: vocabulary });
  if (task === 'language-model') {
    if (text === '') return shared(withUnknown(rows.inputs()));
    const tokensOf = (one: string) => [...textTokens(one, unit).counts.keys()];
    const held = textValidation && 'text' in textValidation ? [tokensOf(textValidation.text)] : [];
    return shared(withUnknown([tokensOf(text)], held));
  }
  if (data.targetVocabulary !== null) {
    return { vocabulary: withUnknown(rows.inputs()), targetVocabulary: vocabularyOf(rows.targets()) };
  }
  return shared(withUnknown(rows.inputs(), rows.targets()));
}

export interface DraftProblem extends SampleProblem {
  rowId: number;
}

/**
 * Problems of all rows in order, including rows that are switched off. Rows with a problem stay out of the run.
 * While the vocabulary is not frozen, no token is unknown.
 */
export function draftProblems(draft: Draft): DraftProblem[] {
  const check = draftRowCheck(draft);
  return draft.rows.flatMap((row, index) => check(row, index));
}

/** A check of single rows against the draft's task and vocabulary, for a grid that shows only some of the rows. */
export function draftRowCheck(draft: Draft): (row: DraftRow, index: number) => DraftProblem[] {
  const { task, tokens: unit, vocabularyFrozen, unknown } = draft.data;
  if (task === 'shapes') return () => [];
  const { vocabulary, targetVocabulary } = vocabularyFrozen
    ? draftVocabulary(draft)
    : { vocabulary: null, targetVocabulary: null };
  const index = vocabulary && indexTokens(vocabulary, unknown);
  const targetIndex = targetVocabulary && indexTokens(targetVocabulary, unknown);
  const rules: SampleRules = { task, unit, vocabulary: index, targetVocabulary: targetIndex };
  return (row, place) =>
    sampleProblems(row, rules, `rows[${place}]`).map((found) => ({ ...found, rowId: row.id }));
}
