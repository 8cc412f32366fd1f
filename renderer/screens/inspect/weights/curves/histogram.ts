/** A parameter's values over the epochs of a run. Pure. */
import type { Distribution } from '../../../../../engine/questions.ts';

/** Bins of one epoch. */
export const histogramBins = 48;
/** Epochs that are looked at. */
const mostEpochs = 41;

/** Evenly spread epochs from 0 to the last. */
export function histogramEpochs(last: number): number[] {
  const count = Math.min(mostEpochs, last + 1);
  return Array.from({ length: count }, (_, i) => (count === 1 ? last : Math.round((i * last) / (count - 1))));
}

export interface HistogramCell {
  epoch: number;
  /** Values between the edges, and of the outer bins also those beyond them. */
  count: number;
  from: number;
  to: number;
}

/** Counts of all epochs in rows, the outermost bins with what lies beyond; √count is what is coloured. */
export function histogramCells(
  epochs: readonly number[],
  answers: readonly Distribution[],
): HistogramCell[][] {
  return answers.map(({ counts, from, to, below, above }, row) => {
    const width = (to - from) / counts.length;
    return Array.from(counts, (count, bin) => ({
      epoch: epochs[row]!,
      count: count + (bin === 0 ? below : 0) + (bin === counts.length - 1 ? above : 0),
      from: from + bin * width,
      to: from + (bin + 1) * width,
    }));
  });
}

/** The strongest colour: the root of the largest count. */
export function histogramLimit(cells: readonly (readonly HistogramCell[])[]): number {
  let most = 0;
  for (const row of cells) for (const { count } of row) if (count > most) most = count;
  return Math.sqrt(most);
}

/** The row of the epoch next to a given one. */
export function nearestRow(epochs: readonly number[], epoch: number): number {
  let best = 0;
  for (let i = 1; i < epochs.length; i++)
    if (Math.abs(epochs[i]! - epoch) < Math.abs(epochs[best]! - epoch)) best = i;
  return best;
}
