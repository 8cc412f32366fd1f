import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Draft, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { draftProblems, draftVocabulary } from '../../../engine/data/draft-problems.ts';
import { splitRows } from '../../../engine/data/makers/split-rows.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import { heldPlaces } from '../../../renderer/screens/data/held-places.ts';
import {
  addSamplesEdit,
  differentStrings,
  firstSampleFields,
  makeSamples,
  sampleKinds,
  textOfSamplesEdit,
} from '../../../renderer/screens/data/make/sample-plan.ts';
import {
  firstRuleFields,
  incompleteRows,
  makeTargetsEdit,
  newTokens,
  previewTargets,
  ruleKinds,
  ruleOf,
  ruleSample,
} from '../../../renderer/screens/data/make/target-plan.ts';

function draftOf(rows: [input: string, target: string][], task: Draft['data']['task'] = 'mapping'): Draft {
  const draft = emptyDraft();
  return {
    ...draft,
    data: { ...draft.data, task },
    rows: rows.map(([input, target], i) => ({ id: i + 1, input, target, split: 'train', note: '' })),
  };
}

describe('targets by rule', () => {
  it('each rule shows what it makes of bead', () => {
    const shown = ruleKinds.map((kind) => ruleSample(ruleOf({ ...firstRuleFields, kind }), 'characters'));
    expect(shown).toEqual(['bead', 'daeb', 'BEAD', 'abde', 'eadb', 'ead.', '..be']);
    expect(ruleSample({ kind: 'delay', by: 1, fill: 'ab' }, 'characters')).toBeNull();
    expect(ruleSample({ kind: 'reverse' }, 'spaces')).toBe('d a e b');
  });

  it('are for the rows that lack them, and leave notes that are there', () => {
    const draft = draftOf([
      ['stone', '..sto'],
      ['moss', '..m'],
      ['violet', ''],
      ['', ''],
    ]);
    draft.rows[1]!.note = 'mine';
    const incomplete = incompleteRows(draftProblems(draft));
    expect([...incomplete]).toEqual([2, 3]);
    const rule = { kind: 'delay', by: 2, fill: '.' } as const;
    const { edit, count, left } = makeTargetsEdit(
      draft,
      ({ id }) => incomplete.has(id),
      rule,
      'Rule: delay 2',
    );
    expect({ count, left }).toEqual({ count: 2, left: [] });
    const after = applyEdit(draft, edit).draft.rows;
    expect(after.map(({ target, note }) => [target, note])).toEqual([
      ['..sto', ''],
      ['..mo', 'mine'],
      ['..viol', 'Rule: delay 2'],
      ['', ''],
    ]);
  });

  it('leave a row alone that they can make none of, and say which', () => {
    const draft = draftOf([
      ['straße', ''],
      ['ab', ''],
    ]);
    const { count, left } = makeTargetsEdit(draft, () => true, { kind: 'upper' }, '');
    expect(count).toBe(1);
    expect(left.map(({ place, problem }) => [place, problem.code])).toEqual([[1, 'unequal-length']]);
    expect(
      previewTargets([{ row: draft.rows[0]!, place: 1 }], { kind: 'upper' }, 'characters'),
    ).toMatchObject([{ place: 1, problem: { code: 'unequal-length' } }]);
  });

  it('name the tokens that they bring in', () => {
    const vocabulary = draftVocabulary(draftOf([['ab.', 'ab.']]));
    expect(newTokens({ kind: 'reverse' }, ['a', 'b'], vocabulary)).toEqual([]);
    expect(newTokens({ kind: 'upper' }, ['a', 'b'], vocabulary)).toEqual(['A', 'B']);
    expect(newTokens({ kind: 'delay', by: 1, fill: '_' }, ['a'], vocabulary)).toEqual(['_']);
    expect(newTokens({ kind: 'delay', by: 0, fill: '_' }, ['a'], vocabulary)).toEqual([]);
    expect(newTokens({ kind: 'next', end: '.' }, ['a'], vocabulary)).toEqual([]);
  });

  it('are valid whatever is in the rows, and are one change that can be taken back', () => {
    const input = fc.string({ unit: 'grapheme', maxLength: 12 });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 8 }), fc.constantFrom(...ruleKinds), (inputs, kind) => {
        const draft = draftOf(inputs.map((text) => [text, '']));
        const { edit, left } = makeTargetsEdit(draft, () => true, ruleOf({ ...firstRuleFields, kind }), 'n');
        const { draft: after, inverse } = applyEdit(draft, edit);
        const bad = new Set(left.map(({ place }) => place));
        after.rows.forEach((row, i) => {
          if (row.input === '' || bad.has(i + 1)) {
            expect(row.target).toBe('');
            return;
          }
          const [T, made] = [row.input, row.target].map((text) => splitTokens(text, 'characters').length);
          expect(made).toBe(T);
        });
        expect(applyEdit(after, inverse).draft).toEqual(draft);
      }),
    );
  });
});

