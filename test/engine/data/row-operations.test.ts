/** What a grid does to many rows: each is one edit, which undo takes back whole. */
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftEdit, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { draftVocabulary } from '../../../engine/data/draft-problems.ts';
import { type FindQuery, findRows, replaceAll } from '../../../engine/data/find-replace.ts';
import { countLabels, renameLabels, sortRows } from '../../../engine/data/row-operations.ts';
import {
  addUnknownTokens,
  freezeVocabulary,
  moveToken,
  removeToken,
  renameToken,
  vocabularyFromData,
} from '../../../engine/data/vocabulary-edits.ts';
import type { Result } from '../../../engine/errors.ts';

const row = (id: number, input: string, target: string, split: DraftRow['split'] = 'train'): DraftRow => ({
  id,
  input,
  target,
  split,
  note: `n${id}`,
});
const draft: Draft = {
  ...emptyDraft(),
  rows: [row(3, 'ab', 'x'), row(7, 'ca', 'y', 'validation'), row(5, 'b', 'x', 'off')],
};
const frozen: Draft = {
  ...draft,
  data: { ...draft.data, vocabulary: ['b', 'a', 'c'], targetVocabulary: ['x', 'y'], vocabularyFrozen: true },
};

/** The draft after the edit, which has been undone and made again on the way. */
function edited(before: Draft, edit: DraftEdit): Draft {
  const done = applyEdit(before, edit);
  const undone = applyEdit(done.draft, done.inverse);
  expect(undone.draft).toEqual(before);
  expect(applyEdit(undone.draft, undone.inverse).draft).toEqual(done.draft);
  return done.draft;
}
const inputs = ({ rows }: Draft) => rows.map(({ input }) => input);
const targets = ({ rows }: Draft) => rows.map(({ target }) => target);
function valueIn<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value;
}
const codeOf = (result: Result<unknown>) => (result.ok ? null : result.problems[0]!.code);

describe('rows', () => {
  it('are sorted by code point or length, equal ones in their order', () => {
    expect(inputs(edited(draft, sortRows(draft, 'input')))).toEqual(['ab', 'b', 'ca']);
    const byTarget = edited(draft, sortRows(draft, 'target', { descending: true }));
    expect(inputs(byTarget)).toEqual(['ca', 'ab', 'b']);
    expect(inputs(edited(draft, sortRows(draft, 'input', { by: 'length' })))).toEqual(['b', 'ab', 'ca']);
    expect(sortRows({ ...draft, rows: [row(1, 'a', 'b')] }, 'input')).toEqual({ kind: 'all', edits: [] });
  });
});

describe('labels', () => {
  it('are counted by split', () => {
    expect(countLabels(draft)).toEqual([
      { label: 'x', train: 1, validation: 0, off: 1 },
      { label: 'y', train: 0, validation: 1, off: 0 },
    ]);
  });

  it('are renamed, swapped and merged, in a frozen vocabulary too', () => {
    const swapped = edited(
      frozen,
      renameLabels(
        frozen,
        new Map([
          ['x', 'y'],
          ['y', 'x'],
        ]),
      ),
    );
    expect(targets(swapped)).toEqual(['y', 'x', 'y']);
    expect(swapped.data.targetVocabulary).toEqual(['y', 'x']);
    const merged = edited(frozen, renameLabels(frozen, new Map([['y', 'x']])));
    expect(targets(merged)).toEqual(['x', 'x', 'x']);
    expect(merged.data.targetVocabulary).toEqual(['x']);
  });
});

