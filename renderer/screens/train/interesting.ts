/** Which steps of a long sample deserve a column of their own; a thin strip shows the others. */

/** What happened at one step over the epochs examined. */
interface StepHistory {
  wrong: number;
  changes: number;
}

/**
 * The steps that are ever wrong, in order; at most `most` of them, those that were wrong or changed most
 * often.
 * @param right One row per epoch with one value per step. If every step is always right, the result is
 * empty.
 */
export function interestingSteps(right: readonly (readonly boolean[])[], most: number): number[] {
  const steps = Math.max(0, ...right.map((row) => row.length));
  const found: { step: number; weight: number }[] = [];
  for (let step = 0; step < steps; step++) {
    const { wrong, changes } = historyOf(right, step);
    if (wrong > 0) found.push({ step, weight: wrong + 2 * changes });
  }
  return found
    .sort((a, b) => b.weight - a.weight || a.step - b.step)
    .slice(0, most)
    .map(({ step }) => step)
    .sort((a, b) => a - b);
}

function historyOf(right: readonly (readonly boolean[])[], step: number): StepHistory {
  let wrong = 0;
  let changes = 0;
  for (const [i, row] of right.entries()) {
    if (row[step] !== true) wrong++;
    if (i > 0 && right[i - 1]![step] !== row[step]) changes++;
  }
  return { wrong, changes };
}

/** A strip with one mark per step, as a CSS gradient over its whole width. */
export function stripGradient(right: readonly boolean[], good: string, bad: string): string {
  const share = 100 / Math.max(1, right.length);
  const stops: string[] = [];
  for (let from = 0; from < right.length; ) {
    let until = from;
    while (until < right.length && right[until] === right[from]) until++;
    const colour = right[from] ? good : bad;
    stops.push(`${colour} ${(from * share).toFixed(2)}% ${(until * share).toFixed(2)}%`);
    from = until;
  }
  return stops.length === 0 ? 'none' : `linear-gradient(to right, ${stops.join(', ')})`;
}
