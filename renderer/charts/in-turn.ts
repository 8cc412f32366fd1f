/** Charts that have something new to draw, in the order in which they asked. */
const waiting = new Map<object, () => void>();
let isAsked = false;

/**
 * Draws a chart in a coming frame, one chart per frame, so that no chart waits for all others. A newer
 * request of the same chart replaces its earlier one.
 */
export function drawInTurn(chart: object, draw: () => void): void {
  waiting.set(chart, draw);
  if (!isAsked) requestAnimationFrame(drawNext);
  isAsked = true;
}

/** Drops the request of a chart that no longer exists. */
export function leaveTurn(chart: object): void {
  waiting.delete(chart);
}

function drawNext(): void {
  const next = waiting.entries().next().value;
  isAsked = waiting.size > 1;
  if (isAsked) requestAnimationFrame(drawNext);
  if (!next) return;
  waiting.delete(next[0]);
  next[1]();
}
