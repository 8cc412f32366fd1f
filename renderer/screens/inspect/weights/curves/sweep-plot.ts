/** Where the what-if curve runs. Pure. */
import type { WeightSweep } from '../../../../../engine/questions.ts';
import { linearAxis, tickText } from '../../../../charts/ticks.ts';

export interface SweepFrame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Height of the strip of right counts under the curve. */
  strip: number;
}

export interface SweepPlot {
  xOf(value: number): number;
  yOf(loss: number): number;
  /** The curve as an SVG path; broken where a loss is no number. */
  path: string;
  /** Mean loss of a step by value. */
  losses: number[];
  leastRight: number;
  mostRight: number;
  yTicks: { y: number; text: string }[];
  xTicks: { x: number; text: string }[];
  /** Of the strip of right counts. */
  stripTop: number;
  stepX: number;
}

export function sweepPlot(
  sweep: WeightSweep,
  { left, right, top, bottom, strip }: SweepFrame,
  width: number,
  height: number,
): SweepPlot {
  const { values } = sweep;
  const first = values[0]!;
  const last = values.at(-1)!;
  const losses = Array.from(sweep.losses, (loss) => loss / Math.max(1, sweep.steps));
  const real = losses.filter(Number.isFinite);
  const axis = lossAxis(real);
  const low = axis.low;
  const inner = { width: width - left - right, height: height - top - bottom - strip - 4 };
  const xOf = (value: number) =>
    left + ((Math.min(Math.max(value, first), last) - first) / (last - first || 1)) * inner.width;
  const yOf = (loss: number) => top + (1 - (loss - low) / (axis.high - low || 1)) * inner.height;
  const path = losses
    .map((loss, i) =>
      Number.isFinite(loss)
        ? `${i > 0 && Number.isFinite(losses[i - 1]) ? 'L' : 'M'}${xOf(values[i]!).toFixed(1)} ${yOf(loss).toFixed(1)}`
        : '',
    )
    .join('');
  const ticks = linearAxis(first, last, 5).ticks.filter(
    (tick) => tick >= first - 1e-9 && tick <= last + 1e-9,
  );
  return {
    xOf,
    yOf,
    path,
    losses,
    leastRight: sweep.right.reduce((a, b) => Math.min(a, b), sweep.steps),
    mostRight: sweep.right.reduce((a, b) => Math.max(a, b), 0),
    yTicks: axis.ticks.map((tick) => ({ y: yOf(tick), text: tickText(tick, axis.ticks) })),
    xTicks: ticks.map((tick) => ({ x: xOf(tick), text: tickText(tick, ticks) })),
    stripTop: top + inner.height + 4,
    stepX: inner.width / Math.max(1, values.length - 1),
  };
}

/** A loss that hardly changes is drawn as the flat line that it is: the axis spans a fiftieth of it at least. */
function lossAxis(losses: readonly number[]) {
  if (losses.length === 0) return linearAxis(0, 1, 5);
  const [least, most] = [Math.min(...losses), Math.max(...losses)];
  const missing = Math.max(0, 0.02 * Math.abs(most) - (most - least)) / 2;
  return linearAxis(Math.max(0, least - missing), most + missing, 5);
}

/** The swept value next to a place on the screen, as its index. */
export function sweptAt(sweep: WeightSweep, plot: Pick<SweepPlot, 'xOf' | 'stepX'>, x: number): number {
  const index = Math.round((x - plot.xOf(sweep.values[0]!)) / (plot.stepX || 1));
  return Math.min(Math.max(index, 0), sweep.values.length - 1);
}
