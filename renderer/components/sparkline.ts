/**
 * The points of a polyline: values from left to right, the largest at the top. Values that are not finite
 * are left out; '' for fewer than two finite values.
 */
export function sparklinePoints(values: readonly number[], width: number, height: number): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return '';
  const low = Math.min(...finite);
  const range = Math.max(...finite) - low || 1;
  return finite
    .map((value, i) => {
      const x = 1 + (i / (finite.length - 1)) * (width - 2);
      const y = 2 + (1 - (value - low) / range) * (height - 4);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
