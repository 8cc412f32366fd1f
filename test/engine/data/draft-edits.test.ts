import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Draft, type DraftEdit, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { LabError } from '../../../engine/errors.ts';

function row(id: number, input = `in${id}`, target = `out${id}`): DraftRow {
  return { id, input, target, split: 'train', note: '' };
}

function draftOf(...ids: number[]): Draft {
  return { ...emptyDraft(), rows: ids.map((id) => row(id)) };
}

function ids(draft: Draft): number[] {
  return draft.rows.map(({ id }) => id);
}

/** Edits that fit a draft with rows 1 … count. Only one kind, the insertion, brings new row ids. */
function editOf(count: number): fc.Arbitrary<DraftEdit> {
  const id = fc.integer({ min: 1, max: count });
  const change = fc.record(
    {
      id,
      input: fc.string(),
      target: fc.string(),
      split: fc.constantFrom('train', 'off'),
      note: fc.string(),
    },
    { requiredKeys: ['id'] },
  ) as fc.Arbitrary<Extract<DraftEdit, { kind: 'rows.change' }>['rows'][number]>;
  return fc.oneof(
    fc.record({ kind: fc.constant('name' as const), name: fc.string() }),
    fc.record({
      kind: fc.constant('data' as const),
      patch: fc.record(
        { vocabulary: fc.array(fc.string()), vocabularyFrozen: fc.boolean(), text: fc.string() },
        { requiredKeys: [] },
      ),
    }),
    fc.record({
      kind: fc.constant('model' as const),
      patch: fc.record({ hiddenSize: fc.nat(), bias: fc.boolean() }, { requiredKeys: [] }),
    }),
    fc.record({
      kind: fc.constant('training' as const),
      patch: fc.record({ epochs: fc.nat(), clipGradNorm: fc.constantFrom(null, 1) }, { requiredKeys: [] }),
    }),
    fc.record({
      kind: fc.constant('initialWeights' as const),
      weights: fc.constantFrom(null, { h0: { shape: [1], data: [1] } }),
    }),
    fc.record({
      kind: fc.constant('rows.insert' as const),
      at: fc.nat(count),
      rows: fc.constant([row(1001), row(1002)]),
    }),
    fc.record({ kind: fc.constant('rows.remove' as const), ids: fc.uniqueArray(id) }),
    fc.record({ kind: fc.constant('rows.change' as const), rows: fc.array(change) }),
    fc.record({ kind: fc.constant('rows.move' as const), id, to: fc.nat(count - 1) }),
    fc.record({
      kind: fc.constant('rows.order' as const),
      ids: fc.shuffledSubarray(
        Array.from({ length: count }, (_, i) => i + 1),
        { minLength: count },
      ),
    }),
  ) as fc.Arbitrary<DraftEdit>;
}

test('an edit and its inverse give the draft back, and the inverse its own', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }).chain((count) => fc.tuple(fc.constant(count), editOf(count))),
      ([count, edit]) => {
        const before = draftOf(...Array.from({ length: count }, (_, i) => i + 1));
        const copy = structuredClone(before);
        const { draft, inverse } = applyEdit(before, edit);
        const undone = applyEdit(draft, inverse);
        expect(before).toEqual(copy);
        expect(undone.draft).toEqual(before);
        expect(applyEdit(undone.draft, undone.inverse).draft).toEqual(draft);
      },
    ),
    { numRuns: 500 },
  );
});

test('many edits in one are undone in the other order', () => {
  const before = draftOf(1, 2, 3);
  const edits: DraftEdit[] = [
    { kind: 'rows.insert', at: 1, rows: [row(4)] },
    { kind: 'rows.move', id: 4, to: 3 },
    { kind: 'rows.change', rows: [{ id: 4, input: 'hello' }] },
    { kind: 'rows.remove', ids: [1, 3] },
    { kind: 'all', edits: [{ kind: 'name', name: 'a' }, { kind: 'name', name: 'b' }] }, // biome-ignore format: one edit a line
  ];
  const { draft, inverse } = applyEdit(before, { kind: 'all', edits });
  expect(ids(draft)).toEqual([2, 4]);
  expect(draft.rows[1]!.input).toBe('hello');
  expect(draft.name).toBe('b');
  expect(applyEdit(draft, inverse).draft).toEqual(before);
});

test('a row changed twice in one edit goes back to what it was first', () => {
  const before = draftOf(1);
  const rows = [
    { id: 1, input: 'a' },
    { id: 1, input: 'b' },
  ];
  const { draft, inverse } = applyEdit(before, { kind: 'rows.change', rows });
  expect(draft.rows[0]!.input).toBe('b');
  expect(applyEdit(draft, inverse).draft).toEqual(before);
});

test('rows that an edit does not touch stay the same objects', () => {
  const before = draftOf(1, 2, 3);
  const { draft } = applyEdit(before, { kind: 'rows.change', rows: [{ id: 2, note: 'x' }] });
  expect(draft.rows[0]).toBe(before.rows[0]);
  expect(draft.rows[1]).not.toBe(before.rows[1]);
  expect(draft.model).toBe(before.model);
});

describe('edits that do not fit are refused with a problem', () => {
  const cases: [string, DraftEdit, string][] = [
    ['an id twice', { kind: 'rows.insert', at: 0, rows: [row(2)] }, 'row 2 is already in the draft'],
    ['a place past the end', { kind: 'rows.insert', at: 4, rows: [] }, 'place 4 is outside the rows'],
    ['half a place', { kind: 'rows.move', id: 1, to: 0.5 }, 'place 0.5 is outside the rows'],
    ['a row that is gone', { kind: 'rows.remove', ids: [1, 9] }, 'row 9 is not in the draft'],
    ['a change of none', { kind: 'rows.change', rows: [{ id: 9 }] }, 'row 9 is not in the draft'],
    [
      'restored past the end',
      { kind: 'rows.restore', places: [{ at: 9, row: row(9) }] },
      'place 9 is outside',
    ],
    [
      'restored in the wrong order',
      { kind: 'rows.restore', places: [1, 0].map((at) => ({ at, row: row(8 + at) })) },
      'place 0 is outside',
    ],
  ];
  test.each(cases)('%s', (_, edit, sentence) => {
    expect(() => applyEdit(draftOf(1, 2, 3), edit)).toThrow(LabError);
    expect(() => applyEdit(draftOf(1, 2, 3), edit)).toThrow(sentence);
  });
});

test('an order that leaves a row out, or names one twice or one that is not there, changes nothing', () => {
  const draft = draftOf(1, 2, 3);
  for (const order of [[1, 2], [1, 2, 2], [1, 2, 4], [3, 2, 1, 4], []]) {
    expect(() => applyEdit(draft, { kind: 'rows.order', ids: order }), String(order)).toThrow(LabError);
  }
});
