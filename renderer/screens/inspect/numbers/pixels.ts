/** Where the cells of a pixel map are, and their colours on a canvas. */
import type { ColourTable } from '../../../charts/colour-table.svelte.ts';
import type { MatrixView } from './matrix-view.ts';

const largestCell = 12;

export interface PixelGrid {
  rows: number;
  columns: number;
  /** Size of a cell with the line beside it, in pixels; below 1 a pixel stands for several cells. */
  stepX: number;
  stepY: number;
  /** Pixels between cells. */
  gap: number;
  /** The whole picture. */
  width: number;
  height: number;
  /** Whether every cell has at least one pixel of its own. */
  isWhole: boolean;
}

export function gridOf(
  { rows, columns }: Pick<MatrixView, 'rows' | 'columns'>,
  size: {
    maxWidth: number;
    maxHeight: number;
    width?: number | undefined;
    height?: number | undefined;
    gap: boolean;
  },
): PixelGrid {
  const fitting = (count: number, most: number) => Math.min(largestCell, most / Math.max(1, count));
  const whole = (step: number) => (step >= 1 ? Math.floor(step) : step);
  // Cells are square unless a size is given.
  const square = whole(Math.min(fitting(columns, size.maxWidth), fitting(rows, size.maxHeight)));
  const stepX = size.width ?? square;
  const stepY = size.height ?? square;
  const gap = size.gap && stepX >= 5 && stepY >= 5 ? 1 : 0;
  return {
    rows,
    columns,
    stepX,
    stepY,
    gap,
    width: Math.max(1, Math.ceil(columns * stepX)),
    height: Math.max(1, Math.ceil(rows * stepY)),
    isWhole: stepX >= 1 && stepY >= 1,
  };
}

/** The cell at a point of the picture; points outside belong to the nearest cell. */
export function cellAt(
  { rows, columns, stepX, stepY }: PixelGrid,
  x: number,
  y: number,
): { row: number; column: number } {
  const within = (value: number, count: number) =>
    Math.min(Math.max(Math.floor(value), 0), Math.max(0, count - 1));
  return { row: within(y / stepY, rows), column: within(x / stepX, columns) };
}

export interface PixelColours {
  table: ColourTable;
}

/** Draws all cells; what is not computed yet stays transparent. */
export function drawPixels(
  canvas: HTMLCanvasElement,
  grid: PixelGrid,
  matrix: Pick<MatrixView, 'value' | 'scale'>,
  { table }: PixelColours,
): void {
  canvas.width = grid.width;
  canvas.height = grid.height;
  const context = canvas.getContext('2d');
  if (!context || grid.rows === 0 || grid.columns === 0) return;
  const { rows, columns, stepX, stepY, gap } = grid;
  if (!grid.isWhole || !Number.isInteger(stepX) || !Number.isInteger(stepY)) {
    context.putImageData(imageOf(grid.width, grid.height, matrix, table, strongestUnder(grid, matrix)), 0, 0);
    return;
  }
  // One pixel for each cell, which the browser enlarges: a number is looked up once.
  const small = new OffscreenCanvas(columns, rows);
  small.getContext('2d')!.putImageData(imageOf(columns, rows, matrix, table, matrix.value), 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, columns * stepX, rows * stepY);
  if (gap === 0) return;
  for (let row = 1; row <= rows; row++) context.clearRect(0, row * stepY - gap, grid.width, gap);
  for (let column = 1; column <= columns; column++)
    context.clearRect(column * stepX - gap, 0, gap, grid.height);
}

function imageOf(
  width: number,
  height: number,
  { scale }: Pick<MatrixView, 'scale'>,
  table: ColourTable,
  value: (y: number, x: number) => number | null,
): ImageData {
  const image = new ImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const number = value(y, x);
      if (number === null) continue;
      const shade = table.at(number, scale.limit);
      const at = 4 * (y * width + x);
      image.data[at] = table.rgb[shade]!;
      image.data[at + 1] = table.rgb[shade + 1]!;
      image.data[at + 2] = table.rgb[shade + 2]!;
      image.data[at + 3] = 255;
    }
  }
  return image;
}

/** The number of a pixel that stands for several cells: the strongest of them; null in the lines between. */
function strongestUnder(grid: PixelGrid, matrix: Pick<MatrixView, 'value'>) {
  return (y: number, x: number): number | null => {
    if (isGap(y, grid.stepY, grid.gap) || isGap(x, grid.stepX, grid.gap)) return null;
    const [top, bottom] = covered(y, grid.stepY, grid.rows);
    const [left, right] = covered(x, grid.stepX, grid.columns);
    return strongest(matrix, top, bottom, left, right);
  };
}

const isGap = (pixel: number, step: number, gap: number) => gap > 0 && pixel % step >= step - gap;

/** The cells under a pixel: from, until. */
function covered(pixel: number, step: number, count: number): [number, number] {
  const first = Math.min(count - 1, Math.floor(pixel / step));
  return [first, Math.max(first + 1, Math.min(count, Math.floor((pixel + 1) / step)))];
}

function strongest(
  { value }: Pick<MatrixView, 'value'>,
  top: number,
  bottom: number,
  left: number,
  right: number,
): number | null {
  if (bottom === top + 1 && right === left + 1) return value(top, left);
  let best: number | null = null;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const one = value(row, column);
      if (one !== null && (best === null || Math.abs(one) > Math.abs(best))) best = one;
    }
  }
  return best;
}
