/** What a grid does to many rows at once, as one edit and one step of undo each. */
import { type Draft, type DraftEdit, type DraftRow, nextRowId } from './draft.ts';
import { compareCodePoints } from './vocabulary.ts';

export type RowColumn = 'input' | 'target' | 'split' | 'note';

/** The first row's values in all others, in these columns. */
export function fillDown(draft: Draft, ids: readonly number[], columns: readonly RowColumn[]): DraftEdit {
  const chosen = chosenRows(draft, ids);
  const [first, ...others] = chosen;
  const values = first ? Object.fromEntries(columns.map((column) => [column, first[column]])) : {};
  return { kind: 'rows.change', rows: others.map(({ id }) => ({ id, ...values })) };
}

/** Copies of the rows, in their order, after the last of them; `ids` are the copies'. */
export function duplicateRows(draft: Draft, ids: readonly number[]): { edit: DraftEdit; ids: number[] } {
  const chosen = chosenRows(draft, ids);
  const last = chosen.at(-1);
  const id = nextRowId(draft);
  const rows = chosen.map((row, i): DraftRow => ({ ...row, id: id + i }));
  const at = last ? draft.rows.indexOf(last) + 1 : draft.rows.length;
  return { edit: { kind: 'rows.insert', at, rows }, ids: rows.map((row) => row.id) };
}

/** Rows by a column, by code point or by length; equal ones stay in their order. */
export function sortRows(
  { rows }: Draft,
  column: RowColumn,
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

/** In the order of the draft. */
function chosenRows({ rows }: Draft, ids: readonly number[]): DraftRow[] {
  const wanted = new Set(ids);
  return rows.filter(({ id }) => wanted.has(id));
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
