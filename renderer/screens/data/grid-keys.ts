export type GridColumn = 'input' | 'target' | 'split' | 'note';

export interface GridPlace {
  /** From 0; the number of rows is the empty row at the end. */
  row: number;
  column: GridColumn;
}

export type GridAct =
  | { kind: 'move'; place: GridPlace }
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
      return command && press.key.toLowerCase() === 'd' ? { kind: 'duplicate-row' } : null;
  }
}
