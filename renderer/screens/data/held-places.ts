import type { DraftRow } from '../../../engine/data/draft.ts';

/**
 * The numbers, from 1, of the first `room` rows that are held back. The indices in `held` count rows in use
 * only.
 */
export function heldPlaces(rows: readonly DraftRow[], held: ReadonlySet<number>, room: number): number[] {
  const places: number[] = [];
  let used = 0;
  for (let i = 0; i < rows.length && places.length < room; i++) {
    if (rows[i]!.split === 'off') continue;
    if (held.has(used)) places.push(i + 1);
    used += 1;
  }
  return places;
}
