import { LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { describe, expect, it } from 'vitest';
import { readChartColours, runLine } from '../../../renderer/charts/chart-colours.ts';
import { accuracyAxis, fromZeroAxis, lossAxis, rangeOf } from '../../../renderer/charts/loss-axis.ts';
import { type LossChart, lossOption } from '../../../renderer/charts/loss-option.ts';
import { metricOption } from '../../../renderer/charts/metric-option.ts';
import {
  draggedRange,
  epochLimits,
  epochOfPixel,
  type Frame,
  pixelOfEpoch,
  pixelOfValue,
  tooltipPlace,
} from '../../../renderer/charts/plot-area.ts';

const frame: Frame = {
  width: 512,
  height: 338,
  left: 40,
  right: 10,
  top: 10,
  bottom: 24,
  from: 1,
  to: 20,
  low: 0.2,
  high: 1.5,
};
const colours = readChartColours({ getPropertyValue: (name) => ` token${name} ` });

use([LineChart, GridComponent, MarkLineComponent, MarkAreaComponent, SVGRenderer]);

/** What ECharts draws of an option. */
function drawn(option: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: frame.width, height: frame.height });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const lossChart: LossChart = {
  frame,
  colours,
  colour: '#378af1',
  dashed: false,
  points: [
    [1, 1.4],
    [2, 1.2],
  ],
  ticks: [
    { value: 0.2, text: '0.2' },
    { value: 1, text: '1.0' },
  ],
  maxEpochTicks: 6,
  showPoints: true,
  leastReachable: { value: 0.3408, text: 'least reachable 0.3408' },
  firstRight: { epoch: 7, text: 'first ohlol, epoch 7' },
  hatch: '#cccccc',
  words: true,
};

describe('the frame and ECharts', () => {
  it('agree where an epoch and a value stand', () => {
    const svg = drawn(lossOption({ ...lossChart, points: [[20, 1]] }));
    const circle = /matrix\(([\d.]+),0,0,[\d.]+,([\d.]+),([\d.]+)\)/.exec(svg);
    expect(circle).not.toBeNull();
    expect(Number(circle![2])).toBeCloseTo(pixelOfEpoch(frame, 20), 0);
    expect(Number(circle![3])).toBeCloseTo(pixelOfValue(frame, 1), 0);
  });

  it('run the axis to the planned epoch from the start', () => {
    const svg = drawn(metricOption(lossChart));
    for (const tick of ['1', '5', '10', '15', '20', '0.2', '1.0']) expect(svg).toContain(`>${tick}</text>`);
  });

  it('give one epoch a place too', () => {
    const limits = epochLimits({ ...frame, to: 1 });
    expect(limits.max).toBeGreaterThan(limits.min);
    expect(Number.isFinite(pixelOfEpoch({ ...frame, to: 1 }, 1))).toBe(true);
  });
});

describe('lossOption', () => {
  it('draws the bound, the first right epoch and their words', () => {
    const svg = drawn(lossOption(lossChart));
    expect(svg).toContain('least reachable 0.3408');
    expect(svg).toContain('first ohlol, epoch 7');
    expect(svg).toContain('#cccccc');
  });

  it('leaves words to the window where it draws them itself', () => {
    expect(drawn(lossOption({ ...lossChart, words: false }))).not.toContain('least reachable');
  });

  it('draws neither line where there is none, or where it is out of sight', () => {
    const none = drawn(lossOption({ ...lossChart, leastReachable: null, firstRight: null }));
    const away = drawn(
      lossOption({ ...lossChart, frame: { ...frame, from: 10, low: 0.5 }, points: [[11, 1]] }),
    );
    for (const svg of [none, away]) {
      expect(svg).not.toContain('least reachable');
      expect(svg).not.toContain('first ohlol');
      expect(svg).not.toContain('#cccccc');
    }
  });
});

