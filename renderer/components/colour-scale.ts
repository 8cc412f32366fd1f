/**
 * Colours of heat cells as CSS, so that they follow the theme. The stops are in tokens.css (`--seq-0 … 8`,
 * `--div-n4 … p4`); between two of them CSS interpolates in OKLab. The ink is black or white, chosen by the
 * luminance of the result, so its contrast is never under 4.58:1.
 */
export interface CellColour {
  background: string;
  ink: string;
}

const SEQUENTIAL = Array.from({ length: 9 }, (_, i) => `--seq-${i}`);
const DIVERGING = ['n4', 'n3', 'n2', 'n1', '0', 'p1', 'p2', 'p3', 'p4'].map((name) => `--div-${name}`);

/** The colour of a probability or magnitude, 0 … 1; values outside take the colour of the nearer end. */
export function sequentialColour(share: number): CellColour {
  return between(SEQUENTIAL, Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0);
}

/** The colour of a signed value against its symmetric limit: −limit orange, 0 grey, +limit blue. */
export function divergingColour(value: number, limit: number): CellColour {
  const share = limit > 0 && Number.isFinite(value) ? Math.min(1, Math.max(-1, value / limit)) : 0;
  return between(DIVERGING, (share + 1) / 2);
}

const RUN_COLOURS = 10;

/** The design tokens of runs, `run-1` … `run-10`. */
export const runTokens = Array.from({ length: RUN_COLOURS }, (_, index) => `run-${index + 1}`);

/** A run's token by its number, from 1. The eleventh run repeats the first colour; its lines are dashed. */
export function runToken(number: number): { token: string; dashed: boolean } {
  return { token: runTokens[(number - 1) % RUN_COLOURS]!, dashed: number > RUN_COLOURS };
}

/** The colour of a run as CSS. */
export function runColour(number: number): string {
  return `var(--${runToken(number).token})`;
}

function between(stops: string[], share: number): CellColour {
  const place = share * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const rest = Math.round((place - low) * 1000) / 10;
  const background =
    rest === 0
      ? `var(${stops[low]})`
      : rest === 100
        ? `var(${stops[low + 1]})`
        : `color-mix(in oklab, var(${stops[low + 1]}) ${rest}%, var(${stops[low]}))`;
  return { background, ink: inkOn(background) };
}

/** Black on colours with a relative luminance (the Y of XYZ) above 0.179, else white. */
function inkOn(background: string): string {
  const channel = (white: number) => `clamp(0, (0.179 - y) * 1000000, ${white})`;
  return `color(from ${background} xyz-d65 ${channel(0.9505)} ${channel(1)} ${channel(1.089)})`;
}
