import type { LabelCount } from '../../../engine/data/row-operations.ts';

export interface LabelBalance {
  /** The label that most rows for training have. */
  most: LabelCount;
  /** Of the labels that are trained on, the one that the fewest rows have. */
  least: LabelCount;
  /** How often a network is right in training that says `most` whatever it reads, 0 … 1. */
  share: number;
  /** One label has at least three times the rows of another. */
  isUneven: boolean;
  /** Labels that only rows for validation have: nothing can be learnt of them. */
  untrained: string[];
}

const UNEVEN = 3;

/** null: no row is for training. */
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