describe('the vocabulary', () => {
  const lists = (of: Draft) => draftVocabulary(of);

  it('is reordered and shortened, which freezes it', () => {
    expect(lists(edited(draft, moveToken(draft, 'input', 'y', 0))).vocabulary).toEqual([
      'y',
      'a',
      'b',
      'c',
      'x',
    ]);
    const shorter = edited(frozen, removeToken(frozen, 'target', 'x'));
    expect(lists(shorter)).toEqual({ vocabulary: ['b', 'a', 'c'], targetVocabulary: ['y'] });
    const thawed = edited(frozen, freezeVocabulary(frozen, false));
    expect(lists(thawed).vocabulary).toEqual(['a', 'b', 'c']);
    expect(lists(edited(frozen, vocabularyFromData(frozen)))).toEqual({
      vocabulary: ['a', 'b', 'c'],
      targetVocabulary: ['x', 'y'],
    });
  });

  it('gets all unknown tokens at once, after its own', () => {
    const few = { ...frozen, data: { ...frozen.data, vocabulary: ['c'], targetVocabulary: ['z'] } };
    expect(lists(edited(few, addUnknownTokens(few)))).toEqual({
      vocabulary: ['c', 'a', 'b'],
      targetVocabulary: ['z', 'x', 'y'],
    });
  });

  it('has a token renamed where it stands, and in the rows; never to one that it has', () => {
    const renamed = edited(frozen, valueIn(renameToken(frozen, 'input', 'a', 'é')));
    expect(renamed.data.vocabulary).toEqual(['b', 'é', 'c']);
    expect(inputs(renamed)).toEqual(['éb', 'cé', 'b']);
    expect(targets(renamed)).toEqual(targets(frozen));
    expect(codeOf(renameToken(frozen, 'input', 'a', 'b'))).toBe('token-name-taken');
  });
});

describe('find and replace', () => {
  const query = (text: string, kind: FindQuery['kind'], more: Partial<FindQuery> = {}): FindQuery => ({
    text,
    kind,
    matchCase: true,
    columns: ['input', 'target'],
    ...more,
  });
  const replaced = (text: string, kind: FindQuery['kind'], by: string, on = draft) =>
    inputs(edited(on, valueIn(replaceAll(on, query(text, kind), by)).edit));

  it('takes plain text as it stands, and its replacement too', () => {
    const odd = { ...draft, rows: [row(1, 'a.b$', '')] };
    expect(replaced('.', 'plain', '$&', odd)).toEqual(['a$&b$']);
    expect(valueIn(findRows(draft, query('a', 'plain')))).toEqual([3, 7]);
    expect(valueIn(findRows(draft, query('A', 'plain')))).toEqual([]);
    expect(valueIn(findRows(draft, query('A', 'plain', { matchCase: false })))).toEqual([3, 7]);
  });

  it('takes whole tokens, never a part of one', () => {
    const words = {
      ...draft,
      data: { ...draft.data, tokens: 'spaces' as const },
      rows: [row(1, 'cat concat', '')],
    };
    expect(replaced('cat', 'token', 'dog', words)).toEqual(['dog concat']);
    const family = { ...draft, rows: [row(1, 'e\u0301e', '')] };
    expect(replaced('e', 'token', 'o', family)).toEqual(['e\u0301o']);
  });

  it('takes regular expressions with groups', () => {
    expect(replaced('(.)(.)', 'regex', '$2$1')).toEqual(['ba', 'ac', 'b']);
    expect(valueIn(replaceAll(draft, query('[ab]+', 'regex'), '')).cells).toBe(3);
  });

  it.each([
    ['(a+)+$', 'find-unsafe-pattern'],
    ['(a|a)*b', 'find-unsafe-pattern'],
    ['.*.*.*x', 'find-unsafe-pattern'],
    ['a{1,999}a{1,999}a{1,999}', 'find-unsafe-pattern'],
    ['(a)\\1', 'find-unsafe-pattern'],
    ['x'.repeat(201), 'find-unsafe-pattern'],
    ['(', 'find-bad-pattern'],
    ['', 'find-nothing'],
  ])('refuses %s by a sentence', (pattern, code) => {
    expect(codeOf(replaceAll(draft, query(pattern, 'regex'), ''))).toBe(code);
  });

  it('is given up where it takes too long or a cell is too long', () => {
    let time = 0;
    const late = replaceAll(draft, query('a', 'regex'), 'b', () => (time += 1500));
    expect(codeOf(late)).toBe('find-too-long');
    const long = { ...draft, rows: [row(1, 'a'.repeat(2001), '')] };
    expect(codeOf(replaceAll(long, query('a', 'regex'), 'b'))).toBe('find-cell-too-long');
    expect(codeOf(replaceAll(long, query('a', 'plain'), 'b'))).toBeNull();
  });
});
