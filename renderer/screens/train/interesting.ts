/** Which steps of a long sample are worth a column of their own, and the others as a thin strip. */

/** What happened at one step over the epochs that were looked at. */
interface StepHistory {
  wrong: number;
  changes: number;
}

/**
 * The steps, in order, that differ between epochs or are wrong: at most so many, those that changed or were wrong most
 * often first taken. right: one row an epoch, one value a step. Where every step is always right: none.
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

/** A strip with one mark a step, as a CSS gradient over its whole width. */
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
