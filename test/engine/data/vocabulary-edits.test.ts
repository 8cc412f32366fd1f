/** What a user does to the vocabulary by hand: each action is one edit, which one undo takes back. */
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftData, type DraftEdit, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { draftProblems, draftVocabulary } from '../../../engine/data/draft-problems.ts';
import {
  addTokens,
  moveToken,
  removeToken,
  renameToken,
  tokenUse,
} from '../../../engine/data/vocabulary-edits.ts';
import type { Result } from '../../../engine/errors.ts';

function draftOf(rows: [string, string][], data: Partial<DraftData> = {}): Draft {
  const empty = emptyDraft();
  return {
    ...empty,
    data: { ...empty.data, ...data },
    rows: rows.map(([input, target], id) => ({ id, input, target, split: 'train', note: '' })),
  };
}
function edited(before: Draft, edit: DraftEdit): Draft {
  const done = applyEdit(before, edit);
  expect(applyEdit(done.draft, done.inverse).draft).toEqual(before);
  return done.draft;
}
function valueIn<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value;
}
const codeOf = (result: Result<unknown>) => (result.ok ? null : result.problems[0]!.code);
const own = { vocabulary: ['a', 'b'], targetVocabulary: ['x', 'y'], vocabularyFrozen: true };

describe('order, addition and removal', () => {
  it('freeze what is shown and keep one list for both sides', () => {
    const draft = draftOf([['hello', 'ohlol']]);
    const moved = edited(draft, moveToken(draft, 'input', 'o', 0));
    expect(moved.data).toMatchObject({
      vocabulary: ['o', 'e', 'h', 'l'],
      targetVocabulary: null,
      vocabularyFrozen: true,
    });
    const added = edited(moved, addTokens(moved, 'input', ['p', 'h']));
    expect(draftVocabulary(added).targetVocabulary).toEqual(['o', 'e', 'h', 'l', 'p']);
  });

  it('change one of two lists and keep the other', () => {
    const draft = draftOf([['ab', 'xy']], own);
    expect(edited(draft, addTokens(draft, 'target', ['z'])).data).toMatchObject({
      vocabulary: ['a', 'b'],
      targetVocabulary: ['x', 'y', 'z'],
    });
    expect(edited(draft, moveToken(draft, 'input', 'b', 0)).data).toMatchObject({
      vocabulary: ['b', 'a'],
      targetVocabulary: ['x', 'y'],
    });
  });

  it('say before a removal how many rows lose the token: as many have a problem after it', () => {
    const draft = draftOf([
      ['aab', 'aba'],
      ['bb', 'bb'],
      ['b', 'a'],
    ]);
    expect(tokenUse(draft, 'input', 'a')).toEqual({ rows: 2, inText: 0 });
    const removed = edited(draft, removeToken(draft, 'input', 'a'));
    expect(new Set(draftProblems(removed).map(({ rowId }) => rowId)).size).toBe(2);
  });

  it('count whole tokens, of their own side only, and those of both texts', () => {
    const draft = draftOf(
      [
        ['ab', 'ya'],
        ['e\u0301', 'x'],
      ],
      { ...own, vocabulary: ['a', 'b', 'e', 'é'] },
    );
    expect(tokenUse(draft, 'target', 'a').rows).toBe(1);
    expect(tokenUse(draft, 'input', 'a').rows).toBe(1);
    expect(tokenUse(draft, 'input', 'e').rows).toBe(0);
    const model = draftOf([], { task: 'language-model', text: 'abba', textValidation: { text: 'ac' } });
    expect(tokenUse(model, 'input', 'a')).toEqual({ rows: 0, inText: 3 });
  });
});

describe('a token by another name', () => {
  it('is so on both sides of one list, in one edit', () => {
    const draft = draftOf([['aab', 'baa']]);
    const renamed = edited(draft, valueIn(renameToken(draft, 'input', 'a', '床')));
    expect(renamed.rows[0]).toMatchObject({ input: '床床b', target: 'b床床' });
    expect(draftVocabulary(renamed).vocabulary).toEqual(['床', 'b']);
    expect(draftProblems(renamed)).toEqual([]);
  });

  it('is a label by the whole of it', () => {
    const draft = draftOf(
      [
        ['a', 'x y'],
        ['b', 'x'],
      ],
      { ...own, task: 'label', targetVocabulary: ['x y', 'x'] },
    );
    const renamed = edited(draft, valueIn(renameToken(draft, 'target', 'x', 'two words')));
    expect(renamed.rows.map(({ target }) => target)).toEqual(['x y', 'two words']);
  });

  it('leaves the white space of a text as it was, and holds in the text for validation too', () => {
    const data = {
      task: 'language-model',
      tokens: 'spaces',
      text: 'cat  sat\n\tcat\n',
      textValidation: { text: 'a\ncat' },
    } as const;
    const draft = draftOf([], data);
    const renamed = edited(draft, valueIn(renameToken(draft, 'input', 'cat', 'dog')));
    expect(renamed.data.text).toBe('dog  sat\n\tdog\n');
    expect(renamed.data.textValidation).toEqual({ text: 'a\ndog' });
  });

  it.each([
    ['two characters', 'characters', 'ab', 'b', 'xy'],
    ['a mark that joins the character before it', 'characters', 'ab', 'b', '\u0301'],
    ['two words', 'spaces', 'one two', 'two', 'to do'],
  ] as const)('is never %s, which would be cut otherwise', (_, tokens, input, from, to) => {
    const draft = draftOf([[input, input]], { tokens });
    expect(codeOf(renameToken(draft, 'input', from, to))).toBe('token-name-cut');
  });

  it('is never one that the list has, nor nothing', () => {
    const draft = draftOf([['ab', 'ab']]);
    expect(codeOf(renameToken(draft, 'input', 'a', 'b'))).toBe('token-name-taken');
    expect(codeOf(renameToken(draft, 'input', 'a', ''))).toBe('token-name-taken');
  });
});
