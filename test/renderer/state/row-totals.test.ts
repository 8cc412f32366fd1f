import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftEdit, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { type DraftProblem, draftProblems, draftVocabulary } from '../../../engine/data/draft-problems.ts';
import { orderLabels } from '../../../engine/data/row-operations.ts';
import { problemKey, RowChecks } from '../../../renderer/state/row-checks.ts';
import { RowCounter } from '../../../renderer/state/row-totals.ts';
import { vocabularyOfRows } from '../../../renderer/state/vocabulary-of-rows.ts';
import { countLabels } from '../../engine/data/count-labels.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', 'e\u0301', '床', '👩‍🚀'), maxLength: 5 });
const content = fc.record({
  input: text,
  target: text,
  split: fc.constantFrom('train' as const, 'validation' as const, 'off' as const),
});
/** A change of a draft; its numbers choose a row and a place. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    rows: fc.array(content, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('change' as const), at: fc.nat(), row: content }),
  fc.record({ kind: fc.constant('move' as const), at: fc.nat(), to: fc.nat() }),
  fc.record({ kind: fc.constant('order' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('unit' as const),
    unit: fc.constantFrom('characters' as const, 'spaces' as const),
  }),
  fc.record({
    kind: fc.constant('task' as const),
    task: fc.constantFrom('mapping' as const, 'label' as const, 'language-model' as const),
  }),
);

function editOf(draft: Draft, act: typeof step extends fc.Arbitrary<infer T> ? T : never): DraftEdit | null {
  const count = draft.rows.length;
  const next = draft.rows.reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
  const rowAt = (at: number): DraftRow | undefined => draft.rows[at % Math.max(1, count)];
  switch (act.kind) {
    case 'insert':
      return {
        kind: 'rows.insert',
        at: act.at % (count + 1),
        rows: act.rows.map((row, i) => ({ ...row, id: next + i, note: '' })),
      };
    case 'remove':
      return count > 0 ? { kind: 'rows.remove', ids: [rowAt(act.at)!.id] } : null;
    case 'change':
      return count > 0 ? { kind: 'rows.change', rows: [{ id: rowAt(act.at)!.id, ...act.row }] } : null;
    case 'move':
      return count > 0 ? { kind: 'rows.move', id: rowAt(act.at)!.id, to: act.to % count } : null;
    case 'order': {
      const ids = draft.rows.map(({ id }) => id);
      const from = count > 0 ? act.at % count : 0;
      return { kind: 'rows.order', ids: [...ids.slice(from).reverse(), ...ids.slice(0, from)] };
    }
    case 'unit':
      return { kind: 'data', patch: { tokens: act.unit } };
    case 'task':
      return { kind: 'data', patch: { task: act.task } };
  }
}

describe('sums over the rows', () => {
  it('after any edits are those of a fresh count, and give the engine\u2019s vocabulary', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (acts) => {
        const kept = new RowCounter();
        let draft = emptyDraft();
        for (const act of acts) {
          const edit = editOf(draft, act);
          if (edit) draft = applyEdit(draft, edit).draft;
          const totals = kept.totals(draft.rows, draft.data);
          const fresh = new RowCounter().totals(draft.rows, draft.data);
          expect([...totals.input].sort()).toEqual([...fresh.input].sort());
          expect([...totals.target].sort()).toEqual([...fresh.target].sort());
          expect([totals.splits, totals.longest, totals.widest, totals.notComposed]).toEqual([
            fresh.splits,
            fresh.longest,
            fresh.widest,
            fresh.notComposed,
          ]);
          expect(orderLabels(totals.labels)).toEqual(draft.data.task === 'label' ? countLabels(draft) : []);
          expect(vocabularyOfRows(draft.data, totals)).toEqual(draftVocabulary(draft));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('after any edits the problems are those of a fresh check, in the order of the rows', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (acts) => {
        const kept = new RowChecks();
        let draft = emptyDraft();
        for (const act of acts) {
          const edit = editOf(draft, act);
          if (edit) draft = applyEdit(draft, edit).draft;
          const found = kept.find(draft);
          const bare = (list: readonly DraftProblem[]) =>
            list.map(({ rowId, field, tokenIndex, problem }) => [rowId, field, tokenIndex, problem.code]);
          const fresh = draftProblems(draft);
          expect(bare(found.problems)).toEqual(bare(fresh));
          expect(found.count).toBe(new Set(fresh.map(problemKey)).size);
          const wrong = new Set(fresh.map(({ rowId }) => rowId));
          expect([...found.byRow.keys()].toSorted()).toEqual([...wrong].toSorted());
          const used = draft.rows.filter(({ id, split }) => split !== 'off' && !wrong.has(id));
          expect(kept.inUse).toBe(used.length);
          expect(kept.find({ ...draft, rows: [...draft.rows] })).toBe(found);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('count rows in use alone, but every row’s columns', () => {
    const draft = emptyDraft();
    draft.rows = [
      { id: 1, input: 'aab', target: 'b', split: 'train', note: '' },
      { id: 2, input: 'zzzz', target: 'z', split: 'off', note: '' },
    ];
    const totals = new RowCounter().totals(draft.rows, draft.data);
    expect(Object.fromEntries(totals.input)).toEqual({ a: 2, b: 1 });
    expect(totals.widest).toBe(4);
    expect([totals.longest, totals.splits]).toEqual([3, { train: 1, validation: 0, off: 1 }]);
  });
});
