export interface ChangedStretch {
  /** The first index at which the lists differ. */
  from: number;
  /** The end of the stretch in the old list, and in the new one. */
  before: number;
  after: number;
}

/**
 * The stretch outside of which two lists hold the very same things at their beginnings and ends. Edits keep the objects
 * of rows that they do not change, so most edits of 100,000 rows have a stretch of one.
 */
export function changedStretch<T>(before: readonly T[], after: readonly T[]): ChangedStretch {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && after[from] === before[from]) from += 1;
  let same = 0;
  while (same < most - from && after[after.length - 1 - same] === before[before.length - 1 - same]) same += 1;
  return { from, before: before.length - same, after: after.length - same };
}
