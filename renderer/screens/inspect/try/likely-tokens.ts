/** Which tokens' probabilities are drawn under a step. Pure. */

/** Up to this many tokens of a vocabulary all are drawn, in its order. */
export const mostTokensDrawn = 8;
const mostRanked = 5;

export interface LikelyToken {
  /** Index in the output vocabulary; null: all that are not drawn, together. */
  code: number | null;
  probability: number;
}

/** Of a large vocabulary the five likeliest, and the others together. */
export function likelyTokens(row: ArrayLike<number>, most = mostTokensDrawn): LikelyToken[] {
  const all = Array.from(row, (probability, code) => ({ code, probability }));
  if (all.length <= most) return all;
  const ranked = all
    .toSorted((a, b) => b.probability - a.probability || a.code - b.code)
    .slice(0, mostRanked);
  const shown = ranked.reduce((sum, { probability }) => sum + probability, 0);
  return [...ranked, { code: null, probability: Math.max(0, 1 - shown) }];
}

/** `.881`, `<.001`, `1.00`: a probability in four characters. */
export function shareText(probability: number): string {
  if (!Number.isFinite(probability)) return 'NaN';
  if (probability === 0) return '0';
  if (probability < 0.0005) return '<.001';
  if (probability >= 0.9995) return '1.00';
  return probability.toFixed(3).slice(1);
}
