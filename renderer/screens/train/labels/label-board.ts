/**
 * The board of a label task as data: the predicted label of each sequence, its certainty, and which label
 * is taken for which.
 */

import type { Sample } from '../../../../engine/model/experiment.ts';
import type { Evaluation } from '../../../../engine/questions.ts';

export interface LabelRow {
  /** The index among the samples. */
  index: number;
  input: string;
  target: string;
  says: string;
  right: boolean;
  /** The probability of the right label. */
  probability: number;
  /** The probability of every label, by index; null where there are too many to send. */
  distribution: Float32Array | null;
}

/** One row per sample, those with the least probable right label first; equal ones in the samples' order. */
export function labelRows(
  samples: readonly Sample[],
  labels: readonly string[],
  { says, wanted, probabilities, distributions }: Evaluation,
): LabelRow[] {
  const V = labels.length;
  return samples
    .slice(0, says.length)
    .map(({ input }, index): LabelRow => {
      const [said, target] = [says[index]!, wanted[index]!];
      return {
        index,
        input,
        target: labels[target]!,
        says: labels[said]!,
        right: said === target,
        probability: probabilities[index]!,
        distribution: distributions?.subarray(index * V, (index + 1) * V) ?? null,
      };
    })
    .sort((a, b) => a.probability - b.probability || a.index - b.index);
}

/** How often each label (row) was predicted as each (column), row-major: [V, V]. */
export function confusion({ says, wanted }: Pick<Evaluation, 'says' | 'wanted'>, labels: number): Int32Array {
  const counts = new Int32Array(labels * labels);
  for (let i = 0; i < says.length; i++) counts[wanted[i]! * labels + says[i]!]! += 1;
  return counts;
}

export interface LabelPair {
  target: string;
  says: string;
}

export function rowsOfPair(rows: readonly LabelRow[], pair: LabelPair | null): readonly LabelRow[] {
  return pair === null
    ? rows
    : rows.filter(({ target, says }) => target === pair.target && says === pair.says);
}

/** A part of the bar: the share of one label. */
export interface BarPart {
  label: string;
  share: number;
  isTarget: boolean;
}

/**
 * The bar of a row: the right label's share, then the other shares in descending order. Shares too small to
 * be seen (under 2 %) are left out.
 */
export function barParts(row: LabelRow, labels: readonly string[]): BarPart[] {
  if (row.distribution === null) return [{ label: row.target, share: row.probability, isTarget: true }];
  return [...row.distribution]
    .map((share, v) => ({ label: labels[v]!, share, isTarget: labels[v] === row.target }))
    .filter(({ share, isTarget }) => isTarget || share >= 0.02)
    .sort((a, b) => Number(b.isTarget) - Number(a.isTarget) || b.share - a.share);
}

/**
 * The epochs whose predictions are ticks beside a row: at most `most`, evenly spread, including the last
 * one.
 */
export function tickEpochs(last: number, most: number): number[] {
  const count = Math.min(last, most);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * last) / count));
}
