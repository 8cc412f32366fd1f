/** A tiny line without axes: the `d` of an SVG path through values in a box of width × height. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  const finite = values
    .map((value, index) => ({ value, index }))
    .filter(({ value }) => Number.isFinite(value));
  if (finite.length === 0) return '';
  const numbers = finite.map(({ value }) => value);
  const low = Math.min(...numbers);
  const span = Math.max(...numbers) - low;
  const inset = 1;
  const x = (index: number) =>
    values.length === 1 ? width / 2 : inset + (index / (values.length - 1)) * (width - 2 * inset);
  const y = (value: number) =>
    span === 0 ? height / 2 : inset + (1 - (value - low) / span) * (height - 2 * inset);
  return finite
    .map(({ value, index }, place) => `${place === 0 ? 'M' : 'L'}${round(x(index))} ${round(y(value))}`)
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
