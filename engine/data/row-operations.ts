/** Order of all rows, and names of labels, as one edit and one step of undo each. Ranges of cells: editing/cells.ts. */
import type { Draft, DraftEdit, DraftRow } from './draft.ts';
import type { CellColumn } from './editing/cells.ts';
import { compareCodePoints } from './vocabulary.ts';

/** Rows by a column, by code point or by length; equal ones stay in their order. */
export function sortRows(
  { rows }: Draft,
  column: CellColumn,
  { descending = false, by = 'text' }: { descending?: boolean; by?: 'text' | 'length' } = {},
): DraftEdit {
  const sign = descending ? -1 : 1;
  const compare =
    by === 'text'
      ? (a: DraftRow, b: DraftRow) => compareCodePoints(a[column], b[column])
      : (a: DraftRow, b: DraftRow) => a[column].length - b[column].length;
  const sorted = rows.toSorted((a, b) => sign * compare(a, b));
  if (sorted.every((row, i) => row === rows[i])) return { kind: 'all', edits: [] };
  return {
    kind: 'all',
    edits: [
      { kind: 'rows.remove', ids: rows.map(({ id }) => id) },
      { kind: 'rows.insert', at: 0, rows: sorted },
    ],
  };
}

export interface LabelCount {
  label: string;
  train: number;
  validation: number;
  off: number;
}

/** How many rows each label has, the most frequent of those in use first; an empty target is none. */
export function countLabels({ rows }: Draft): LabelCount[] {
  const counts = new Map<string, LabelCount>();
  for (const { target, split } of rows) {
    if (target === '') continue;
    const count = counts.get(target) ?? { label: target, train: 0, validation: 0, off: 0 };
    count[split]++;
    counts.set(target, count);
  }
  const used = ({ train, validation }: LabelCount) => train + validation;
  return [...counts.values()].sort((a, b) => used(b) - used(a) || compareCodePoints(a.label, b.label));
}

/**
 * Labels by other names, in the rows and in a frozen vocabulary of labels: several by the same name become one, which
 * stands where the first of them stood.
 */
export function renameLabels(draft: Draft, names: ReadonlyMap<string, string>): DraftEdit {
  const nameOf = (label: string) => names.get(label) ?? label;
  const rows = draft.rows
    .filter(({ target }) => nameOf(target) !== target)
    .map(({ id, target }) => ({ id, target: nameOf(target) }));
  const { targetVocabulary, vocabularyFrozen } = draft.data;
  const edits: DraftEdit[] = [{ kind: 'rows.change', rows }];
  if (vocabularyFrozen && targetVocabulary !== null) {
    const renamed = [...new Set(targetVocabulary.map(nameOf))];
    edits.push({ kind: 'data', patch: { targetVocabulary: renamed } });
  }
  return { kind: 'all', edits };
}
