import { runToken, runTokens } from '../components/colour-scale.ts';

/** The colours of a chart, read from the design tokens, so that canvas follows the theme. */
export interface ChartColours {
  panel: string;
  line: string;
  lineStrong: string;
  text: string;
  text2: string;
  text3: string;
  success: string;
  successText: string;
  /** The colours of runTokens, in their order. */
  runs: string[];
  fontUi: string;
  fontMono: string;
}

/** @param style getComputedStyle of an element of the page. */
export function readChartColours(style: Pick<CSSStyleDeclaration, 'getPropertyValue'>): ChartColours {
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  // ECharts writes a font's name into an attribute of its SVG as it is.
  const font = (name: string) => token(name).replaceAll('"', "'");
  return {
    panel: token('panel'),
    line: token('line'),
    lineStrong: token('line-strong'),
    text: token('text'),
    text2: token('text-2'),
    text3: token('text-3'),
    success: token('success'),
    successText: token('success-text'),
    runs: runTokens.map(token),
    fontUi: font('font-ui'),
    fontMono: font('font-mono'),
  };
}

/** How a run is drawn on a canvas: in the run's colour, dashed from the eleventh run on. */
export function runLine(colours: ChartColours, runNumber: number): { colour: string; dashed: boolean } {
  const { token, dashed } = runToken(runNumber);
  return { colour: colours.runs[runTokens.indexOf(token)] ?? colours.text, dashed };
}
