/** The loss chart as an ECharts option: the run's line, the least reachable loss, the first epoch that was right. */
import type { EChartsCoreOption } from 'echarts/core';
import { type MetricChart, metricOption } from './metric-option.ts';

export interface LossChart extends MetricChart {
  /** In the axis's own unit, with the words at it; null where there is no bound. */
  leastReachable: { value: number; text: string } | null;
  /** A thin vertical line with its words at the top. */
  firstRight: { epoch: number; text: string } | null;
  /** Fill of the part that cannot be reached: a colour, or a pattern of zrender. */
  hatch: string | object;
  /** Words in the picture itself; the window draws them as buttons over it instead. */
  words: boolean;
}

export function lossOption(chart: LossChart): EChartsCoreOption {
  const option = metricOption(chart);
  const [run] = option.series as object[];
  return {
    ...option,
    series: [
      {
        ...run,
        markLine: { silent: true, symbol: 'none', animation: false, data: markLines(chart) },
        markArea: { silent: true, animation: false, data: unreachable(chart) },
      },
    ],
  };
}

function markLines({ leastReachable, firstRight, colours, words, frame }: LossChart): object[] {
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
  if (firstRight && shown(firstRight.epoch, frame.from, frame.to)) {
    const pastMiddle = firstRight.epoch > (frame.from + frame.to) / 2;
    lines.push({
      xAxis: firstRight.epoch,
      lineStyle: { color: colours.success, width: 1, type: [2, 3] },
      label: {
        show: words,
        formatter: firstRight.text,
        position: 'end',
        rotate: 0,
        align: pastMiddle ? 'right' : 'left',
        verticalAlign: 'top',
        offset: [pastMiddle ? -5 : 5, 8],
        color: colours.successText,
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
