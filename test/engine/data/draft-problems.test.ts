import { describe, expect, test } from 'vitest';
import { type Draft, type DraftData, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { draftProblems, draftVocabulary } from '../../../engine/data/draft-problems.ts';

function draftOf(rows: Partial<DraftRow>[], data: Partial<DraftData> = {}): Draft {
  const empty = emptyDraft();
  return {
    ...empty,
    data: { ...empty.data, ...data },
    rows: rows.map((row, i) => ({ id: i + 1, input: '', target: '', split: 'train', note: '', ...row })),
  };
}

const hello = { input: 'hello', target: 'ohlol' };
const frozen: Partial<DraftData> = { vocabulary: ['e', 'h', 'l', 'o'], vocabularyFrozen: true };

function marks(draft: Draft) {
  return draftProblems(draft).map(({ rowId, field, tokenIndex, problem }) => [
    rowId,
    field,
    tokenIndex,
    problem.code,
  ]);
}

describe('the vocabulary', () => {
  test('follows the rows in use', () => {
    const draft = draftOf([hello, { input: 'help', target: '', split: 'off' }]);
    expect(draftVocabulary(draft).vocabulary).toEqual(['e', 'h', 'l', 'o']);
    draft.rows[1]!.split = 'validation';
    expect(draftVocabulary(draft).vocabulary).toEqual(['e', 'h', 'l', 'o', 'p']);
  });

  test('is shared with the targets unless they have their own', () => {
    const rows = [{ input: 'anna', target: 'f' }];
    expect(draftVocabulary(draftOf(rows, { task: 'label' }))).toEqual({
      vocabulary: ['a', 'f', 'n'],
      targetVocabulary: ['a', 'f', 'n'],
    });
    expect(draftVocabulary(draftOf(rows, { task: 'label', targetVocabulary: [] }))).toEqual({
      vocabulary: ['a', 'n'],
      targetVocabulary: ['f'],
    });
  });

  test('stays as it is while frozen', () => {
    expect(draftVocabulary(draftOf([{ input: 'x', target: 'x' }], frozen)).vocabulary).toEqual(
      frozen.vocabulary,
    );
  });

  test('of a language model comes from its text where it has one', () => {
    const data: Partial<DraftData> = { task: 'language-model', text: 'ba' };
    expect(draftVocabulary(draftOf([hello], data)).vocabulary).toEqual(['a', 'b']);
    expect(draftVocabulary(draftOf([hello], { ...data, text: '' })).vocabulary).toEqual(['e', 'h', 'l', 'o']);
  });
});

describe('problems in rows', () => {
  test('sound rows have none', () => {
    expect(marks(draftOf([hello], frozen))).toEqual([]);
  });

  test('an unequal length is marked at the first token that one side lacks', () => {
    expect(marks(draftOf([{ input: 'hell', target: 'leh' }]))).toEqual([[1, 'target', 3, 'unequal-length']]);
    expect(marks(draftOf([{ input: 'he', target: 'lehl' }]))).toEqual([[1, 'target', 2, 'unequal-length']]);
    expect(draftProblems(draftOf([{ input: 'hell', target: 'leh' }]))[0]!.problem.message).toBe(
      'rows[0]: input has 4 tokens, target has 3; a mapping needs as many',
    );
  });

  test('unknown tokens are marked where they stand, in rows switched off too, while the vocabulary is frozen', () => {
    const rows: Partial<DraftRow>[] = [hello, { input: 'help', target: 'pleh', split: 'off' }];
    expect(marks(draftOf(rows, frozen))).toEqual([
      [2, 'input', 3, 'unknown-token'],
      [2, 'target', 0, 'unknown-token'],
    ]);
    expect(marks(draftOf(rows))).toEqual([]);
  });

  test('empty fields', () => {
    expect(marks(draftOf([{ input: '', target: '' }]))).toEqual([[1, 'input', null, 'empty-input']]);
    expect(marks(draftOf([{ input: 'a', target: '' }], { task: 'label' }))).toEqual([
      [1, 'target', null, 'empty-target'],
    ]);
  });

  test('a label is one token, however long', () => {
    const data: Partial<DraftData> = {
      task: 'label',
      vocabulary: ['a'],
      targetVocabulary: ['female', 'male'],
      vocabularyFrozen: true,
    };
    expect(marks(draftOf([{ input: 'aaa', target: 'female' }], data))).toEqual([]);
    expect(marks(draftOf([{ input: 'aaa', target: 'fem' }], data))).toEqual([
      [1, 'target', 0, 'unknown-token'],
    ]);
  });

  test('a language model needs two tokens and no target', () => {
    const data: Partial<DraftData> = { task: 'language-model' };
    expect(marks(draftOf([{ input: 'ab' }, { input: 'a' }], data))).toEqual([[2, 'input', 0, 'too-short']]);
  });

  test('a row of nothing but unknown tokens is marked a bounded number of times', () => {
    expect(marks(draftOf([{ input: 'x'.repeat(5000), target: 'y'.repeat(5000) }], frozen))).toHaveLength(40);
  });
});
