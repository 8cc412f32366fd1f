import type { Kernels } from '../kernels/kernels.ts';
import { elementCount, type Floats } from '../tensor/floats.ts';

/**
 * All parameters of a model in one flat buffer, and their gradients in another of the same layout, so that clipping
 * and the optimizer need one loop each. Layers hold views into both.
 */
export interface Parameters {
  entries: ParameterEntry[];
  values: Floats; // [P]
  gradients: Floats; // [P]
  /** The parameter with PyTorch's key; null where the model has no such parameter. */
  find(key: string): ParameterEntry | null;
}

export interface ParameterEntry {
  key: string;
  shape: number[];
  /** Offset in the flat buffers. */
  at: number;
  value: Floats;
  gradient: Floats;
}

export function createParameters(
  shapes: readonly { key: string; shape: number[] }[],
  kernels: Kernels,
): Parameters {
  const count = shapes.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const values = kernels.allocate(count);
  const gradients = kernels.allocate(count);
  let at = 0;
  const entries = shapes.map(({ key, shape }) => {
    const end = at + elementCount(shape);
    const entry = { key, shape, at, value: values.subarray(at, end), gradient: gradients.subarray(at, end) };
    at = end;
    return entry;
  });
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  return { entries, values, gradients, find: (key) => byKey.get(key) ?? null };
}

/** A parameter that the model must have; throws where it has none of that key. */
export function parameter(parameters: Parameters, key: string): ParameterEntry {
  const entry = parameters.find(key);
  if (entry === null) {
    throw new Error(`no parameter ${key} among ${parameters.entries.map((known) => known.key).join(', ')}`);
  }
  return entry;
}
