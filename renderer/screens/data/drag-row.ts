import { edgeScroll } from './edge-scroll.ts';

/** A list whose lines are moved by their grips. */
export interface DragList<Id> {
  readonly rows: { readonly length: number };
  /** The index of a dragged line, and the index to which it would move. */
  drag: { from: number; to: number } | null;
  move(id: Id, to: number): unknown;
}

interface Dragged<Id> {
  grid: DragList<Id>;
  index: number;
  id: Id;
}

/**
 * Makes a grip drag its row. The list's `drag` says where the row would go; releasing the pointer moves it
 * there, Esc cancels. The list scrolls near its edges, where the grip itself may no longer be drawn, so the
 * events are taken from the window.
 */
export function dragRow<Id>(grip: HTMLElement, dragged: Dragged<Id>) {
  let now = dragged;

  function start(event: PointerEvent) {
    if (event.button !== 0) return;
    event.preventDefault();
    const line = grip.closest<HTMLElement>('[role=row], [role=option]')!;
    const height = line.offsetHeight;
    const top = line.getBoundingClientRect().top;
    const list = grip.closest('[role=grid]')?.firstElementChild ?? grip.closest('[role=listbox]');
    const scrolled = list?.scrollTop ?? 0;
    const { index, id, grid } = now;
    grid.drag = { from: index, to: index };

    let y = event.clientY;
    const show = () => {
      const moved = y - top + (list?.scrollTop ?? 0) - scrolled;
      const to = Math.max(0, Math.min(grid.rows.length - 1, index + Math.floor(moved / height)));
      grid.drag = { from: index, to };
    };
    const edges = list && edgeScroll(list, show);
    const move = (at: PointerEvent) => {
      y = at.clientY;
      show();
      edges?.follow(y);
    };
    const end = (to: number | null) => {
      edges?.end();
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', drop);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', leave, true);
      grid.drag = null;
      if (to !== null && to !== index) void grid.move(id, to);
    };
    const drop = () => end(grid.drag?.to ?? null);
    const cancel = () => end(null);
    const leave = (key: KeyboardEvent) => {
      if (key.key === 'Escape') end(null);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', drop);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', leave, true);
  }

  grip.addEventListener('pointerdown', start);
  return {
    update(next: Dragged<Id>) {
      now = next;
    },
    destroy() {
      grip.removeEventListener('pointerdown', start);
    },
  };
}
