import { describe, expect, it } from 'vitest';
import { type Draft, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { draftProblems, draftVocabulary } from '../../../engine/data/draft-problems.ts';
import * as edits from '../../../renderer/screens/data/edits.ts';
import { type GridPlace, gridAct } from '../../../renderer/screens/data/grid-keys.ts';
import { networkView } from '../../../renderer/screens/data/network-view.ts';
import { listProblems } from '../../../renderer/screens/data/problem-list.ts';
import { duplicateRange, removeRange } from '../../../renderer/screens/data/range-edits.ts';
import { cellRoom, lengthText, rowCells } from '../../../renderer/screens/data/row-cells.ts';
import { composedRows, dataFacts } from '../../../renderer/screens/data/sizes.ts';
import { applyRule, commonRule } from '../../../renderer/screens/data/target-rules.ts';
import { findToken, tokenCounts, unknownTokens } from '../../../renderer/screens/data/vocabulary.ts';
import { RowCounter } from '../../../renderer/state/row-totals.ts';

function draftOf(rows: [string, string, DraftRow['split']?][], data: Partial<Draft['data']> = {}): Draft {
  const empty = emptyDraft();
  return {
    ...empty,
    data: { ...empty.data, ...data },
    rows: rows.map(([input, target, split], i) => ({
      id: i + 1,
      input,
      target,
      split: split ?? 'train',
      note: '',
    })),
  };
}
const totalsOf = (draft: Draft) => new RowCounter().totals(draft.rows, draft.data);
const frozen = (vocabulary: string) => ({ vocabulary: [...vocabulary], vocabularyFrozen: true });
/** The draft in the design: a good row, a short target, an unknown token. */
const drawn = draftOf(
  [
    ['hello', 'ohlol'],
    ['hole', 'eloh', 'off'],
    ['heel', 'leeh', 'off'],
    ['hell', 'leh', 'off'],
    ['help', 'pleh', 'off'],
  ],
  frozen('ehlo'),
);

describe('a row as cells', () => {
  const cells = (index: number, room = 20) => {
    const row = drawn.rows[index]!;
    const found = draftProblems(drawn).filter(({ rowId }) => rowId === row.id);
    const made = rowCells(row, found, drawn.data, { offset: 0, room });
    return [made.input, made.target].map((line) =>
      line.cells.map(({ token, kind }) => `${token}:${kind}`).join(' '),
    );
  };
  it('stands input over target', () => {
    expect(cells(1)).toEqual(['h:input o:input l:input e:input', 'e:target l:target o:target h:target']);
  });
  it('puts a missing cell where a target is short', () =>
    expect(cells(3)[1]).toBe('l:target e:target h:target ?:missing'));
  it('marks what is not in the vocabulary where it stands', () => {
    expect(cells(4)).toEqual(['h:input e:input l:input p:unknown', 'p:unknown l:target e:target h:target']);
  });
  it('draws no more than fits', () => expect(cells(3, 2)).toEqual(['h:input e:input', 'l:target e:target']));
  it('says how much does not fit, and nothing of a line that fills the room exactly', () => {
    const hidden = (room: number) => {
      const { input, target } = rowCells(drawn.rows[0]!, [], drawn.data, { offset: 0, room });
      return [input.after, target.after];
    };
    expect([hidden(5), hidden(4)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
  it('says both lengths where they differ', () => {
    expect(drawn.rows.map((row) => lengthText(row, drawn.data))).toEqual(['5', '4', '4', '4 / 3', '4']);
    expect(lengthText(drawn.rows[0]!, { task: 'label', tokens: 'characters' })).toBe('5');
  });
  it('has room for at least one cell', () => {
    expect(cellRoom(414, 'characters')).toBe(12);
    expect(cellRoom(0, 'spaces')).toBe(1);
  });
});

describe('problems are listed', () => {
  const listed = listProblems(drawn, draftProblems(drawn), draftVocabulary(drawn), 100);

  it('once a row and token, with the row’s place', () => {
    expect(listed.map(({ row, found }) => [row, found.problem.code])).toEqual([
      [4, 'unequal-length'],
      [5, 'unknown-token'],
    ]);
  });
  it('with a fix that mends them: by the rule of the other rows, by adding the token', () => {
    const [short, unknown] = listed;
    expect([short!.fix!.key, short!.fix!.values]).toEqual(['data_fix_fill', { target: 'lleh' }]);
    expect([unknown!.fix!.key, unknown!.fix!.values]).toEqual([
      'data_fix_add_token',
      { token: 'p', index: 4 },
    ]);
    const mended = listed.reduce((draft, { fix }) => applyEdit(draft, fix!.edit).draft, drawn);
    expect(draftProblems(mended)).toEqual([]);
  });
  it('cuts the longer side where no rule is known, and offers to delete an empty row', () => {
    const draft = draftOf([
      ['abc', 'x'],
      ['ab', 'xyz'],
      ['', ''],
    ]);
    const fixes = listProblems(draft, draftProblems(draft), draftVocabulary(draft), 100).map(
      ({ fix }) => fix!,
    );
    expect(fixes.map(({ key }) => key)).toEqual([
      'data_fix_cut_input',
      'data_fix_cut_target',
      'data_fix_delete',
    ]);
    // The deletion comes last, since the other fixes name rows by id.
    const mended = fixes.reduce((current, { edit }) => applyEdit(current, edit).draft, draft);
    expect(draftProblems(mended)).toEqual([]);
  });
  it('at most so many', () =>
    expect(listProblems(drawn, draftProblems(drawn), draftVocabulary(drawn), 1)).toHaveLength(1));
});

describe('a rule of targets', () => {
  const rows = (...pairs: [string, string][]) => draftOf(pairs).rows;
  it('is the one that most rows keep', () => {
    expect(commonRule(rows(['ab', 'ba'], ['abc', 'cba'], ['x', 'y']), 'characters')).toBe('reverse');
    expect(commonRule(rows(['cab', 'abc'], ['hello', 'ehllo']), 'characters')).toBe('sort');
    expect(commonRule(rows(['abc', 'bca'], ['xyz', 'yzx']), 'characters')).toBe('rotate');
  });
  it('is none for one row, for rows of no rule, and where two rules hold', () => {
    expect(commonRule(rows(['ab', 'ba']), 'characters')).toBeNull();
    expect(commonRule(rows(['hello', 'ohlol'], ['hole', 'xxxx']), 'characters')).toBeNull();
    expect(commonRule(rows(['aa', 'aa'], ['bb', 'bb']), 'characters')).toBeNull();
  });
  it('keeps graphemes and words whole', () => {
    expect(applyRule('reverse', 'e\u0301a', 'characters')).toBe('ae\u0301');
    expect(applyRule('reverse', 'good day you', 'spaces')).toBe('you day good');
  });
});

describe('the vocabulary panel', () => {
  it('counts tokens of rows in use', () => {
    const counts = tokenCounts(drawn.data, totalsOf(drawn));
    expect(Object.fromEntries(counts.input)).toEqual({ h: 1, e: 1, l: 2, o: 1 });
    expect(Object.fromEntries(counts.target)).toEqual({ o: 2, h: 1, l: 2 });
  });
  it('lists unknown tokens with where and how often', () => {
    expect(unknownTokens(drawn, draftProblems(drawn), 'input')).toEqual([
      { token: 'p', count: 2, rowId: 5, rows: 1 },
    ]);
  });
  it('keeps the sides of separate lists apart', () => {
    const draft = draftOf([['ab', 'xy']], { ...frozen('a'), targetVocabulary: ['x'] });
    const tokens = (side: 'input' | 'target') =>
      unknownTokens(draft, draftProblems(draft), side).map(({ token }) => token);
    expect([tokens('input'), tokens('target')]).toEqual([['b'], ['y']]);
  });
  it('finds a token that is the text before one that has it, and goes round', () => {
    const list = ['cat', 'at', 'bat', 'dog'];
    expect(findToken(list, 'at', -1)).toBe(1);
    expect(findToken(list, 'at', 1)).toBe(2);
    expect(findToken(list, 'ca', 3)).toBe(0);
    expect([findToken(list, 'x', 0), findToken(list, '', 0)]).toEqual([-1, -1]);
  });
});

describe('acts on rows', () => {
  const done = ({ edit }: edits.LabelledEdit, draft = drawn) => applyEdit(draft, edit).draft;
  it('are one undo step each and name their row', () => {
    expect(edits.changeField(drawn, 2, 'target', 'x').label).toEqual({
      key: 'edit_row_target',
      values: { row: 2 },
    });
    expect(done(edits.changeField(drawn, 2, 'target', 'x')).rows[1]!.target).toBe('x');
    expect(done(edits.changeSplit(drawn, 2, 'validation')).rows[1]!.split).toBe('validation');
    expect(done(removeRange(drawn.rows, 1, 1, (row) => row)).rows.map(({ id }) => id)).toEqual([1, 3, 4, 5]);
  });
  it('add and duplicate with new ids', () => {
    const added = edits.addRow(drawn, { input: 'new' });
    expect(done(added).rows.at(-1)).toEqual({ id: 6, input: 'new', target: '', split: 'train', note: '' });
    const copy = duplicateRange(drawn, drawn.rows, 1, 1, 2);
    expect(done(copy).rows.map(({ id, input }) => [id, input])[2]).toEqual([6, 'hole']);
  });
  it('put pasted rows under the cursor', () => {
    const rows = [{ input: 'a', target: 'b', split: 'train' as const, note: '' }];
    expect(done(edits.insertRows(drawn, 1, rows)).rows[1]!.input).toBe('a');
    expect(done(edits.insertRows(drawn, null, rows)).rows.at(-1)!.input).toBe('a');
  });
  it('move inside the rows only', () => {
    expect(done(edits.moveRow(drawn, 1, 99)!).rows.at(-1)!.id).toBe(1);
    expect(edits.moveRow(drawn, 1, -5)).toBeNull();
  });
  it('throw for a row that is not there', () =>
    expect(() => edits.changeField(drawn, 99, 'input', '')).toThrow('row 99'));
});

describe('keys of the grid', () => {
  const lines = ['input', 'target'] as const;
  const key = (name: string, place: GridPlace, more = {}) =>
    gridAct(
      { key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more },
      place,
      3,
      lines,
    );
  const to = (row: number, column: GridPlace['column']) => ({ kind: 'move', place: { row, column } });

  it('walk through input and target, and on to the next row', () => {
    expect(key('ArrowDown', { row: 0, column: 'input' })).toEqual(to(0, 'target'));
    expect(key('ArrowDown', { row: 0, column: 'target' })).toEqual(to(1, 'input'));
    expect(key('ArrowUp', { row: 1, column: 'input' })).toEqual(to(0, 'target'));
    expect(key('ArrowUp', { row: 0, column: 'input' })).toEqual(to(0, 'input'));
  });
  it('reach the empty row at the end and stop there', () => {
    expect(key('ArrowDown', { row: 3, column: 'target' })).toEqual(to(3, 'target'));
    expect(key('PageDown', { row: 2, column: 'note' })).toEqual(to(3, 'note'));
  });
  it('walk across to split and note and back', () => {
    expect(key('ArrowRight', { row: 1, column: 'target' })).toEqual(to(1, 'split'));
    expect(key('ArrowRight', { row: 1, column: 'split' })).toEqual(to(1, 'note'));
    expect(key('ArrowLeft', { row: 1, column: 'split' })).toEqual(to(1, 'input'));
  });
  it('edit, clear, delete, duplicate, move and leave', () => {
    const here: GridPlace = { row: 1, column: 'input' };
    expect(key('Enter', here)).toEqual({ kind: 'edit' });
    expect(key('Backspace', here)).toEqual({ kind: 'clear' });
    expect(key('Delete', here)).toEqual({ kind: 'clear' });
    expect(key('F2', here)).toEqual({ kind: 'edit' });
    expect(key('Delete', here, { ctrlKey: true })).toEqual({ kind: 'delete-row' });
    expect(key('Backspace', here, { metaKey: true })).toEqual({ kind: 'delete-row' });
    expect(key('d', here, { ctrlKey: true })).toEqual({ kind: 'fill-down' });
    expect(key('D', here, { ctrlKey: true, shiftKey: true })).toEqual({ kind: 'duplicate-row' });
    expect(key('ArrowUp', here, { altKey: true })).toEqual({ kind: 'move-row', by: -1 });
    expect(key('Escape', here)).toEqual({ kind: 'leave' });
  });
  it('choose ranges with Shift, over rows and from column to column, and all with Ctrl A', () => {
    const shift = (name: string, place: GridPlace, more = {}) =>
      key(name, place, { shiftKey: true, ...more });
    const select = (row: number, column: GridPlace['column']) => ({ kind: 'select', place: { row, column } });
    expect(shift('ArrowDown', { row: 0, column: 'input' })).toEqual(select(1, 'input'));
    expect(shift('ArrowDown', { row: 2, column: 'input' })).toEqual(select(2, 'input'));
    expect(shift('ArrowRight', { row: 0, column: 'input' })).toEqual(select(0, 'target'));
    expect(shift('ArrowLeft', { row: 0, column: 'note' })).toEqual(select(0, 'split'));
    expect(shift('ArrowDown', { row: 0, column: 'note' }, { ctrlKey: true })).toEqual(select(2, 'note'));
    expect(shift(' ', { row: 0, column: 'note' })).toEqual({ kind: 'select-rows' });
    expect(key('a', { row: 0, column: 'note' }, { metaKey: true })).toEqual({ kind: 'select-all' });
  });
  it('leave what is typed to the field of the grid, and Tab to the window', () => {
    for (const name of ['1', ' ', 'r', '/', 'Process', 'Dead', 'Tab'])
      expect(key(name, { row: 1, column: 'input' })).toBeNull();
  });
});

describe('a row as the network gets it', () => {
  it('is an index at each step, unknown tokens without', () => {
    const view = networkView(drawn.rows[4]!, drawn, draftVocabulary(drawn), 3);
    expect(view.steps.map(({ t, token, index }) => [t, token, index])).toEqual([
      [1, 'h', 1],
      [2, 'e', 0],
      [3, 'l', 2],
    ]);
    expect([view.T, view.V, view.more]).toEqual([4, 4, 1]);
    expect(view.target).toEqual([null, 2, 0, 1]);
  });
  it('is shifted by one for a language model', () => {
    const draft = draftOf([['abc', '']], { task: 'language-model' });
    const view = networkView(draft.rows[0]!, draft, draftVocabulary(draft), 9);
    expect([view.steps.map(({ token }) => token), view.target]).toEqual([
      ['a', 'b'],
      [1, 2],
    ]);
  });
});

describe('before anything is allocated', () => {
  it('names the longest row in use and the largest input', () => {
    const facts = dataFacts(drawn, totalsOf(drawn), 4);
    expect(facts.longest).toEqual({ row: 1, tokens: 5 });
    expect(facts.input).toEqual({ shape: [5, 1, 4], bytes: 80 });
  });
  it('takes a text in windows', () => {
    const text = draftOf([], { task: 'language-model', text: 'abab', sequenceLength: 3 });
    expect(dataFacts(text, totalsOf(text), 2)).toEqual({
      longest: null,
      input: { shape: [3, 1, 2], bytes: 24 },
    });
  });
  it('counts batches no larger than the rows', () => {
    const draft = draftOf([
      ['ab', 'ba'],
      ['abc', 'cba'],
      ['x', 'x', 'validation'],
    ]);
    draft.training.batchSize = 16;
    expect(dataFacts(draft, totalsOf(draft), 4).input?.shape).toEqual([3, 2, 4]);
    const none = draftOf([]);
    expect(dataFacts(none, totalsOf(none), 0)).toEqual({ longest: null, input: null });
  });
  it('finds text that is not composed and composes it', () => {
    const draft = draftOf([
      ['e\u0301', 'e'],
      ['é', 'é'],
    ]);
    expect(totalsOf(draft).notComposed).toBe(1);
    expect(composedRows(draft)).toEqual([{ id: 1, input: 'é', target: 'e' }]);
  });
});
