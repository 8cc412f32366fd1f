/** What the keys do on the scrubber. */
export type ScrubAction =
  | { kind: 'look'; epoch: number }
  | { kind: 'back' }
  | { kind: 'type'; digit: string };

export interface ScrubPlace {
  epoch: number;
  /** The first and last existing epoch. */
  first: number;
  last: number;
}

/**
 * Arrows move by an epoch; Page keys, and arrows with Shift, by a tenth of the run. Home goes to its
 * beginning, End and Escape to the run as it stands. A digit begins an epoch number. null: not a key of the
 * scrubber.
 */
export function scrubAction(key: string, shift: boolean, place: ScrubPlace): ScrubAction | null {
  const { epoch, first, last } = place;
  const leap = Math.max(1, Math.round((last - first) / 10));
  const by = (epochs: number): ScrubAction => ({
    kind: 'look',
    epoch: Math.min(last, Math.max(first, epoch + epochs)),
  });
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return by(shift ? leap : 1);
    case 'ArrowLeft':
    case 'ArrowDown':
      return by(shift ? -leap : -1);
    case 'PageUp':
      return by(leap);
    case 'PageDown':
      return by(-leap);
    case 'Home':
      return { kind: 'look', epoch: first };
    case 'End':
    case 'Escape':
      return { kind: 'back' };
    default:
      return /^\d$/.test(key) ? { kind: 'type', digit: key } : null;
  }
}
