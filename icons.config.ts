/**
 * `npm run build:icons`: draws main/electron/resources/icon.svg in the sizes that desktops ask for. The pictures are
 * committed, so that packaging needs no drawing; a test holds them against fresh ones.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const resources = join(import.meta.dirname, 'main', 'electron', 'resources');
const drawing = join(resources, 'icon.svg');
/** The side of the drawing's viewBox; its pixels at 72 dots per inch. */
const DRAWN_AT = 1024;

/** Linux takes one picture a size, by its name; Windows and macOS make theirs of the largest. */
const LINUX_SIZES = [16, 22, 24, 32, 48, 64, 96, 128, 256, 512];

/** The committed pictures: path and pixels a side. */
export const iconFiles = [
  { path: join(resources, 'icon.png'), size: DRAWN_AT },
  ...LINUX_SIZES.map((size) => ({ path: join(resources, 'icons', `${size}x${size}.png`), size })),
];

/** The drawing as PNG, size × size pixels, drawn at that size rather than scaled. */
export async function drawIcon(size: number): Promise<Buffer> {
  const image = sharp(drawing, { density: (72 * size) / DRAWN_AT });
  return image.resize(size, size).png({ compressionLevel: 9 }).toBuffer();
}

if (import.meta.main) {
  mkdirSync(join(resources, 'icons'), { recursive: true });
  for (const { path, size } of iconFiles) writeFileSync(path, await drawIcon(size));
}
