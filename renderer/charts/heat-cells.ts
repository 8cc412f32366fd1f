/** Cells of a heat map as data, and where the arrow keys lead among them. */
import type { CellColour } from '../components/colour-scale.ts';

export interface HeatCell {
  /** Unique within the map; reported when the cell is looked at. */
  key: string;
  /** Rounded, to fit the cell. */
  text: string;
  colour: CellColour;
  /** `hidden[0, 1]`, and its value with every digit. */
  name: string;
  exact: string;
  /** thin: one of a set of cells; thick: the cell that matters. */
  frame: 'none' | 'thin' | 'thick';
}

/**
 * The cell that a key leads to from a row and column; null: the key is not handled, or there is no cell
 * there.
 */
export function nextCell(
  key: string,
  row: number,
  column: number,
  rows: readonly { length: number }[],
): { row: number; column: number } | null {
  const to = (nextRow: number, nextColumn: number) => {
    const width = rows[nextRow]?.length ?? 0;
    return nextColumn >= 0 && nextColumn < width ? { row: nextRow, column: nextColumn } : null;
  };
  switch (key) {
    case 'ArrowRight':
      return to(row, column + 1);
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'ArrowDown':
      return to(row + 1, column);
    case 'ArrowUp':
      return to(row - 1, column);
    case 'Home':
      return to(row, 0);
    case 'End':
      return to(row, (rows[row]?.length ?? 0) - 1);
    default:
      return null;
  }
}

export function isArrow(key: string): boolean {
  return ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End'].includes(key);
}
