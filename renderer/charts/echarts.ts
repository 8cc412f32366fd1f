/** The part of ECharts that the lab draws with; nothing else imports its charts or components. */
import { LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, MarkLineComponent, MarkAreaComponent, CanvasRenderer, SVGRenderer]);

export interface PixelSize {
  width: number;
  height: number;
}

/**
 * A chart on the page. It is drawn on canvas, since the page's policy forbids the inline styles of ECharts'
 * SVG.
 */
export function openChart(host: HTMLElement, size: PixelSize): ECharts {
  return init(host, null, { renderer: 'canvas', ...size });
}

/** A picture of a chart as an SVG document. */
export function chartSvg(option: EChartsCoreOption, size: PixelSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** A picture of a chart as a PNG data: URL, with two pixels per CSS pixel. */
export function chartPng(option: EChartsCoreOption, size: PixelSize, background: string): string {
  const chart = init(document.createElement('div'), null, {
    renderer: 'canvas',
    devicePixelRatio: 2,
    ...size,
  });
  chart.setOption(option);
  const address = chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: background });
  chart.dispose();
  return address;
}
