import { LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChartColours, runLine } from '../../../renderer/charts/chart-colours.ts';
import { accuracyAxis, fromZeroAxis, lossAxis, rangeOf } from '../../../renderer/charts/loss-axis.ts';
import { type LossChart, lossOption } from '../../../renderer/charts/loss-option.ts';
import { lossPlot } from '../../../renderer/charts/loss-picture.ts';
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
import { smoothed } from '../../../renderer/charts/smooth.ts';
import { logEpochTicks } from '../../../renderer/charts/ticks.ts';

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

/** The SVG that ECharts draws from an option. */
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
  marks: [{ epoch: 7, text: 'first ohlol, epoch 7' }],
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
    const none = drawn(lossOption({ ...lossChart, leastReachable: null, marks: [] }));
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

describe('lines beside the run', () => {
  const side = {
    points: [[1, 1.3] as [number, number], [20, 0.5] as [number, number]],
    colour: '#b44d09',
    dashed: true,
    opacity: 0.45,
  };
  it('are drawn in their own colour, dash and strength, under the line of the run', () => {
    const svg = drawn(lossOption({ ...lossChart, beside: [side] }));
    expect(svg).toMatch(
      /stroke="#b44d09"[^>]*stroke-opacity="0.45"|stroke-opacity="0.45"[^>]*stroke="#b44d09"/,
    );
    expect(svg.indexOf('#b44d09')).toBeLessThan(svg.lastIndexOf('#378af1'));
    expect(drawn(lossOption(lossChart))).not.toContain('#b44d09');
  });
  it('widen the range of the axis, and of a log axis only by what has a logarithm', () => {
    const line = { x: [1, 2], y: [0.5, 0.4] };
    const beside = [{ line: { x: [1, 2], y: [3, 0] }, colour: '', dashed: true, opacity: 1 }];
    const picture = {
      line,
      beside,
      range: { from: 1, to: 2 },
      logEpochs: false,
      zoomed: true,
      leastReachable: null,
    };
    expect(lossPlot({ ...picture, scale: 'linear' }).axis.high).toBeGreaterThanOrEqual(3);
    const log = lossPlot({ ...picture, scale: 'log' });
    expect(log.axis.low).toBeGreaterThan(Math.log10(0.4) - 1);
    expect(log.beside[0]!.points[1]![1]).toBe(log.axis.low);
  });
});

describe('epochs on a log axis', () => {
  const log = { ...frame, logEpochs: true, to: 1000 };
  it('stand at equal distances for equal factors, and are found again', () => {
    const at = (epoch: number) => pixelOfEpoch(log, epoch);
    expect(at(10) - at(1)).toBeCloseTo(at(100) - at(10), 6);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.boolean(), (epoch, logEpochs) => {
        const shape = { ...log, logEpochs };
        expect(Math.round(epochOfPixel(shape, pixelOfEpoch(shape, epoch)))).toBe(epoch);
      }),
    );
  });
  it('have ticks at 1, 2 and 5, or at whole decades', () => {
    expect(logEpochTicks(1, 100, 8)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logEpochTicks(1, 1e6, 8)).toEqual([1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
    expect(logEpochTicks(30, 400, 8)).toEqual([30, 50, 100, 200]);
  });
  it('are drawn where the window thinks they are', () => {
    const svg = drawn(lossOption({ ...lossChart, frame: log, points: [[100, 1]], marks: [] }));
    const circle = /matrix\(([\d.]+),0,0,[\d.]+,([\d.]+),([\d.]+)\)/.exec(svg);
    expect(Number(circle![2])).toBeCloseTo(pixelOfEpoch(log, 100), 0);
    expect(svg).toContain('>100</text>');
  });
});

const lineOf = (y: number[]) => ({ x: y.map((_, i) => i + 1), y });

describe('smoothed', () => {
  it('is the line itself for β = 0, and a constant for a constant', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true })),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (y, beta) => {
          expect([...smoothed(lineOf(y), 0)]).toEqual(y);
          const constant = lineOf(y.map(() => 3));
          for (const value of smoothed(constant, beta)) expect(value).toBeCloseTo(3, 9);
          // The value is a mean of the values up to it.
          smoothed(lineOf(y), beta).forEach((value, i) => {
            const before = y.slice(0, i + 1);
            expect(value).toBeGreaterThanOrEqual(Math.min(...before) - 1e-9);
            expect(value).toBeLessThanOrEqual(Math.max(...before) + 1e-9);
          });
        },
      ),
    );
  });
  it('begins at the first value and leaves out what is not a number', () => {
    const [first, gap, next] = smoothed({ x: [1, 2, 2], y: [4, Number.NaN, 2] }, 0.9);
    expect(first).toBeCloseTo(4, 12);
    expect(gap).toBeNaN();
    expect(next).toBeCloseTo((0.9 * 4 + 2) / 1.9, 12);
  });
  it('counts the epochs between two values', () => {
    const [, next] = smoothed({ x: [1, 4], y: [4, 2] }, 0.9);
    const keep = 0.9 ** 3;
    expect(next).toBeCloseTo((keep * 0.1 * 4 + (1 - keep) * 2) / (keep * 0.1 + 1 - keep), 12);
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
