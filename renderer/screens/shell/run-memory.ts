import type { Draft } from '../../../engine/data/draft.ts';
import type { EngineStatus } from '../../../main/api.ts';
import type { RowTotals } from '../../state/row-totals.ts';

/**
 * Everything that decides how much memory a run of the draft needs. While the key stays the same, the
 * engine need not be asked again.
 */
export function memoryKey(draft: Draft, totals: RowTotals | null, engine: EngineStatus): string {
  const { data, model, training } = draft;
  const threads = engine.status === 'ready' ? engine.engine.threads : 0;
  const { task, tokens, text, sequenceLength } = data;
  const { batchSize, optimizer, shuffle } = training;
  return JSON.stringify([
    ...[task, tokens, text.length, sequenceLength, totals && sums(totals)],
    ...[model, batchSize, optimizer, shuffle, threads],
  ]);
}

function sums({ splits, input, target, longest }: RowTotals): unknown {
  const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, n) => sum + n, 0);
  return [splits, input.size, total(input), target.size, total(target), longest];
}
