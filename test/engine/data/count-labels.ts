/** Counts labels in one pass over all rows: what counts that follow each change are held against. */
import type { Draft } from '../../../engine/data/draft.ts';
import { type LabelCount, orderLabels } from '../../../engine/data/row-operations.ts';

/** The rows of each label, the most frequent label among rows in use first; an empty target is no label. */
export function countLabels({ rows }: Draft): LabelCount[] {
  const counts = new Map<string, LabelCount>();
  for (const { target, split } of rows) {
    if (target === '') continue;
    const count = counts.get(target) ?? { label: target, train: 0, validation: 0, off: 0 };
    count[split]++;
    counts.set(target, count);
  }
  return orderLabels(counts.values());
}
