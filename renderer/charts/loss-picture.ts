/** The loss chart of a run: from columns and choices to a frame and an option. */
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartColours } from './chart-colours.ts';
import { lossAxis, rangeOf, type Scale } from './loss-axis.ts';
import { type EpochMark, lossOption } from './loss-option.ts';
import type { SideLine } from './metric-option.ts';
import { type Frame, rightMargin } from './plot-area.ts';
import { type Line, sampleLine } from './sample-line.ts';

export interface LossPicture {
  line: Line;
  /** Further lines on the same axis, with how each is drawn. */
  beside: readonly (Omit<SideLine, 'points'> & { line: Line })[];
  logEpochs: boolean;
  range: { from: number; to: number };
  zoomed: boolean;
  scale: Scale;
  leastReachable: number | null;
}

/** Up to this many epochs, each epoch is drawn as a dot. */
const dottedEpochs = 60;
const mostPoints = 2000;

/** Axis, frame and points; the same for the screen and for a picture file. */
export function lossPlot({ line, beside, range, logEpochs, zoomed, scale, leastReachable }: LossPicture) {
  const raw = sampleLine(line, range.from, range.to, mostPoints);
  const others = beside.map((one) => ({
    ...one,
    points: sampleLine(one.line, range.from, range.to, mostPoints),
  }));
  const inside = [raw, ...others.map(({ points }) => points)].flatMap((points) =>
    points.filter(
      ([epoch, value]) => epoch >= range.from && epoch <= range.to && (scale === 'linear' || value > 0),
    ),
  );
  const seen = rangeOf(inside) ?? { low: leastReachable ?? 0, high: Math.max(1, (leastReachable ?? 0) * 4) };
  const axis = lossAxis(seen.low, seen.high, { scale, leastReachable, zoomed, maxTicks: 9 });
  const widest = Math.max(...axis.ticks.map((tick) => tick.text.length));
  const frame: Omit<Frame, 'width' | 'height'> = {
    left: Math.max(40, 18 + widest * 7),
    right: rightMargin(range.to),
    top: 10,
    bottom: 24,
    ...range,
    logEpochs,
    low: axis.low,
    high: axis.high,
  };
  const placed = (points: readonly [number, number][]) =>
    points.map(([epoch, loss]): [number, number] => [epoch, axis.place(loss)]);
  return {
    axis,
    frame,
    points: placed(raw),
    beside: others.map(
      ({ points, colour, dashed, opacity }): SideLine => ({
        points: placed(points),
        colour,
        dashed,
        opacity,
      }),
    ),
    showPoints: range.to - range.from < dottedEpochs,
  };
}

export interface LossPictureStyle {
  colours: ChartColours;
  colour: string;
  dashed: boolean;
  hatch: string | object;
  words: boolean;
  leastText: string;
  marks: readonly EpochMark[];
}

export function lossPictureOption(
  plot: ReturnType<typeof lossPlot>,
  frame: Frame,
  leastReachable: number | null,
  { leastText, ...style }: LossPictureStyle,
): EChartsCoreOption {
  return lossOption({
    ...style,
    frame,
    points: plot.points,
    beside: plot.beside,
    ticks: plot.axis.ticks,
    maxEpochTicks: Math.max(2, Math.min(8, Math.floor(frame.width / 85))),
    showPoints: plot.showPoints,
    leastReachable:
      leastReachable === null ? null : { value: plot.axis.place(leastReachable), text: leastText },
  });
}
