/** Pictures as files: colours that every program reads, and PNG from SVG. */

let painter: CanvasRenderingContext2D | null = null;

/** A colour as `rgb(…)` or `rgba(…)`, which every program reads; browsers report mixed colours as oklab(…). */
export function plainColour(colour: string): string {
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

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
