import { expect, test } from 'vitest';
import { type Draft, type DraftEdit, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { LabError } from '../../../engine/errors.ts';

const row = (id: number, more = {}) => ({
  id,
  input: 'a',
  target: 'b',
  split: 'train' as const,
  note: '',
  ...more,
});
const draft: Draft = { ...emptyDraft(), rows: [row(1), row(2), row(3)] };

function refusal(edit: DraftEdit): string {
  try {
    applyEdit(draft, edit);
  } catch (error) {
    if (error instanceof LabError) return error.problem.message;
    throw error;
  }
  return 'taken';
}

const training = (patch: object) => ({ kind: 'training', patch }) as DraftEdit;

test.each<[DraftEdit, string]>([
  [{ kind: 'name', name: 'n'.repeat(1001) }, 'name has 1,001 characters; at most 1,000 are taken'],
  [
    { kind: 'data', patch: { text: 'x'.repeat(10_000_001) } },
    'data.text has 10,000,001 characters; at most 10,000,000 are taken',
  ],
  [
    { kind: 'all', edits: [{ kind: 'rows.change', rows: [{ id: 3, note: 'n'.repeat(10_001) }] }] },
    'rows[2].note has 10,001 characters; at most 10,000 are taken',
  ],
  [
    { kind: 'rows.insert', at: 1, rows: [row(4), row(5, { target: 't'.repeat(1_000_001) })] },
    'rows[2].target has 1,000,001 characters; at most 1,000,000 are taken',
  ],
  [
    { kind: 'rows.restore', places: [{ at: 2, row: row(4, { input: 'a\ud83d' }) }] },
    'rows[2].input is "a\\ud83d", with half a surrogate pair at position 2; it must be whole characters',
  ],
  [
    { kind: 'rows.insert', at: 0, rows: new Array(999_998).fill(row(9)) },
    'rows: there would be 1,000,001; at most 1,000,000 are taken',
  ],
  [
    { kind: 'data', patch: { vocabulary: new Array(100_001).fill('a') } },
    'data.vocabulary has 100,001 tokens; at most 100,000 are taken',
  ],
  [
    training({ optimizer: { name: 'adam', lr: Number.POSITIVE_INFINITY } }),
    'training.optimizer.lr is Infinity; it must be a finite number',
  ],
  [
    training({ stopWhen: { kept: [{ by: Number.NaN }] } }),
    'training.stopWhen.kept[0].by is NaN; it must be a finite number',
  ],
  [
    { kind: 'initialWeights', weights: { a: { shape: [2], data: [1, Number.NEGATIVE_INFINITY] } } },
    'initialWeights.a.data[1] is -Infinity; it must be a finite number',
  ],
  [{ kind: 'rows.change', rows: [{ id: 3, note: 'n'.repeat(10_000) }] }, 'taken'],
])('a change that cannot be kept is refused with place, value and limit', (edit, sentence) => {
  expect(refusal(edit)).toBe(sentence);
});
