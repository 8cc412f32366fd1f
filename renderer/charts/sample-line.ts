/**
 * Draws the same picture with fewer points: Largest-Triangle-Three-Buckets (Steinarsson 2013, "Downsampling
 * Time Series for Visual Representation"). A chart draws at most a few points per pixel, however long the
 * run.
 */

/** Two columns of equal length; x ascends. Values that are not finite are left out when sampled. */
export interface Line {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

/**
 * The points of a line with from ≤ x ≤ to, and one neighbour on each side so that the line runs to the
 * edge. Returns at most max(3, maxPoints) of them, always including the first and the last.
 */
export function sampleLine(line: Line, from: number, to: number, maxPoints: number): [number, number][] {
  const start = Math.max(0, lowerBound(line.x, from) - 1);
  const end = Math.min(line.x.length, lowerBound(line.x, to) + 1);
  if (end - start <= Math.max(3, maxPoints)) return slice(line, start, end);
  return largestTriangles(line, start, end, Math.max(3, maxPoints));
}

/** The index of the first x that is not below value; x.length where there is none. */
export function lowerBound(x: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function slice(line: Line, start: number, end: number): [number, number][] {
  const points: [number, number][] = [];
  for (let index = start; index < end; index++) {
    if (Number.isFinite(line.y[index])) points.push([line.x[index]!, line.y[index]!]);
  }
  return points;
}

function largestTriangles({ x, y }: Line, start: number, end: number, count: number): [number, number][] {
  const points: [number, number][] = [];
  const width = (end - start - 2) / (count - 2);
  let last = start;
  if (Number.isFinite(y[start])) points.push([x[start]!, y[start]!]);
  for (let bucket = 0; bucket < count - 2; bucket++) {
    const from = start + 1 + Math.floor(bucket * width);
    const to = start + 1 + Math.floor((bucket + 1) * width);
    const mean = meanPoint(x, y, to, Math.min(end, start + 1 + Math.floor((bucket + 2) * width)));
    let best = -1;
    let bestArea = -1;
    for (let index = from; index < to; index++) {
      if (!Number.isFinite(y[index])) continue;
      const area = Math.abs(
        (x[last]! - mean.x) * (y[index]! - y[last]!) - (x[last]! - x[index]!) * (mean.y - y[last]!),
      );
      if (area > bestArea || best < 0) {
        best = index;
        bestArea = area;
      }
    }
    if (best < 0) continue;
    points.push([x[best]!, y[best]!]);
    last = best;
  }
  if (Number.isFinite(y[end - 1])) points.push([x[end - 1]!, y[end - 1]!]);
  return points;
}

function meanPoint(x: ArrayLike<number>, y: ArrayLike<number>, from: number, to: number) {
  let sumX = 0;
  let sumY = 0;
  let count = 0;
  for (let index = from; index < to; index++) {
    if (!Number.isFinite(y[index])) continue;
    sumX += x[index]!;
    sumY += y[index]!;
    count += 1;
  }
  return count === 0 ? { x: 0, y: 0 } : { x: sumX / count, y: sumY / count };
}
