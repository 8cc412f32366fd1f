import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftEdit, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import {
  type FindQuery,
  findHits,
  replaceAll,
  replaceHit,
  tokensOfHits,
} from '../../../engine/data/find-replace.ts';
import type { Result } from '../../../engine/errors.ts';

const row = (id: number, input: string, target: string): DraftRow => ({
  id,
  input,
  target,
  split: 'train',
  note: '',
});
const draft: Draft = { ...emptyDraft(), rows: [row(3, 'ab', 'x'), row(7, 'ca', 'y'), row(5, 'b', 'x')] };

/** The draft after an edit; undoing the edit is checked on the way. */
function edited(before: Draft, edit: DraftEdit): Draft {
  const done = applyEdit(before, edit);
  const undone = applyEdit(done.draft, done.inverse);
  expect(undone.draft).toEqual(before);
  return done.draft;
}
const inputs = ({ rows }: Draft) => rows.map(({ input }) => input);
function valueIn<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value;
}
const codeOf = (result: Result<unknown>) => (result.ok ? null : result.problems[0]!.code);

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

  const idsOf = (q: FindQuery) => valueIn(findHits(draft, q)).map(({ rowId }) => rowId);

  it('takes plain text as it stands, and its replacement too', () => {
    const odd = { ...draft, rows: [row(1, 'a.b$', '')] };
    expect(replaced('.', 'plain', '$&', odd)).toEqual(['a$&b$']);
    expect(idsOf(query('a', 'plain'))).toEqual([3, 7]);
    expect(idsOf(query('A', 'plain'))).toEqual([]);
    expect(idsOf(query('A', 'plain', { matchCase: false }))).toEqual([3, 7]);
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
    [`${'a?'.repeat(40)}${'a'.repeat(40)}`, 'find-unsafe-pattern'],
    [`${'(a|a)'.repeat(30)}b`, 'find-unsafe-pattern'],
    ['(?:(?:a|b)?(?:c|d)?){1,2}e'.repeat(4), 'find-unsafe-pattern'],
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
    expect(codeOf(replaceAll(long, query('a+', 'regex'), 'b'))).toBe('find-cell-too-long');
    expect(codeOf(replaceAll(long, query('a', 'plain'), 'b'))).toBeNull();
  });

  it('lists hits row by row, and replaces one where it stands, its surroundings in view', () => {
    const on = { ...draft, rows: [row(1, 'abab', 'b'), row(2, 'b', '')] };
    const lookBack = query('(?<=a)b', 'regex');
    const hits = valueIn(findHits(on, lookBack));
    expect(hits.map(({ row: at, column, from, to }) => [at, column, from, to])).toEqual([
      [0, 'input', 1, 2],
      [0, 'input', 3, 4],
    ]);
    expect(inputs(edited(on, valueIn(replaceHit(on, lookBack, hits[1]!, '[$&]')).edit))).toEqual([
      'aba[b]',
      'b',
    ]);
    expect(valueIn(findHits(on, query('x*', 'regex')))).toEqual([]);
  });

  it('takes a label for one token', () => {
    const labels = { ...draft, data: { ...draft.data, task: 'label' as const }, rows: [row(1, 'x', 'xx')] };
    expect(valueIn(findHits(labels, query('x', 'token'))).map(({ column }) => column)).toEqual(['input']);
    expect(valueIn(findHits(labels, query('xx', 'token'))).map(({ column }) => column)).toEqual(['target']);
  });

  it('takes the white space beside a word that goes along', () => {
    const words = {
      ...draft,
      data: { ...draft.data, tokens: 'spaces' as const },
      rows: [row(1, 'a b a', '')],
    };
    const [, second] = valueIn(findHits(words, query('a', 'token')));
    expect(replaced('a', 'token', '', words)).toEqual(['b']);
    expect(inputs(edited(words, valueIn(replaceHit(words, query('a', 'token'), second!, '')).edit))).toEqual([
      'a b',
    ]);
  });

  it('rings the tokens that a hit reaches into', () => {
    const one = row(1, 'e\u0301ab', '');
    const data = { task: 'mapping', tokens: 'characters' } as const;
    expect([...tokensOfHits(one, 'input', data, [{ from: 1, to: 3 }])]).toEqual([0, 1]);
    const words = row(1, ' on  one', '');
    expect([...tokensOfHits(words, 'input', { ...data, tokens: 'spaces' }, [{ from: 5, to: 7 }])]).toEqual([
      1,
    ]);
  });

  it('comes to the same one by one, from the last, as all at once', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '好', '$') });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 4 }),
        fc.constantFrom('a', 'ab', 'b+', '.', '(a)(b)'),
        text,
        (cells, sought, by) => {
          const on = { ...draft, rows: cells.map((cell, i) => row(i, cell, cell)) };
          const regex = query(sought, 'regex');
          const backwards = valueIn(findHits(on, regex)).toReversed();
          const one = backwards.reduce(
            (now, hit) => applyEdit(now, valueIn(replaceHit(now, regex, hit, by)).edit).draft,
            on,
          );
          expect(one).toEqual(applyEdit(on, valueIn(replaceAll(on, regex, by)).edit).draft);
        },
      ),
    );
  });
});
