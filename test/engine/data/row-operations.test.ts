/** What a grid does to many rows: each operation is one edit, which one undo takes back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftEdit, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { draftVocabulary } from '../../../engine/data/draft-problems.ts';
import { renameLabels, type SortKey, sortRows } from '../../../engine/data/row-operations.ts';
import {
  freezeVocabulary,
  moveToken,
  removeToken,
  renameToken,
  vocabularyFromData,
} from '../../../engine/data/vocabulary-edits.ts';
import type { Result } from '../../../engine/errors.ts';
import { countLabels } from './count-labels.ts';

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

/** The draft after an edit; undo and redo are checked on the way. */
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
    const sorted = (...how: [SortKey, boolean?]) => inputs(edited(draft, sortRows(draft, ...how)!));
    expect(sorted('input')).toEqual(['ab', 'b', 'ca']);
    expect(sorted('target', true)).toEqual(['ca', 'ab', 'b']);
    expect(sorted('length')).toEqual(['b', 'ab', 'ca']);
    expect(sorted('note')).toEqual(['ab', 'b', 'ca']);
    expect(sorted('split', true)).toEqual(['b', 'ca', 'ab']);
    // Splits sort as train, validation, off rather than by the alphabet, so these rows are in order
    // already.
    expect(sortRows(draft, 'split')).toBeNull();
  });

  it('are as long as they have tokens, however many code units those take', () => {
    const family = '\u{1f469}\u200d\u{1f680}';
    const on: Draft = { ...draft, rows: [row(1, 'abc', ''), row(2, family, ''), row(3, 'ab', '')] };
    expect(inputs(edited(on, sortRows(on, 'length')!))).toEqual([family, 'ab', 'abc']);
  });

  it('of any order are sorted as a stable sort by one key sorts them', () => {
    const cell = fc.constantFrom('', 'a', 'b', 'ab', '\u{1f600}', '\uffee');
    const drawn = fc.array(fc.record({ input: cell, target: cell, note: cell }), { maxLength: 12 });
    const keys = fc.constantFrom<SortKey>('input', 'target', 'note', 'length');
    fc.assert(
      fc.property(drawn, keys, fc.boolean(), (cells, key, descending) => {
        const rows = cells.map((one, i): DraftRow => ({ ...row(i + 1, '', ''), ...one }));
        const before: Draft = { ...draft, rows };
        const edit = sortRows(before, key, descending);
        const after = edit ? edited(before, edit).rows : rows;
        const keyOf = (one: DraftRow) =>
          key === 'length'
            ? [...one.input].length
            : [...one[key as 'input']].map((c) => c.codePointAt(0)!.toString(16).padStart(6, '0')).join('');
        for (let i = 1; i < after.length; i++) {
          const [a, b] = [keyOf(after[i - 1]!), keyOf(after[i]!)];
          if (a === b) expect(after[i - 1]!.id).toBeLessThan(after[i]!.id);
          else expect(descending ? a > b : a < b).toBe(true);
        }
      }),
    );
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

  it('has a token renamed where it stands, and in the rows; never to one that it has', () => {
    const renamed = edited(frozen, valueIn(renameToken(frozen, 'input', 'a', 'é')));
    expect(renamed.data.vocabulary).toEqual(['b', 'é', 'c']);
    expect(inputs(renamed)).toEqual(['éb', 'cé', 'b']);
    expect(targets(renamed)).toEqual(targets(frozen));
    expect(codeOf(renameToken(frozen, 'input', 'a', 'b'))).toBe('token-name-taken');
  });
});
