/** Draws a banded matrix on a canvas. */
import type { MatrixView } from '../../numbers/matrix-view.ts';
import { cellText } from '../../numbers/number-scale.ts';
import { drawPixels, type PixelColours, type PixelGrid } from '../../numbers/pixels.ts';
import { type BandsLayout, topOfRow } from './bands-layout.ts';
import type { WeightBand } from './weight-groups.ts';

/** @param scale device pixels of one CSS pixel. */
export function drawBands(
  canvas: HTMLCanvasElement,
  matrix: Pick<MatrixView, 'rows' | 'columns' | 'value' | 'scale'>,
  bands: readonly WeightBand[],
  layout: BandsLayout,
  colours: PixelColours & { fontMono: string },
  scale: number,
): void {
  const width = widthOf(matrix.columns, layout);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(layout.height * scale);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.imageSmoothingEnabled = false;
  const piece = document.createElement('canvas');
  for (const [i, band] of bands.entries()) {
    const grid = gridOfBand(band, matrix.columns, layout);
    const value = (row: number, column: number) => matrix.value(band.start + row, column);
    drawPixels(piece, grid, { value, scale: matrix.scale }, colours);
    context.drawImage(piece, 0, layout.tops[i]!);
  }
  if (layout.isWritten) writeNumbers(context, matrix, bands, layout, colours);
}

export function widthOf(columns: number, { stepX }: Pick<BandsLayout, 'stepX'>): number {
  return Math.max(1, Math.ceil(columns * stepX));
}

function gridOfBand({ rows }: WeightBand, columns: number, layout: BandsLayout): PixelGrid {
  const { stepX, stepY, gap } = layout;
  const height = Math.max(1, Math.ceil(rows * stepY));
  const isWhole = stepX >= 1 && stepY >= 1;
  return { rows, columns, stepX, stepY, gap, width: widthOf(columns, layout), height, isWhole };
}

function writeNumbers(
  context: CanvasRenderingContext2D,
  { rows, columns, value, scale }: Pick<MatrixView, 'rows' | 'columns' | 'value' | 'scale'>,
  bands: readonly WeightBand[],
  layout: BandsLayout,
  { table, fontMono }: PixelColours & { fontMono: string },
): void {
  context.font = `12px ${fontMono}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let row = 0; row < rows; row++) {
    const y = topOfRow(layout, bands, row) + (layout.stepY - layout.gap) / 2 + 0.5;
    for (let column = 0; column < columns; column++) {
      const number = value(row, column);
      if (number === null) continue;
      context.fillStyle = inkOn(table.rgb, table.at(number, scale.limit));
      context.fillText(
        cellText(number, scale.limit),
        column * layout.stepX + (layout.stepX - layout.gap) / 2,
        y,
      );
    }
  }
}

/** Black or white, by the relative luminance of the colour, as on the cells of the page. */
function inkOn(rgb: ArrayLike<number>, at: number): string {
  const linear = (byte: number) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear(rgb[at]!) + 0.7152 * linear(rgb[at + 1]!) + 0.0722 * linear(rgb[at + 2]!);
  return luminance > 0.179 ? '#000' : '#fff';
}
