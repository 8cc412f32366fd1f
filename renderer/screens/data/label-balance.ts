import type { LabelCount } from '../../../engine/data/row-operations.ts';

export interface LabelBalance {
  /** The label with the most training rows. */
  most: LabelCount;
  /** The label with the fewest training rows, of those that have any. */
  least: LabelCount;
  /** The share of training rows for which always answering `most` is right, 0 … 1. */
  share: number;
  /** One label has at least three times as many training rows as another. */
  isUneven: boolean;
  /** Labels with validation rows but no training rows: they cannot be learned. */
  untrained: string[];
}

const UNEVEN = 3;

/** null: there is no training row. */
export function labelBalance(counts: readonly LabelCount[]): LabelBalance | null {
  const trained = counts.filter(({ train }) => train > 0);
  const [first] = trained;
  if (!first) return null;
  const most = trained.reduce((best, one) => (one.train > best.train ? one : best), first);
  const least = trained.reduce((best, one) => (one.train < best.train ? one : best), first);
  const all = trained.reduce((sum, { train }) => sum + train, 0);
  return {
    most,
    least,
    share: most.train / all,
    isUneven: most.train >= UNEVEN * least.train,
    untrained: counts
      .filter(({ train, validation }) => train === 0 && validation > 0)
      .map(({ label }) => label),
  };
}
