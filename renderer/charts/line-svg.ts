/** A chart of lines as an SVG document with its title and, where it has several lines, a legend. */
import type { EChartsCoreOption } from 'echarts/core';
import { escapeXml } from '../components/picture-file.ts';
import type { ChartColours } from './chart-colours.ts';
import { chartSvg } from './echarts.ts';

export interface LegendEntry {
  text: string;
  colour: string;
  dashed: boolean;
  /** 0 … 1. */
  opacity: number;
}

/** The size of the pictures in files, CSS pixels, and the room that they keep above the plot for title and legend. */
export const pictureSize = { width: 960, height: 540 };
export const pictureTop = 64;

/** @param option Of the size of pictures, with a plot that begins at `pictureTop`. */
export function lineSvg(
  option: EChartsCoreOption,
  title: string,
  xName: string,
  legend: readonly LegendEntry[],
  colours: ChartColours,
): string {
  const svg = chartSvg({ ...option, backgroundColor: colours.panel }, pictureSize);
  const font = `font-family="${escapeXml(colours.fontUi)}"`;
  const head = `<text x="24" y="28" ${font} font-size="15" font-weight="600" fill="${colours.text}">${escapeXml(title)}</text>`;
  const entries = legend.map(({ text, colour, dashed, opacity }, i) => {
    const x = 24 + i * 170;
    return [
      `<path d="M${x} 46h28" stroke="${colour}" stroke-width="2" opacity="${opacity}"${dashed ? ' stroke-dasharray="6 3"' : ''}/>`,
      `<text x="${x + 34}" y="50" ${font} font-size="12" fill="${colours.text2}">${escapeXml(text)}</text>`,
    ].join('');
  });
  const foot = `<text x="936" y="534" text-anchor="end" ${font} font-size="11" fill="${colours.text3}">${escapeXml(xName)}</text>`;
  return svg.replace(/<\/svg>\s*$/, `${head}${foot}${entries.join('')}</svg>`);
}
