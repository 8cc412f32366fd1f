/** Charts that have something new to draw, in turn. */
const waiting = new Map<object, () => void>();
let isAsked = false;

/** Draws in a frame to come, one chart a frame, so that none waits for all of them; what was to be drawn of it before is not. */
export function drawInTurn(chart: object, draw: () => void): void {
  waiting.set(chart, draw);
  if (!isAsked) requestAnimationFrame(drawNext);
  isAsked = true;
}

/** It is gone. */
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
