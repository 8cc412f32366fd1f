import { edgeScroll } from './edge-scroll.ts';
import type { GridColumn, GridPlace } from './grid-keys.ts';

/** Where the parts of a grid are, in px of the window. */
export interface GridGeometry {
  /** The list's upper edge. */
  top: number;
  scrolled: number;
  rowPx: number;
  /** The right edges of the token columns (including the length beside them) and of the split. */
  tokensRight: number;
  splitRight: number;
}

/**
 * The cell at a point, however far outside. The lines of a row are one above the other. `rows` is the
 * number of rows.
 */
export function placeAt(
  { x, y }: { x: number; y: number },
  { top, scrolled, rowPx, tokensRight, splitRight }: GridGeometry,
  rows: number,
  lines: readonly GridColumn[],
): GridPlace {
  const down = y - top + scrolled;
  const row = Math.max(0, Math.min(rows - 1, Math.floor(down / rowPx)));
  if (x >= splitRight) return { row, column: 'note' };
  if (x >= tokensRight) return { row, column: 'split' };
  const line = Math.floor(((down - row * rowPx) / rowPx) * lines.length);
  return { row, column: lines[Math.max(0, Math.min(lines.length - 1, line))]! };
}

/**
 * Calls `take` for each cell that the pointer is dragged to, until it is released. The list scrolls near
 * its edges.
 */
export function dragSelect(
  list: Element,
  placeOf: (at: { x: number; y: number }) => GridPlace,
  take: (place: GridPlace) => void,
): void {
  let at: { x: number; y: number } | null = null;
  const show = () => {
    if (at) take(placeOf(at));
  };
  const edges = edgeScroll(list, show);
  const move = (event: PointerEvent) => {
    at = { x: event.clientX, y: event.clientY };
    show();
    edges.follow(event.clientY);
  };
  const end = () => {
    edges.end();
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', end);
    window.removeEventListener('pointercancel', end);
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', end);
  window.addEventListener('pointercancel', end);
}
