/** The loss chart as an ECharts option: the run's line, the least reachable loss, and marked epochs. */
import type { EChartsCoreOption } from 'echarts/core';
import { type MetricChart, metricOption } from './metric-option.ts';
import { isPastMiddle, placeOfEpoch } from './plot-area.ts';

/** An epoch at which something happened. */
export interface EpochMark {
  epoch: number;
  text: string;
  /** Drawn in neutral colours: neither good nor bad. */
  plain?: boolean;
}

export interface LossChart extends MetricChart {
  /** The bound in the axis's own unit, with its label; null where there is none. */
  leastReachable: { value: number; text: string } | null;
  /** Thin vertical lines with labels at the top, each below the one before. */
  marks: readonly EpochMark[];
  /** Fill of the unreachable part: a colour, or a pattern of zrender. */
  hatch: string | object;
  /** Draws the labels into the picture. The window leaves them out and puts buttons over the chart instead. */
  words: boolean;
}

export function lossOption(chart: LossChart): EChartsCoreOption {
  const option = metricOption(chart);
  const [run, ...beside] = option.series as object[];
  return {
    ...option,
    series: [
      {
        ...run,
        markLine: { silent: true, symbol: 'none', animation: false, data: markLines(chart) },
        markArea: { silent: true, animation: false, data: unreachable(chart) },
      },
      ...beside,
    ],
  };
}

function markLines({ leastReachable, marks, colours, words, frame }: LossChart): object[] {
  const lines: object[] = [];
  if (leastReachable && shown(leastReachable.value, frame.low, frame.high)) {
    lines.push({
      yAxis: leastReachable.value,
      lineStyle: { color: colours.text2, width: 1.4, type: [5, 3] },
      label: {
        show: words,
        formatter: leastReachable.text,
        position: 'insideStartTop',
        distance: [8, 5],
        color: colours.text,
        fontFamily: colours.fontUi,
        fontSize: 11,
      },
    });
  }
  for (const [i, mark] of marks.entries()) {
    if (!shown(mark.epoch, frame.from, frame.to)) continue;
    const pastMiddle = isPastMiddle(frame, mark.epoch);
    lines.push({
      xAxis: placeOfEpoch(frame, mark.epoch),
      lineStyle: { color: mark.plain ? colours.text2 : colours.success, width: 1, type: [2, 3] },
      label: {
        show: words,
        formatter: mark.text,
        position: 'end',
        rotate: 0,
        align: pastMiddle ? 'right' : 'left',
        verticalAlign: 'top',
        offset: [pastMiddle ? -5 : 5, 8 + 15 * i],
        color: mark.plain ? colours.text2 : colours.successText,
        fontFamily: colours.fontUi,
        fontSize: 11,
        fontWeight: 600,
      },
    });
  }
  return lines;
}

function unreachable({ leastReachable, frame, hatch }: LossChart): object[] {
  if (!leastReachable || leastReachable.value <= frame.low) return [];
  const top = Math.min(leastReachable.value, frame.high);
  return [[{ yAxis: top, itemStyle: { color: hatch, opacity: 0.8 } }, { yAxis: frame.low }]];
}

function shown(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
