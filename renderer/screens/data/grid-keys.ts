import type { CellColumn, CellRange } from '../../../engine/data/editing/cell-ranges.ts';
import { type GridKeyId, gridKeyOf } from '../../commands/grid-keys.ts';
import type { KeyPress } from '../../commands/keys.ts';

export type GridColumn = CellColumn;

export interface GridPlace {
  /** The row's index, from 0; the number of rows stands for the empty row at the end. */
  row: number;
  column: GridColumn;
}

export type GridAct =
  | { kind: 'move'; place: GridPlace }
  /** The cursor goes there and extends the range that began where it was. */
  | { kind: 'select'; place: GridPlace }
  | { kind: 'select-rows' | 'select-all' | 'fill-down' | 'edit' | 'clear' }
  | { kind: 'delete-row' | 'duplicate-row' | 'leave' }
  | { kind: 'move-row' | 'scroll-columns' | 'go-to-spot'; by: -1 | 1 };

const PAGE = 8;

/**
 * What a key does in the grid; null: it is typed, or is not the grid's. A row's input and target are one
 * above the other, so up and down go through both; left and right go to split and note.
 */
export function gridAct(
  press: KeyPress,
  place: GridPlace,
  rows: number,
  lines: readonly GridColumn[],
): GridAct | null {
  const key = gridKeyOf(press);
  if (key === null) return null;
  const to = moved(key, place, rows, lines) ?? extended(key, place, rows, lines);
  if (to) return to;
  switch (key) {
    case 'columns-left':
      return { kind: 'scroll-columns', by: -1 };
    case 'columns-right':
      return { kind: 'scroll-columns', by: 1 };
    case 'spot-before':
      return { kind: 'go-to-spot', by: -1 };
    case 'spot-after':
      return { kind: 'go-to-spot', by: 1 };
    case 'row-up':
      return { kind: 'move-row', by: -1 };
    case 'row-down':
      return { kind: 'move-row', by: 1 };
    case 'select-rows':
    case 'select-all':
    case 'edit':
    case 'fill-down':
    case 'duplicate-row':
    case 'clear':
    case 'delete-row':
    case 'leave':
      return { kind: key };
    default:
      return null;
  }
}

/** Where the cursor goes; null: the key does something else. */
function moved(
  key: GridKeyId,
  { row, column }: GridPlace,
  rows: number,
  lines: readonly GridColumn[],
): GridAct | null {
  const move = (next: Partial<GridPlace>): GridAct => ({
    kind: 'move',
    place: { row: Math.min(rows, Math.max(0, next.row ?? row)), column: next.column ?? column },
  });
  const [first, last] = [lines[0]!, lines.at(-1)!];
  switch (key) {
    case 'up':
      if (column === last && first !== last) return move({ column: first });
      return column === first && first !== last && row > 0
        ? move({ row: row - 1, column: last })
        : move({ row: row - 1 });
    case 'down':
      if (column === first && first !== last) return move({ column: last });
      return column === last && first !== last && row < rows
        ? move({ row: row + 1, column: first })
        : move({ row: row + 1 });
    case 'right':
      return move({ column: column === 'split' || column === 'note' ? 'note' : 'split' });
    case 'left':
      return move({ column: column === 'note' ? 'split' : first });
    case 'first-row':
      return move({ row: 0 });
    case 'last-row':
      return move({ row: rows - 1 });
    case 'page-up':
      return move({ row: row - PAGE });
    case 'page-down':
      return move({ row: row + PAGE });
    case 'home':
      return move({ row: 0, column: first });
    case 'end':
      return move({ row: rows - 1, column: last });
    default:
      return null;
  }
}

/** Extends the range by whole rows and columns; null: the key does something else. */
function extended(
  key: GridKeyId,
  place: GridPlace,
  rows: number,
  lines: readonly GridColumn[],
): GridAct | null {
  const columns = gridColumns(lines);
  const select = (row: number, column: GridColumn = place.column): GridAct => ({
    kind: 'select',
    place: { row: Math.max(0, Math.min(rows - 1, row)), column },
  });
  const beside = (by: -1 | 1) => columns[columns.indexOf(place.column) + by] ?? place.column;
  switch (key) {
    case 'select-up':
      return select(place.row - 1);
    case 'select-down':
      return select(place.row + 1);
    case 'select-left':
      return select(place.row, beside(-1));
    case 'select-right':
      return select(place.row, beside(1));
    case 'select-first-row':
      return select(0);
    case 'select-last-row':
      return select(rows - 1);
    case 'select-first-column':
      return select(place.row, columns[0]);
    case 'select-last-column':
      return select(place.row, columns.at(-1));
    case 'select-page-up':
      return select(place.row - PAGE);
    case 'select-page-down':
      return select(place.row + PAGE);
    case 'select-home':
      return select(0, columns[0]);
    case 'select-end':
      return select(rows - 1, columns.at(-1));
    default:
      return null;
  }
}

/** The columns in order. A row's lines are one above the other but count as neighbours. */
export function gridColumns(lines: readonly GridColumn[]): readonly GridColumn[] {
  return [...lines, 'split', 'note'];
}

/** The rectangle between two places, limited to the rows; null: it contains no row. */
export function rangeBetween(
  one: GridPlace,
  other: GridPlace,
  rows: number,
  lines: readonly GridColumn[],
): CellRange | null {
  const columns = gridColumns(lines);
  const [left, right] = [columns.indexOf(one.column), columns.indexOf(other.column)].sort((a, b) => a - b);
  const from = Math.min(one.row, other.row);
  const to = Math.min(rows - 1, Math.max(one.row, other.row));
  if (from > to) return null;
  return { from, to, columns: columns.slice(Math.max(0, left!), right! + 1) };
}
