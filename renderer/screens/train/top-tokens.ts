/** The likeliest tokens of each step, shown where a table of every token would be too large. */
import type { Prediction } from '../../../engine/questions.ts';

export interface RankedToken {
  token: string;
  probability: number;
  isTarget: boolean;
}

/**
 * The `most` likeliest tokens of each step; equal ones in the order of the vocabulary. Probabilities: [K,
 * V], row-major.
 */
export function topTokens(
  { probabilities, predictedTokens }: Pick<Prediction, 'probabilities' | 'predictedTokens'>,
  vocabulary: readonly string[],
  target: readonly string[],
  most: number,
): RankedToken[][] {
  const V = vocabulary.length;
  const count = Math.min(most, V);
  return predictedTokens.map((_, t) => {
    const row = probabilities.subarray(t * V, (t + 1) * V);
    const best: number[] = [];
    for (let v = 0; v < V; v++) {
      const at = best.findIndex((other) => row[v]! > row[other]!);
      if (at < 0 && best.length >= count) continue;
      best.splice(at < 0 ? best.length : at, 0, v);
      if (best.length > count) best.pop();
    }
    return best.map((v) => ({
      token: vocabulary[v]!,
      probability: row[v]!,
      isTarget: vocabulary[v] === target[t],
    }));
  });
}
