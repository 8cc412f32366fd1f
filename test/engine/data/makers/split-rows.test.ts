import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Draft, type DraftRow, emptyDraft } from '../../../../engine/data/draft.ts';
import { applyEdit } from '../../../../engine/data/draft-edits.ts';
import { splitRows } from '../../../../engine/data/makers/split-rows.ts';
import { splitSamples } from '../../../../engine/data/validation.ts';
import { experiment } from '../../documents.ts';

function draftOf(splits: readonly DraftRow['split'][]): Draft {
  const rows = splits.map((split, i) => ({ id: i + 1, input: `${i}`, target: `${i}`, split, note: '' }));
  return { ...emptyDraft(), rows };
}

function split(draft: Draft, fraction: number, seed: number): Draft {
  const edit = splitRows(draft, { fraction, seed });
  if (!edit.ok) throw new Error(edit.problems[0]!.message);
  return applyEdit(draft, edit.value).draft;
}

test('chooses the samples that a document with this fraction and seed holds back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 60 }), fc.nat(1000), (n, seed) => {
      const rows = split(draftOf(new Array(n).fill('train')), 0.25, seed).rows;
      const samples = rows.map(({ input, target }) => ({ input, target }));
      const validation = { fraction: 0.25, seed };
      const { dataset } = experiment({ dataset: { samples, validation }, model: { head: 'linear' } });
      expect(rows.filter((row) => row.split === 'validation').map(({ input }) => input)).toEqual(
        splitSamples(dataset).validation.map(({ input }) => input),
      );
    }),
  );
});

test('leaves rows that are off, forgets an earlier split, and changes nothing twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom<DraftRow['split']>('train', 'validation', 'off'), {
        minLength: 5,
        maxLength: 40,
      }),
      fc.nat(50),
      (splits, seed) => {
        const draft = draftOf([...splits, 'train', 'train']);
        const after = split(draft, 0.5, seed);
        const off = (rows: DraftRow[]) => rows.filter((row) => row.split === 'off').map(({ id }) => id);
        expect(off(after.rows)).toEqual(off(draft.rows));
        const all = split(
          draftOf(draft.rows.map((row) => (row.split === 'off' ? 'off' : 'train'))),
          0.5,
          seed,
        );
        expect(after.rows.map((row) => row.split)).toEqual(all.rows.map((row) => row.split));
        expect(splitRows(after, { fraction: 0.5, seed })).toMatchObject({ value: { rows: [] } });
      },
    ),
  );
});

test('a fraction of 0 trains on all rows', () => {
  const { rows } = split(draftOf(['validation', 'off', 'train']), 0, 0);
  expect(rows.map((row) => row.split)).toEqual(['train', 'off', 'train']);
});

test.each([
  [1, 0, 'fraction is 1; it must be a finite number of 0 or more and below 1'],
  [Number.NaN, 0, 'fraction is NaN; it must be a finite number of 0 or more and below 1'],
  [0.5, -1, 'seed is -1; it must be a whole number from 0 to 9,007,199,254,740,991'],
  [0.1, 0, 'fraction is 0.1, which sets aside none of 3 rows; give a larger one, or more rows'],
  [0.9, 0, 'fraction is 0.9, which sets aside all of 3 rows; at least 1 must be left to train on'],
])('a fraction of %d with seed %d of 3 rows is refused', (fraction, seed, message) => {
  const refused = splitRows(draftOf(['train', 'train', 'train']), { fraction, seed });
  expect(refused).toMatchObject({ ok: false, problems: [{ message }] });
});
