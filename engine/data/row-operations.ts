/** Edits that order all rows or rename labels, each as one step of undo. Ranges of cells: editing/cell-ranges.ts. */
import type { TokenUnit } from '../model/experiment.ts';
import type { Draft, DraftEdit, DraftRow } from './draft.ts';
import { type CellColumn, splitNames } from './editing/cell-ranges.ts';
import { splitTokens } from './tokens.ts';
import { compareCodePoints } from './vocabulary.ts';

/**
 * Sort keys of rows: a cell's text by code point, a split by its place in `splitNames`, or an input's count of
 * tokens.
 */
export type SortKey = CellColumn | 'length';

/** Sorts the rows; equal rows keep their order in both directions. null: the rows are in this order already. */
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

/** Orders labels by falling count of rows in use, and equal ones by code point. */
export function orderLabels(counts: Iterable<LabelCount>): LabelCount[] {
  const used = ({ train, validation }: LabelCount) => train + validation;
  return [...counts].sort((a, b) => used(b) - used(a) || compareCodePoints(a.label, b.label));
}

/**
 * Renames labels in the rows and in a frozen vocabulary of labels. Labels that get the same name become one, at the
 * index of the first of them.
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
