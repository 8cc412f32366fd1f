/** One metric of one run over epochs as an ECharts option: pure data in, pure data out. */
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartColours } from './chart-colours.ts';
import { epochLimits, type Frame, placeOfEpoch } from './plot-area.ts';
import { epochTicks, logEpochTicks } from './ticks.ts';

/** A line beside the run's own: the validation metric, an earlier run, or the line before smoothing. */
export interface SideLine {
  /** In the axis's own unit, sampled. */
  points: [number, number][];
  colour: string;
  dashed: boolean;
  /** 0 … 1. */
  opacity: number;
}

export interface MetricChart {
  frame: Frame;
  colours: ChartColours;
  colour: string;
  dashed: boolean;
  /** In the axis's own unit, sampled. */
  points: [number, number][];
  /** Ticks of y in the axis's own unit, with their texts. */
  ticks: { value: number; text: string }[];
  maxEpochTicks: number;
  showPoints: boolean;
  /** Drawn under the run's line, in this order. */
  beside?: readonly SideLine[];
}

/** What every chart has: the grid, both axes and the run's line. */
export function metricOption(chart: MetricChart): EChartsCoreOption {
  const { frame, colours } = chart;
  const placed = (points: readonly [number, number][]) =>
    frame.logEpochs ? points.map(([epoch, value]) => [placeOfEpoch(frame, epoch), value]) : points;
  return {
    animation: false,
    backgroundColor: 'transparent',
    // The frame is exact: labels may not move it, because the window draws over the chart.
    grid: {
      left: frame.left,
      right: frame.right,
      top: frame.top,
      bottom: frame.bottom,
      outerBoundsMode: 'none',
    },
    xAxis: epochAxis(chart),
    yAxis: valueAxis(chart),
    series: [
      {
        type: 'line',
        data: placed(chart.points),
        silent: true,
        z: 3,
        lineStyle: { width: 2, color: chart.colour, join: 'round', type: chart.dashed ? [6, 3] : 'solid' },
        itemStyle: { color: chart.colour },
        symbol: 'circle',
        symbolSize: 5,
        showSymbol: chart.showPoints,
        clip: true,
      },
      ...(chart.beside ?? []).map(({ points, colour, dashed, opacity }) => ({
        type: 'line',
        data: placed(points),
        silent: true,
        lineStyle: { width: 1.6, color: colour, opacity, join: 'round', type: dashed ? [4, 3] : 'solid' },
        itemStyle: { color: colour, opacity },
        symbol: 'circle',
        symbolSize: 4,
        showSymbol: points.length === 1,
        clip: true,
      })),
    ],
    textStyle: { fontFamily: colours.fontUi },
  };
}

function epochAxis({ frame, colours, maxEpochTicks }: MetricChart) {
  const { min, max } = epochLimits(frame);
  const ticks = (frame.logEpochs ? logEpochTicks : epochTicks)(frame.from, frame.to, maxEpochTicks);
  const texts = new Map(ticks.map((epoch) => [placeOfEpoch(frame, epoch), epoch.toLocaleString('en-US')]));
  return {
    type: 'value',
    min,
    max,
    axisLine: { show: true, onZero: false, lineStyle: { color: colours.lineStrong } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      customValues: [...texts.keys()],
      formatter: (place: number) => texts.get(place) ?? '',
      color: colours.text3,
      fontFamily: colours.fontMono,
      fontSize: 11,
      hideOverlap: true,
    },
  };
}

function valueAxis({ frame, colours, ticks }: MetricChart) {
  const texts = new Map(ticks.map((tick) => [tick.value, tick.text]));
  const customValues = ticks.map((tick) => tick.value);
  return {
    type: 'value',
    min: frame.low,
    max: frame.high,
    axisLine: { show: false },
    // The grid's lines are drawn at the ticks.
    axisTick: { show: false, customValues },
    splitLine: { show: true, lineStyle: { color: colours.line, width: 1 } },
    axisLabel: {
      customValues,
      formatter: (value: number) => texts.get(value) ?? '',
      color: colours.text3,
      fontFamily: colours.fontMono,
      fontSize: 11,
    },
  };
}