describe('samples by rule', () => {
  const rule = { kind: 'reverse' } as const;
  const tasks = ['mapping', 'label', 'language-model'] as const;

  it.each(
    sampleKinds.flatMap((kind) =>
      tasks.flatMap((task) => [
        { kind, task, unit: 'characters' as const },
        { kind, task, unit: 'spaces' as const },
      ]),
    ),
  )('$kind for $task in $unit are rows without a problem, but labels to be typed', ({ kind, task, unit }) => {
    const made = makeSamples(
      { ...firstSampleFields, kind, alphabet: unit === 'spaces' ? 'a b c' : 'abc' },
      { task, unit, rule },
    );
    if (!made.ok) throw new Error(made.problems[0]!.message);
    const draft = draftOf([['ab', 'ab']], task);
    draft.data.tokens = unit;
    const { draft: after } = applyEdit(draft, addSamplesEdit(draft, made.value, 'made'));
    expect(after.rows).toHaveLength(1 + firstSampleFields.count);
    const codes = new Set(
      draftProblems({ ...after, rows: after.rows.slice(1) }).map(({ problem }) => problem.code),
    );
    expect([...codes]).toEqual(task === 'label' && kind !== 'arithmetic' ? ['empty-target'] : []);
    if (unit === 'spaces') expect(after.rows[1]!.input).toContain(' ');
  });

  it('are the lines of a text, in place of what is there or below it, in one change', () => {
    const made = makeSamples(
      { ...firstSampleFields, kind: 'arithmetic', count: 2 },
      { task: 'language-model', unit: 'characters', rule },
    );
    if (!made.ok) throw new Error(made.problems[0]!.message);
    const lines = made.value.map(({ input }) => `${input}\n`).join('');
    const draft = draftOf([], 'language-model');
    const textAfter = (text: string, mode: 'replace' | 'append') => {
      const before = { ...draft, data: { ...draft.data, text } };
      const { draft: after, inverse } = applyEdit(before, textOfSamplesEdit(before, made.value, mode));
      expect(applyEdit(after, inverse).draft).toEqual(before);
      return after.data.text;
    };
    expect(textAfter('', 'append')).toBe(lines);
    expect(textAfter('1+1=2.', 'append')).toBe(`1+1=2.\n${lines}`);
    expect(textAfter('1+1=2.\n', 'append')).toBe(`1+1=2.\n${lines}`);
    expect(textAfter('1+1=2.', 'replace')).toBe(lines);
  });

  it('what cannot be made is said', () => {
    const few = makeSamples(
      { ...firstSampleFields, alphabet: 'a', count: 50 },
      { task: 'mapping', unit: 'characters', rule },
    );
    expect(few.ok ? [] : few.problems.map(({ code }) => code)).toEqual(['too-few-strings']);
  });

  it('counts how many different strings there are', () => {
    expect(
      differentStrings({ ...firstSampleFields, alphabet: 'ab', minLength: 1, maxLength: 3 }, 'characters'),
    ).toBe(14);
    expect(differentStrings({ ...firstSampleFields, maxLength: 1000 }, 'characters')).toBe(Infinity);
  });
});

it('the rows that a split holds back are those that its edit changes', () => {
  const draft = draftOf(Array.from({ length: 12 }, (_, i) => [`a${i}`, `a${i}`]));
  draft.rows[2]!.split = 'off';
  const made = splitRows(draft, { fraction: 0.3, seed: 5 });
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const after = applyEdit(draft, made.value).draft;
  const places = after.rows.flatMap(({ split }, i) => (split === 'validation' ? [i + 1] : []));
  const used = after.rows.filter(({ split }) => split !== 'off');
  const held = new Set(used.flatMap(({ split }, i) => (split === 'validation' ? [i] : [])));
  expect(heldPlaces(draft.rows, held, 99)).toEqual(places);
  expect(heldPlaces(draft.rows, held, 2)).toEqual(places.slice(0, 2));
});
