/**
 * Saves a drawing of the page as a file that stands alone: its colours and fonts are written out, in the
 * light theme.
 */
const attributes = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
] as const;

/** The drawing as it is on screen, as an SVG document. */
export function svgText(drawing: SVGSVGElement): string {
  const { width, height } = drawing.getBoundingClientRect();
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const holder = document.createElement('div');
  holder.setAttribute('data-theme', 'light');
  holder.style.cssText = 'position:absolute;left:-99999px;top:0;background:var(--panel)';
  holder.append(copy);
  document.body.append(holder);
  try {
    for (const element of copy.querySelectorAll<SVGElement>('*')) writeOut(element);
    const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    back.setAttribute('width', '100%');
    back.setAttribute('height', '100%');
    back.setAttribute('fill', plainColour(getComputedStyle(holder).backgroundColor));
    copy.prepend(back);
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    copy.setAttribute('width', `${width}`);
    copy.setAttribute('height', `${height}`);
    copy.setAttribute('viewBox', `0 0 ${width} ${height}`);
    return new XMLSerializer().serializeToString(copy);
  } finally {
    holder.remove();
  }
}

function writeOut(element: SVGElement): void {
  const style = getComputedStyle(element);
  for (const name of attributes) {
    const value = style.getPropertyValue(name);
    if (value === '') continue;
    element.setAttribute(name, name === 'fill' || name === 'stroke' ? plainColour(value) : value);
  }
  element.removeAttribute('style');
  element.removeAttribute('class');
}

let painter: CanvasRenderingContext2D | null = null;

/** A colour as `rgb(…)` or `rgba(…)`, which every program reads; browsers report mixed colours as oklab(…). */
function plainColour(colour: string): string {
  if (colour === 'none' || colour.startsWith('rgb') || colour.startsWith('url(')) return colour;
  painter ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!painter) return colour;
  painter.clearRect(0, 0, 1, 1);
  painter.fillStyle = colour;
  painter.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = painter.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha! / 255})`;
}

/** A picture of an SVG document at twice its size, as a PNG data: URL. */
export async function pngOf(svg: string): Promise<string> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    const painting = canvas.getContext('2d');
    if (!painting) throw new Error('no 2d context');
    painting.scale(2, 2);
    painting.drawImage(image, 0, 0);
    return canvas.toDataURL('image/png');
  } finally {
    URL.revokeObjectURL(address);
  }
}
