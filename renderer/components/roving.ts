/** Where the arrow keys lead in a row of n choices that is one tab stop; null: not a key of ours. */
export function rovingTarget(
  key: string,
  index: number,
  count: number,
  skip: (i: number) => boolean,
): number | null {
  if (count === 0) return null;
  const forward = key === 'ArrowRight' || key === 'ArrowDown';
  if (key === 'Home' || key === 'End') {
    const order = [...Array(count).keys()];
    if (key === 'End') order.reverse();
    return order.find((i) => !skip(i)) ?? null;
  }
  if (!forward && key !== 'ArrowLeft' && key !== 'ArrowUp') return null;
  for (let steps = 1; steps <= count; steps += 1) {
    const next = (index + (forward ? steps : count - (steps % count))) % count;
    if (!skip(next)) return next;
  }
  return null;
}
