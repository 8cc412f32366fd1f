/** Where the cells of banded matrices are. Pure. */
import type { WeightBand, WeightGroup } from './weight-groups.ts';

export interface BandsLayout {
  /** Size of a cell with the line beside it; below 1 a pixel stands for several cells. */
  stepX: number;
  stepY: number;
  /** Pixels between cells. */
  gap: number;
  /** Numbers are written into the cells. */
  isWritten: boolean;
  /** Upper edge of each band. */
  tops: number[];
  height: number;
}

/** Between two bands. */
export const bandGap = 6;
/** Least width of a block, so that its name has room. */
export const leastBlock = 16;
/** Between two blocks. */
export const blockGap = 10;
const written = { width: 64, height: 36, leastWidth: 40, leastHeight: 18 };
const largest = { width: 26, height: 20 };
/** Matrices larger than this are pixels: no line between their cells. */
const mostCells = 64 * 32;

/** Cells as large as the room allows; numbers in them where every block has at most 16 × 16 of them. */
export function bandsLayout(
  { bands, blocks }: Pick<WeightGroup, 'bands' | 'blocks'>,
  room: { width: number; height: number },
): BandsLayout {
  const rows = blocks[0]?.rows ?? 1;
  const columns = blocks.reduce((sum, block) => sum + block.columns, 0);
  const narrow = blocks.filter((block) => block.columns === 1).length;
  const width = room.width - blockGap * (blocks.length - 1) - narrow * leastBlock;
  const height = room.height - bandGap * (bands.length - 1);
  const isSmall = rows <= 16 && blocks.every((block) => block.columns <= 16);
  const isWritten = isSmall && width / columns >= written.leastWidth && height / rows >= written.leastHeight;
  const most = isWritten ? written : largest;
  const stepX = whole(Math.min(most.width, width / Math.max(1, columns)));
  const stepY = whole(Math.min(most.height, height / Math.max(1, rows)));
  const isPixels = blocks.some((block) => block.rows * block.columns > mostCells);
  const gap = !isPixels && stepX >= 4 && stepY >= 4 ? 1 : 0;
  const tops = bands.map(({ start }, i) => Math.round(start * stepY) + i * bandGap);
  const last = bands.at(-1);
  return {
    stepX,
    stepY,
    gap,
    isWritten,
    tops,
    height: last ? Math.max(1, Math.ceil(tops.at(-1)! + last.rows * stepY)) : 1,
  };
}

const whole = (step: number) => (step >= 1 ? Math.floor(step) : Math.max(step, 1e-6));

/** Upper edge of a row. */
export function topOfRow(layout: BandsLayout, bands: readonly WeightBand[], row: number): number {
  const band = bands.findIndex(({ start, rows }) => row < start + rows);
  const at = band === -1 ? bands.length - 1 : band;
  return layout.tops[at]! + (row - bands[at]!.start) * layout.stepY;
}

/** The row at a height; a gap belongs to the nearer band. */
export function rowAt(layout: BandsLayout, bands: readonly WeightBand[], y: number): number {
  for (const [i, band] of bands.entries()) {
    const end = layout.tops[i]! + band.rows * layout.stepY;
    if (y < end + bandGap / 2 || i === bands.length - 1) {
      const within = Math.floor((y - layout.tops[i]!) / layout.stepY);
      return band.start + Math.min(Math.max(within, 0), band.rows - 1);
    }
  }
  return 0;
}

/** Every how many columns a name has room. */
export function nameEvery(stepX: number, longest: number): number {
  return Math.max(1, Math.ceil((longest * 6.8 + 4) / Math.max(stepX, 0.01)));
}
