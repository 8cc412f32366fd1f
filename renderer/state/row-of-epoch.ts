import type { EpochRow } from '../../engine/api.ts';

/** The row of an epoch; null where it has none. Rows ascend and mostly follow one another. */
export function rowOfEpoch(rows: readonly EpochRow[], epoch: number | null): EpochRow | null {
  const first = rows[0];
  if (epoch === null || first === undefined) return null;
  const guess = rows[epoch - first.epoch];
  return guess?.epoch === epoch ? guess : (rows.find((row) => row.epoch === epoch) ?? null);
}