describe('draggedRange', () => {
  it('chooses whole epochs, in either direction', () => {
    const [a, b] = [pixelOfEpoch(frame, 5.2), pixelOfEpoch(frame, 11.9)];
    expect(draggedRange(frame, a, b)).toEqual([5, 12]);
    expect(draggedRange(frame, b, a)).toEqual([5, 12]);
  });

  it('stays inside the frame and is not a click', () => {
    expect(draggedRange(frame, pixelOfEpoch(frame, 15), 5000)).toEqual([15, 20]);
    expect(draggedRange(frame, 100, 103)).toBeNull();
    expect(draggedRange(frame, pixelOfEpoch(frame, 5.1), pixelOfEpoch(frame, 5.4))).toBeNull();
  });

  it('undoes pixelOfEpoch', () => {
    expect(epochOfPixel(frame, pixelOfEpoch(frame, 13))).toBeCloseTo(13, 9);
  });
});

describe('tooltipPlace', () => {
  const size = { width: 160, height: 90 };

  it.each([
    [60, 20],
    [300, 150],
    [500, 20],
    [500, 200],
    [60, 310],
  ])('stands clear of the point at %d, %d and inside the chart', (x, y) => {
    const { left, top } = tooltipPlace({ x, y }, size, frame);
    const covers = x > left - 8 && x < left + 168 && y > top - 8 && y < top + 98;
    expect(covers).toBe(false);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left + size.width).toBeLessThanOrEqual(frame.width);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top + size.height).toBeLessThanOrEqual(frame.height);
  });
});

describe('axes of values', () => {
  const options = { scale: 'linear', leastReachable: null, zoomed: false, maxTicks: 9 } as const;

  it('show what cannot be reached below the bound', () => {
    const axis = lossAxis(0.67, 1.4073, { ...options, leastReachable: 0.3408 });
    expect(axis.low).toBe(0.2);
    expect(axis.ticks[0]).toEqual({ value: 0.2, text: '0.2' });
  });

  it('begin at 0 without a bound, and fit the line when zoomed', () => {
    expect(lossAxis(0.67, 1.4, options).low).toBe(0);
    expect(lossAxis(0.67, 0.7, { ...options, zoomed: true }).low).toBeGreaterThan(0.6);
  });

  it('are logarithms on a log scale; 0 has a place too', () => {
    const axis = lossAxis(0, 1.4, { ...options, scale: 'log' });
    expect(axis.place(0.01)).toBeCloseTo(-2, 12);
    expect(Number.isFinite(axis.place(0))).toBe(true);
    expect(axis.ticks.length).toBeGreaterThan(1);
  });

  it('of accuracy and of magnitudes begin at 0', () => {
    expect(accuracyAxis().ticks.map((tick) => tick.text)).toEqual(['0%', '50%', '100%']);
    expect(fromZeroAxis(0.86, 3).ticks.map((tick) => tick.text)).toEqual(['0.0', '0.5', '1.0']);
    expect(fromZeroAxis(2, 3).high).toBe(2);
    expect(fromZeroAxis(4.3, 3).ticks.map((tick) => tick.text)).toEqual(['0', '5']);
    expect(fromZeroAxis(0, 3)).toMatchObject({ low: 0, high: 1 });
  });

  it('fit finite values only', () => {
    expect(
      rangeOf([
        [1, 2],
        [2, Number.NaN],
        [3, 1],
      ]),
    ).toEqual({ low: 1, high: 2 });
    expect(rangeOf([[1, Number.POSITIVE_INFINITY]])).toBeNull();
  });
});

describe('colours', () => {
  it('come from the tokens, a run keeps its own, and the eleventh begins again with a dash', () => {
    expect(colours.line).toBe('token--line');
    expect(runLine(colours, 1)).toEqual({ colour: 'token--run-1', dashed: false });
    expect(runLine(colours, 11)).toEqual({ colour: 'token--run-1', dashed: true });
  });
});
