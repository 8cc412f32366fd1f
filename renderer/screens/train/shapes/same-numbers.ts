/** Which entries of two tensors are the same numbers, read from names such as `output[-1]` and `hidden[-1]`. */
import type { NamedTensor, ShapesReport } from '../../../../engine/api.ts';

/** The key of an entry: its tensor's name and its index in the data. */
export function entryKey(name: string, index: number): string {
  return `${name}:${index}`;
}

/** For each linked entry, by its key, the key of the entry that holds the same number. */
export function linkedEntries(report: ShapesReport): Map<string, string> {
  const tensors = new Map(
    report.steps.flatMap((step) => step.tensors).map((tensor) => [tensor.name, tensor]),
  );
  const links = new Map<string, string>();
  for (const [first, second] of report.sameNumbers) {
    const [a, b] = [entriesOf(first, tensors), entriesOf(second, tensors)];
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      links.set(a[i]!, b[i]!);
      links.set(b[i]!, a[i]!);
    }
  }
  return links;
}

/** The keys of the entries selected by an index expression, row-major; none where it cannot be read. */
function entriesOf(expression: string, tensors: ReadonlyMap<string, NamedTensor>): string[] {
  const match = /^(\w+)\[([^\]]*)\]$/.exec(expression);
  const tensor = match && tensors.get(match[1]!);
  if (!match || !tensor) return [];
  const parts = match[2]!.split(',').map((part) => part.trim());
  const taken = tensor.shape.map((size, axis) => axisIndices(parts[axis] ?? ':', size));
  let places = [0];
  for (const [axis, size] of tensor.shape.entries()) {
    places = places.flatMap((place) => taken[axis]!.map((index) => place * size + index));
  }
  return places.map((place) => entryKey(tensor.name, place));
}

/** The indices that `-1`, `2`, `:`, `:3` or `2:` selects on an axis of this size, as in Python. */
function axisIndices(part: string, size: number): number[] {
  const fromEnd = (index: number) => (index < 0 ? size + index : index);
  if (!part.includes(':')) {
    const index = fromEnd(Number(part));
    return index >= 0 && index < size ? [index] : [];
  }
  const [start, end] = part.split(':').map((bound) => bound.trim());
  const from = start ? fromEnd(Number(start)) : 0;
  const to = end ? fromEnd(Number(end)) : size;
  return Array.from({ length: Math.max(0, Math.min(size, to) - from) }, (_, i) => from + i);
}
