import type { CellColumn, CellRange } from '../../../engine/data/editing/cells.ts';

export type GridColumn = CellColumn;

export interface GridPlace {
  /** From 0; the number of rows is the empty row at the end. */
  row: number;
  column: GridColumn;
}

export type GridAct =
  | { kind: 'move'; place: GridPlace }
  /** The cursor goes there, and the range that began where it stood comes along. */
  | { kind: 'select'; place: GridPlace }
  | { kind: 'select-rows' }
  | { kind: 'select-all' }
  | { kind: 'fill-down' }
  | { kind: 'edit' }
  | { kind: 'clear' }
  | { kind: 'delete-row' }
  | { kind: 'duplicate-row' }
  | { kind: 'leave' }
  | { kind: 'move-row'; by: -1 | 1 };

interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/**
 * What a key does in the grid; null: it is typed, or not the grid's. Input and target of a row stand over each other, so up and down walk through both;
 * left and right walk to split and note.
 */
export function gridAct(
  press: Press,
  place: GridPlace,
  rows: number,
  lines: readonly GridColumn[],
): GridAct | null {
  const command = press.ctrlKey || press.metaKey;
  const { row, column } = place;
  const move = (next: Partial<GridPlace>): GridAct => ({
    kind: 'move',
    place: { row: Math.min(rows, Math.max(0, next.row ?? row)), column: next.column ?? column },
  });
  const lastLine = lines.at(-1)!;
  if (press.shiftKey && !press.altKey) {
    const act = selectAct(press, place, rows, lines);
    if (act) return act;
  }
  if (press.altKey) {
    if (press.key === 'ArrowUp') return { kind: 'move-row', by: -1 };
    return press.key === 'ArrowDown' ? { kind: 'move-row', by: 1 } : null;
  }
  switch (press.key) {
    case 'ArrowUp':
      if (command) return move({ row: 0 });
      if (column === lastLine && lines.length > 1) return move({ column: lines[0] });
      return column === lines[0] && lines.length > 1 && row > 0
        ? move({ row: row - 1, column: lastLine })
        : move({ row: row - 1 });
    case 'ArrowDown':
      if (command) return move({ row: rows - 1 });
      if (column === lines[0] && lines.length > 1) return move({ column: lastLine });
      return column === lastLine && lines.length > 1 && row < rows
        ? move({ row: row + 1, column: lines[0] })
        : move({ row: row + 1 });
    case 'ArrowRight':
      if (press.shiftKey || command) return null;
      return move({ column: column === 'split' || column === 'note' ? 'note' : 'split' });
    case 'ArrowLeft':
      if (press.shiftKey || command) return null;
      return move({ column: column === 'note' ? 'split' : lines[0] });
    case 'PageUp':
      return move({ row: row - 8 });
    case 'PageDown':
      return move({ row: row + 8 });
    case 'Home':
      return move({ row: 0, column: lines[0] });
    case 'End':
      return move({ row: rows - 1, column: lastLine });
    case 'Enter':
    case 'F2':
      return { kind: 'edit' };
    case 'Backspace':
    case 'Delete':
      return { kind: command ? 'delete-row' : 'clear' };
    case 'Escape':
      return { kind: 'leave' };
    default:
      return command ? commandAct(press) : null;
  }
}

function commandAct(press: Press): GridAct | null {
  switch (press.key.toLowerCase()) {
    case 'd':
      return { kind: press.shiftKey ? 'duplicate-row' : 'fill-down' };
    case 'a':
      return { kind: 'select-all' };
    default:
      return null;
  }
}

/** Shift and an arrow: the range grows over whole rows and from column to column. */
function selectAct(
  press: Press,
  place: GridPlace,
  rows: number,
  lines: readonly GridColumn[],
): GridAct | null {
  const command = press.ctrlKey || press.metaKey;
  const columns = gridColumns(lines);
  const select = (row: number, column: GridColumn = place.column): GridAct => ({
    kind: 'select',
    place: { row: Math.max(0, Math.min(rows - 1, row)), column },
  });
  const beside = (by: -1 | 1) => {
    if (command) return by < 0 ? columns[0] : columns.at(-1);
    return columns[columns.indexOf(place.column) + by] ?? place.column;
  };
  switch (press.key) {
    case 'ArrowUp':
      return select(command ? 0 : place.row - 1);
    case 'ArrowDown':
      return select(command ? rows - 1 : place.row + 1);
    case 'ArrowLeft':
      return select(place.row, beside(-1));
    case 'ArrowRight':
      return select(place.row, beside(1));
    case 'PageUp':
      return select(place.row - 8);
    case 'PageDown':
      return select(place.row + 8);
    case 'Home':
      return select(0, columns[0]);
    case 'End':
      return select(rows - 1, columns.at(-1));
    case ' ':
      return { kind: 'select-rows' };
    default:
      return null;
  }
}

/** Columns in their order: lines of a row stand over each other, but count side by side. */
export function gridColumns(lines: readonly GridColumn[]): readonly GridColumn[] {
  return [...lines, 'split', 'note'];
}

/** The rectangle between two places, within the rows; null: there is no row in it. */
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
