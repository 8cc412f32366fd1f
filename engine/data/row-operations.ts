/** Order of all rows, and names of labels, as one edit and one step of undo each. Ranges of cells: editing/cells.ts. */
import type { TokenUnit } from '../model/experiment.ts';
import type { Draft, DraftEdit, DraftRow } from './draft.ts';
import { type CellColumn, splitNames } from './editing/cells.ts';
import { splitTokens } from './tokens.ts';
import { compareCodePoints } from './vocabulary.ts';

/** What rows can be put in order by: the text of a cell by code point, a split as they are listed, an input's tokens. */
export type SortKey = CellColumn | 'length';

/** Rows in an order; equal ones stay in theirs, either way. null: they have it already. */
export function sortRows({ rows, data }: Draft, by: SortKey, descending = false): DraftEdit | null {
  const sign = descending ? -1 : 1;
  const rank = rankOf(by, data.tokens);
  const ranked = rows.map((row) => ({ row, rank: rank(row) }));
  ranked.sort((a, b) => sign * compareRanks(a.rank, b.rank));
  if (ranked.every(({ row }, i) => row === rows[i])) return null;
  return { kind: 'rows.order', ids: ranked.map(({ row }) => row.id) };
}

function rankOf(by: SortKey, unit: TokenUnit): (row: DraftRow) => string | number {
  if (by === 'length') return ({ input }) => splitTokens(input, unit).length;
  if (by === 'split') return ({ split }) => splitNames.indexOf(split);
  return (row) => row[by];
}

function compareRanks(a: string | number, b: string | number): number {
  return typeof a === 'string' ? compareCodePoints(a, String(b)) : a - Number(b);
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
  return orderLabels(counts.values());
}

/** The most frequent of those in use first, else by code point. */
export function orderLabels(counts: Iterable<LabelCount>): LabelCount[] {
  const used = ({ train, validation }: LabelCount) => train + validation;
  return [...counts].sort((a, b) => used(b) - used(a) || compareCodePoints(a.label, b.label));
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
