import { failure, problem, type Result, success } from '../../errors.ts';
import type { Draft, DraftEdit } from '../draft.ts';
import { trainingLimits } from '../limits.ts';
import { checkRange } from '../ranges.ts';
import { heldIndices } from '../validation.ts';

/**
 * The edit that sets a fraction of the rows aside for validation and trains on the rest; rows that are off stay off.
 * It chooses as a document's `validation: {fraction, seed}` does, from the rows in use in their order. With a
 * fraction of 0 all rows are trained on.
 */
export function splitRows(
  { rows }: Draft,
  { fraction, seed }: { fraction: number; seed: number },
): Result<Extract<DraftEdit, { kind: 'rows.change' }>> {
  const problems = [
    ...checkRange(fraction, 'fraction', { atLeast: 0, below: 1 }),
    ...checkRange(seed, 'seed', { whole: true, atLeast: 0, atMost: trainingLimits.seed }),
  ];
  if (problems.length > 0) return failure(...problems);
  const used = rows.filter(({ split }) => split !== 'off');
  const held = heldIndices(used.length, fraction, seed);
  const details = { fraction, samples: used.length };
  if (fraction > 0 && held.size === 0) {
    const message = `fraction is ${fraction}, which sets aside none of ${used.length} rows; give a larger one, or more rows`;
    return failure(problem('validation-empty', 'fraction', message, details));
  }
  if (held.size > 0 && held.size === used.length) {
    const message = `fraction is ${fraction}, which sets aside all of ${used.length} rows; at least 1 must be left to train on`;
    return failure(problem('validation-takes-all', 'fraction', message, details));
  }
  const changes = used.flatMap((row, i) => {
    const split = held.has(i) ? ('validation' as const) : ('train' as const);
    return row.split === split ? [] : [{ id: row.id, split }];
  });
  return success({ kind: 'rows.change', rows: changes });
}
