/** How a gradient fades on its way back: one loss, every step, in powers of ten. Pure. */

/** Below this share of its beginning a gradient counts as dead. */
export const deadShare = 1e-3;

export interface Fading {
  /** From 0: the step nearest to the loss at which less than a thousandth is left; null: it never is. */
  deadAt: number | null;
  /** What is left at the step farthest back, of what it began with. */
  left: number;
}

/**
 * @param norms ‖∂L_k/∂h_t‖ by step, [T]
 * @param from the step at which the way back begins
 */
export function fadingOf(norms: ArrayLike<number>, from: number): Fading {
  const start = norms[from] ?? 0;
  let deadAt: number | null = null;
  for (let t = from - 1; t >= 0 && deadAt === null; t--) if (norms[t]! < deadShare * start) deadAt = t;
  return { deadAt, left: start > 0 ? norms[0]! / start : 0 };
}

/** The points of a line in whole powers of ten; what is 0 has no point. */
export function powersOf(norms: ArrayLike<number>, until: number): { t: number; power: number }[] {
  return Array.from({ length: Math.min(norms.length, until + 1) }, (_, t) => ({
    t,
    power: Math.log10(norms[t]!),
  })).filter(({ power }) => Number.isFinite(power));
}
