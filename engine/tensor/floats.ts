/** Row-major numbers: float32 in every run, float64 where a test checks gradients against finite differences. */
export type Floats = Float32Array | Float64Array;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Index of the largest of count values, relative to `at`; the first among equals. */
export function argmax(values: Floats, at: number, count: number): number {
  let best = 0;
  for (let v = 1; v < count; v++) if (values[at + v]! > values[at + best]!) best = v;
  return best;
}

/**
 * The values as plain numbers. It is a loop because Array.from goes through an iterator and takes five times as
 * long.
 */
export function toNumbers(values: Floats): number[] {
  const numbers = new Array<number>(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = values[i]!;
  return numbers;
}
