/** One weight over the epochs, with the step that is shown. Pure. */
import { linearAxis } from '../../../charts/ticks.ts';

/** The most epochs that are asked for; of more, evenly chosen ones. */
const mostEpochs = 101;

/** Epochs 0 … last, evenly chosen, with those before and after the update that is shown. */
export function historyEpochs(last: number, epoch: number): number[] {
  const count = Math.min(mostEpochs - 2, last + 1);
  const even = Array.from({ length: count }, (_, i) =>
    count === 1 ? last : Math.round((i * last) / (count - 1)),
  );
  const both = [epoch - 1, epoch].filter((one) => one >= 0 && one <= last);
  return [...new Set([...even, ...both])].sort((a, b) => a - b);
}

export interface HistoryPlot {
  /** In pixels of the frame; one line, with the step that is shown dashed after it. */
  points: { epoch: number; value: number; x: number; y: number }[];
  ticks: { value: number; y: number }[];
}

export function historyPlot(
  epochs: readonly number[],
  values: readonly number[],
  last: number,
  frame: { left: number; top: number; width: number; height: number },
): HistoryPlot {
  const finite = values.filter(Number.isFinite);
  const axis = linearAxis(Math.min(...finite, Number.MAX_VALUE), Math.max(...finite, -Number.MAX_VALUE), 4);
  const yOf = (value: number) => frame.top + frame.height * (1 - (value - axis.low) / (axis.high - axis.low));
  const xOf = (epoch: number) => frame.left + (last === 0 ? 0 : (frame.width * epoch) / last);
  return {
    points: epochs.flatMap((epoch, i) => {
      const value = values[i]!;
      return Number.isFinite(value) ? [{ epoch, value, x: xOf(epoch), y: yOf(value) }] : [];
    }),
    ticks: axis.ticks.map((value) => ({ value, y: yOf(value) })),
  };
}
