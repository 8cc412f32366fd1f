/** One press that fixes every problem of a kind, and the number of rows in use. */
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftData, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { draftProblems, draftVocabulary } from '../../../engine/data/draft-problems.ts';
import { ruleOfOthers } from '../../../renderer/screens/data/problem-list.ts';
import { mendsOfKinds } from '../../../renderer/screens/data/problem-mends.ts';

function draftOf(rows: [string, string][], data: Partial<DraftData> = {}): Draft {
  const empty = emptyDraft();
  return {
    ...empty,
    data: { ...empty.data, ...data },
    rows: rows.map(
      ([input, target], i): DraftRow => ({ id: i + 1, input, target, split: 'train', note: '' }),
    ),
  };
}
function mendsOf(draft: Draft) {
  const problems = draftProblems(draft);
  return mendsOfKinds(
    draft,
    problems,
    draftVocabulary(draft),
    ruleOfOthers(draft, new Set(problems.map(({ rowId }) => rowId))),
  );
}
/** The draft after all its fixes, and the keys of the fixes. */
function mended(draft: Draft) {
  const mends = mendsOf(draft);
  const after = mends.reduce((now, mend) => applyEdit(now, mend.edit()).draft, draft);
  return { keys: mends.map(({ key, values }) => [key, values.count]), after };
}

describe('what mends all of a kind', () => {
  it('fills targets from the rule of the others, deletes empty rows, and leaves no problem', () => {
    const draft = draftOf([
      ['ab', 'ba'],
      ['abc', 'cba'],
      ['abcd', ''],
      ['bd', 'd'],
      ['', 'x'],
      ['', ''],
    ]);
    const { keys, after } = mended(draft);
    expect(keys).toEqual([
      ['data_mend_fill', 2],
      ['data_mend_delete', 2],
    ]);
    expect(after.rows.map(({ target }) => target)).toEqual(['ba', 'cba', 'dcba', 'db']);
    expect(draftProblems(after)).toEqual([]);
  });

  it('adds all unknown tokens to a frozen vocabulary, once each, in order of occurrence', () => {
    const frozen = { vocabulary: ['a'], vocabularyFrozen: true };
    const { keys, after } = mended(
      draftOf(
        [
          ['az', 'ay'],
          ['zx', 'aa'],
        ],
        frozen,
      ),
    );
    expect(keys).toEqual([['data_mend_add_tokens', 3]]);
    expect(after.data.vocabulary).toEqual(['a', 'z', 'y', 'x']);
    expect(draftProblems(after)).toEqual([]);
  });

  it('adds labels to their own list', () => {
    const data = {
      task: 'label' as const,
      vocabulary: ['a'],
      targetVocabulary: ['one'],
      vocabularyFrozen: true,
    };
    const { after } = mended(
      draftOf(
        [
          ['ab', 'two'],
          ['a', 'three'],
        ],
        data,
      ),
    );
    expect([after.data.vocabulary, after.data.targetVocabulary]).toEqual([
      ['a', 'b'],
      ['one', 'two', 'three'],
    ]);
  });

  it('cuts to the shorter side where no rule is seen, and leaves rows without a side', () => {
    const { keys, after } = mended(
      draftOf([
        ['abc', 'x'],
        ['a', 'xyz'],
        ['abc', ''],
      ]),
    );
    expect(keys).toEqual([['data_mend_cut', 2]]);
    expect(after.rows.map(({ input, target }) => [input, target])).toEqual([
      ['a', 'x'],
      ['a', 'x'],
      ['abc', ''],
    ]);
  });

  it('is not offered for one problem, which has its own fix, nor where there is none', () => {
    expect(
      mendsOf(
        draftOf([
          ['ab', 'ba'],
          ['abc', 'cba'],
          ['abcd', ''],
        ]),
      ),
    ).toEqual([]);
    expect(mendsOf(draftOf([['ab', 'ba']]))).toEqual([]);
  });
});
