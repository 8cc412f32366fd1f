/**
 * The first sample's probabilities of one epoch as a table: one row per token of the vocabulary, one column
 * per step.
 */
export interface ProbabilityTable {
  /** Tokens of the output vocabulary, from index 0. */
  rows: { token: string; cells: ProbabilityCell[] }[];
  steps: number;
}

export interface ProbabilityCell {
  /** 0-based time step. */
  t: number;
  probability: number;
  isTarget: boolean;
}

/** @param probabilities [T, V], row-major. The result is null where they do not fit the vocabulary. */
export function probabilityTable(
  probabilities: readonly number[],
  vocabulary: readonly string[],
  target: readonly string[],
): ProbabilityTable | null {
  const classes = vocabulary.length;
  if (classes === 0 || probabilities.length === 0 || probabilities.length % classes !== 0) return null;
  const steps = probabilities.length / classes;
  const rows = vocabulary.map((token, v) => ({
    token,
    cells: Array.from({ length: steps }, (_, t) => ({
      t,
      probability: probabilities[t * classes + v]!,
      isTarget: target[t] === token,
    })),
  }));
  return { rows, steps };
}

/** `.54`, `1.0`: two digits that fit a cell of 19 pixels. */
export function probabilityText(probability: number): string {
  if (!Number.isFinite(probability)) return 'NaN';
  const text = probability.toFixed(2);
  return text.startsWith('0') ? text.slice(1) : probability.toFixed(1);
}
