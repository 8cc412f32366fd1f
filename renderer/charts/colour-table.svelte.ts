import { divergingColour, sequentialColour } from '../components/colour-scale.ts';
import { pageColours } from './page-colours.svelte.ts';

/** Shades of a scale; an odd number, so that 0 has its own. */
const shades = 129;

/** The colours of a scale as bytes, for canvases with more cells than elements can be drawn. */
export interface ColourTable {
  /** Red, green, blue of each shade, from −limit (diverging) or 0 (sequential) to the limit. */
  rgb: Uint8ClampedArray; // [shades, 3]
  /** The shade of a value as an index of `rgb`. */
  at(value: number, limit: number): number;
}

const made = new Map<string, ColourTable>();

/** An effect or template that reads a table runs again when the theme changes. */
export function colourTable(kind: 'diverging' | 'sequential'): ColourTable {
  const name = `${kind} ${pageColours().panel}`;
  let table = made.get(name);
  if (table === undefined) {
    table = { rgb: readShades(kind), at: kind === 'diverging' ? divergingShade : sequentialShade };
    made.set(name, table);
  }
  return table;
}

function divergingShade(value: number, limit: number): number {
  const share = limit > 0 && Number.isFinite(value) ? Math.min(1, Math.max(-1, value / limit)) : 0;
  return 3 * Math.round(((share + 1) / 2) * (shades - 1));
}

function sequentialShade(value: number, limit: number): number {
  const share = limit > 0 && Number.isFinite(value) ? Math.min(1, Math.max(0, value / limit)) : 0;
  return 3 * Math.round(share * (shades - 1));
}

/** Lets the browser mix the colours as it does for elements, and reads them from a canvas of one row. */
function readShades(kind: 'diverging' | 'sequential'): Uint8ClampedArray {
  const probe = document.createElement('span');
  document.body.append(probe);
  const canvas = new OffscreenCanvas(shades, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  for (let shade = 0; shade < shades; shade++) {
    const share = shade / (shades - 1);
    const { background } = kind === 'diverging' ? divergingColour(2 * share - 1, 1) : sequentialColour(share);
    probe.style.background = background;
    context.fillStyle = getComputedStyle(probe).backgroundColor;
    context.fillRect(shade, 0, 1, 1);
  }
  probe.remove();
  const { data } = context.getImageData(0, 0, shades, 1);
  return Uint8ClampedArray.from({ length: 3 * shades }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]!);
}
