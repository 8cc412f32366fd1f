/**
 * JSON as one would write it by hand: a value that fits is written on one line, a list of numbers always is, and
 * everything else is indented by two. Every number reads back to the same double, −0 included. Keys keep their
 * order; undefined keys are left out. The text ends with a line feed. Throws for NaN and infinities, which are
 * misuse.
 */
export function writeJson(value: unknown): string {
  return `${format(value, '')}\n`;
}

const lineWidth = 100;

function format(value: unknown, indent: string): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return formatNumber(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'number')) return `[${value.map(formatNumber).join(', ')}]`;
    return wrap(
      '[',
      value.map((item) => format(item, inner)),
      ']',
      indent,
    );
  }
  if (typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => `${JSON.stringify(key)}: ${format(field, inner)}`);
    return wrap('{', fields, '}', indent);
  }
  throw new Error(`${typeof value} cannot be written as JSON`);
}

function wrap(open: string, parts: string[], close: string, indent: string): string {
  if (parts.length === 0) return open + close;
  const space = open === '{' ? ' ' : '';
  const width = parts.reduce((sum, part) => sum + part.length + 2, indent.length + 2);
  if (width <= lineWidth && !parts.some((part) => part.includes('\n'))) {
    return `${open}${space}${parts.join(', ')}${space}${close}`;
  }
  const inner = `\n${indent}  `;
  return `${open}${inner}${parts.join(`,${inner}`)}\n${indent}${close}`;
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} cannot be written as JSON`);
  return Object.is(value, -0) ? '-0' : String(value);
}
