/** Row-major numbers: float32 in every run, float64 where a test checks gradients against finite differences. */
export type Floats = Float32Array | Float64Array;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
