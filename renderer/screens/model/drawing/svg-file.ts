import { plainColour } from '../../../components/picture-file.ts';

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
