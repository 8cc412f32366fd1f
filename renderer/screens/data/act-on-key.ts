import type { GridState } from './grid.svelte.ts';
import { gridAct } from './grid-keys.ts';
import { clearRange, fillRange } from './range-edits.ts';

/** Does what a key means in the grid while no cell is being edited. False: the key is not the grid's. */
export function actOnKey(grid: GridState, event: KeyboardEvent): boolean {
  const act = gridAct(event, grid.place, grid.rows.length, grid.lines);
  if (!act) return false;
  const row = grid.rows[grid.place.row];
  const { range } = grid;
  switch (act.kind) {
    case 'move':
      grid.goTo(act.place);
      return true;
    case 'select':
      grid.selectTo(act.place);
      return true;
    case 'select-rows':
      if (range) grid.selectRows(range.from, range.to);
      return true;
    case 'select-all':
      grid.selectRows(grid.rows.length - 1, 0);
      return true;
    case 'edit':
      if (row && grid.place.column === 'split') document.getElementById(`split-${row.id}`)?.focus();
      else grid.edit(grid.place);
      return true;
    case 'leave':
      if (grid.anchor) grid.anchor = null;
      else if (event.target instanceof HTMLElement) event.target.blur();
      return true;
    case 'clear':
      void grid.act(clearRange);
      return true;
    case 'fill-down':
      void grid.act(fillRange);
      return true;
    case 'delete-row':
      if (range) void grid.remove(range.from, range.to);
      return true;
    case 'duplicate-row':
      if (range) void grid.duplicate(range.from, range.to);
      return true;
    case 'move-row':
      if (row) void grid.move(row.id, grid.place.row + act.by);
      return true;
    case 'scroll-columns':
      grid.columns.page(act.by);
      return true;
    case 'go-to-spot':
      grid.goToSpot(grid.spotsHere(), act.by);
      return true;
    default:
      act satisfies never;
      return false;
  }
}
