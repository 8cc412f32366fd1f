/** What the keys do on a chart that has the focus. */
export type CursorAction =
  | { kind: 'move'; epoch: number }
  | { kind: 'pick' }
  | { kind: 'zoom'; range: [number, number] | null };

export interface CursorPlace {
  /** Where the cursor is. */
  epoch: number;
  /** The newest epoch: there are epochs 1 … last. */
  last: number;
  /** The first and last epoch shown. */
  from: number;
  to: number;
}

/**
 * Arrows move the cursor by an epoch; with Shift, and as Page keys, by a tenth of the shown range; Home and
 * End move to its ends. Enter keeps the epoch, + and − zoom around it, Escape and 0 show all epochs. null:
 * not a key of the chart.
 */
export function cursorAction(key: string, shift: boolean, place: CursorPlace): CursorAction | null {
  const { epoch, last, from, to } = place;
  const leap = Math.max(1, Math.round((to - from) / 10));
  const move = (next: number): CursorAction | null =>
    last === 0 ? null : { kind: 'move', epoch: Math.min(last, to, Math.max(1, from, Math.round(next))) };
  switch (key) {
    case 'ArrowRight':
      return move(epoch + (shift ? leap : 1));
    case 'ArrowLeft':
      return move(epoch - (shift ? leap : 1));
    case 'PageDown':
      return move(epoch - leap);
    case 'PageUp':
      return move(epoch + leap);
    case 'Home':
      return move(from);
    case 'End':
      return move(to);
    case 'Enter':
      return last === 0 ? null : { kind: 'pick' };
    case '+':
    case '=':
      return { kind: 'zoom', range: around(place, 0.5) };
    case '-':
      return { kind: 'zoom', range: around(place, 2) };
    case 'Escape':
    case '0':
      return { kind: 'zoom', range: null };
    default:
      return null;
  }
}

/** The shown range narrowed or widened around the cursor; at least two epochs wide. */
function around({ epoch, from, to }: CursorPlace, factor: number): [number, number] {
  const half = Math.max(1, Math.round(((to - from) * factor) / 2));
  const start = Math.max(1, epoch - half);
  return [start, start + 2 * half];
}
