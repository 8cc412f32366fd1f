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
  /** run-1 … run-10. */
  runs: string[];
  fontUi: string;
  fontMono: string;
}

/** style: getComputedStyle of an element of the page. */
export function readChartColours(style: Pick<CSSStyleDeclaration, 'getPropertyValue'>): ChartColours {
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    panel: token('panel'),
    line: token('line'),
    lineStrong: token('line-strong'),
    text: token('text'),
    text2: token('text-2'),
    text3: token('text-3'),
    success: token('success'),
    successText: token('success-text'),
    runs: Array.from({ length: 10 }, (_, index) => token(`run-${index + 1}`)),
    fontUi: token('font-ui'),
    fontMono: token('font-mono'),
  };
}

/** Runs take run-1 … run-10 in order of creation; the eleventh begins again, dashed. */
export function runColour(colours: ChartColours, runNumber: number): { colour: string; dashed: boolean } {
  const colour = colours.runs[(runNumber - 1) % colours.runs.length] ?? colours.text;
  return { colour, dashed: runNumber > colours.runs.length };
}
