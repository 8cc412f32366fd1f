/**
 * A part of the page as an SVG document that stands alone: backgrounds, borders, frames and texts where they
 * are on screen. Charts of HTML (heat maps, boards) need no second drawing of themselves for a file.
 */
import { escapeXml, plainColour } from '../../components/picture-file.ts';

interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** @param title Written above the part. */
export function pagePicture(part: HTMLElement, title: string): string {
  const whole = part.getBoundingClientRect();
  const head = 34;
  const page = getComputedStyle(document.documentElement);
  const colour = (name: string) => page.getPropertyValue(`--${name}`).trim();
  const shapes: string[] = [];
  draw(part, whole, { left: whole.left, top: whole.top - head }, shapes);
  const size = `width="${round(whole.width)}" height="${round(whole.height + head)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${round(whole.width)} ${round(whole.height + head)}">`,
    `<rect width="100%" height="100%" fill="${colour('panel')}"/>`,
    `<text x="12" y="22" font-family="${escapeXml(colour('font-ui'))}" font-size="13" font-weight="600" fill="${colour('text')}">${escapeXml(title)}</text>`,
    ...shapes,
    '</svg>',
  ].join('\n');
}

function draw(element: Element, seen: Area, from: { left: number; top: number }, shapes: string[]): void {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  if (style.visibility === 'hidden' || style.opacity === '0' || style.display === 'none') return;
  const isBox = box.width > 0 && box.height > 0;
  if (isBox && !touches(box, seen)) return;
  if (isBox) shapes.push(...boxShapes(style, box, from));
  if (element instanceof HTMLCanvasElement) {
    shapes.push(
      `<image x="${round(box.left - from.left)}" y="${round(box.top - from.top)}" width="${round(box.width)}" height="${round(box.height)}" href="${element.toDataURL()}"/>`,
    );
  }
  const clips = isBox && style.overflow !== 'visible';
  const inside = clips ? common(box, seen) : seen;
  if (clips) {
    const id = `clip${shapes.length}`;
    const [x, y] = [round(inside.left - from.left), round(inside.top - from.top)];
    const size = `width="${round(inside.right - inside.left)}" height="${round(inside.bottom - inside.top)}"`;
    shapes.push(
      `<clipPath id="${id}"><rect x="${x}" y="${y}" ${size}/></clipPath><g clip-path="url(#${id})">`,
    );
  }
  for (const node of element.childNodes) {
    if (node instanceof Text) shapes.push(...textShapes(node, style, inside, from));
    // Icons and drawings of controls say nothing in a picture.
    else if (node instanceof HTMLElement) draw(node, inside, from, shapes);
  }
  if (clips) shapes.push('</g>');
}

function boxShapes(style: CSSStyleDeclaration, box: DOMRect, from: { left: number; top: number }): string[] {
  const shapes: string[] = [];
  const radius = Math.min(pixels(style.borderTopLeftRadius), box.height / 2);
  const rect = (inset: number, paint: string) =>
    `<rect x="${round(box.left - from.left + inset)}" y="${round(box.top - from.top + inset)}" width="${round(box.width - 2 * inset)}" height="${round(box.height - 2 * inset)}" rx="${round(Math.max(0, radius - inset))}" ${paint}/>`;
  const fill = plainColour(style.backgroundColor);
  if (!isClear(fill)) shapes.push(rect(0, `fill="${fill}"`));
  const border = pixels(style.borderTopWidth);
  if (border > 0 && style.borderTopStyle !== 'none' && style.borderLeftStyle !== 'none') {
    shapes.push(
      rect(border / 2, `fill="none" stroke="${plainColour(style.borderTopColor)}" stroke-width="${border}"`),
    );
  } else if (pixels(style.borderBottomWidth) > 0 && style.borderBottomStyle !== 'none') {
    const y = round(box.bottom - from.top - 0.5);
    shapes.push(
      `<path d="M${round(box.left - from.left)} ${y}H${round(box.right - from.left)}" stroke="${plainColour(style.borderBottomColor)}"/>`,
    );
  }
  for (const { colour, width } of frames(style.boxShadow)) {
    shapes.push(rect(width / 2, `fill="none" stroke="${plainColour(colour)}" stroke-width="${width}"`));
  }
  return shapes;
}

/** The frames that inset shadows draw, the outermost last: `rgb(…) 0px 0px 0px 2px inset`. */
function frames(shadow: string): { colour: string; width: number }[] {
  const found = [...shadow.matchAll(/([a-z]+\([^)]*\)) 0px 0px 0px ([\d.]+)px inset/g)];
  return found.map(([, colour, width]) => ({ colour: colour!, width: Number(width) })).reverse();
}

function textShapes(
  node: Text,
  style: CSSStyleDeclaration,
  seen: Area,
  from: { left: number; top: number },
): string[] {
  const text = node.data.trim();
  if (text === '') return [];
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  if (box.width === 0 || !touches(box, seen)) return [];
  const family = escapeXml(style.fontFamily);
  return [
    `<text x="${round(box.left - from.left)}" y="${round((box.top + box.bottom) / 2 - from.top)}" dominant-baseline="central" font-family="${family}" font-size="${style.fontSize}" font-weight="${style.fontWeight}" fill="${plainColour(style.color)}">${escapeXml(text)}</text>`,
  ];
}

const round = (pixels: number) => Math.round(pixels * 100) / 100;
/** `3px` as 3; 0 for a length in other units. */
const pixels = (length: string) => Number(length.replace(/px.*$/, '')) || 0;
const isClear = (colour: string) => colour === 'transparent' || /^rgba\(.*, 0\)$/.test(colour);
const touches = (box: Area, seen: Area) =>
  box.right > seen.left && box.left < seen.right && box.bottom > seen.top && box.top < seen.bottom;
const common = (a: Area, b: Area): Area => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});
