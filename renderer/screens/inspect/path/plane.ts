/** The plane of the path: its scale, and the regions where the output says each token. Pure. */
import type { OutputPlane } from '../../../../engine/questions.ts';

export interface Point {
  x: number;
  y: number;
}

/** The part of the plane that is drawn, with equal scales on both axes. */
export interface Box {
  left: number;
  right: number;
  low: number;
  high: number;
}

/** The box of these points with a margin, grown to the picture's form. */
export function boxOf(points: readonly Point[], { width, height }: { width: number; height: number }): Box {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [low, high] = [Math.min(low, y), Math.max(high, y)];
  }
  if (left > right) [left, right, low, high] = [-1, 1, -1, 1];
  const margin = 0.14;
  const wide = Math.max(right - left, 1e-6) * (1 + 2 * margin);
  const tall = Math.max(high - low, 1e-6) * (1 + 2 * margin);
  // Units of the plane a pixel, the same both ways.
  const scale = Math.max(wide / Math.max(1, width), tall / Math.max(1, height));
  const [x, y] = [(left + right) / 2, (low + high) / 2];
  const [halfWidth, halfHeight] = [(scale * width) / 2, (scale * height) / 2];
  return { left: x - halfWidth, right: x + halfWidth, low: y - halfHeight, high: y + halfHeight };
}

/** Logits at a point of the plane, with the third component at its mean. */
export function logitsAt({ atMean, along }: OutputPlane, { x, y }: Point): Float64Array {
  const V = atMean.length;
  return Float64Array.from(atMean, (mean, v) => mean + x * along[v]! + y * along[V + v]!);
}

/** The token that the output says at a point: first of the likeliest. */
export function saysAt(output: OutputPlane, point: Point): number {
  const logits = logitsAt(output, point);
  let best = 0;
  for (let v = 1; v < logits.length; v++) if (logits[v]! > logits[best]!) best = v;
  return best;
}

export interface Region {
  token: number;
  corners: Point[];
  /** Where its name stands. */
  middle: Point;
  area: number;
}

/** The box cut into the convex parts where each token's logit is the largest; what is nowhere largest has none. */
export function regionsOf(output: OutputPlane, box: Box): Region[] {
  const V = output.atMean.length;
  const whole: Point[] = [
    { x: box.left, y: box.low },
    { x: box.right, y: box.low },
    { x: box.right, y: box.high },
    { x: box.left, y: box.high },
  ];
  const regions: Region[] = [];
  // Tokens that win somewhere cut most of the others away at once.
  const probes = [...whole, { x: (box.left + box.right) / 2, y: (box.low + box.high) / 2 }];
  const order = new Set([
    ...probes.map((point) => saysAt(output, point)),
    ...Array.from({ length: V }, (_, i) => i),
  ]);
  for (let v = 0; v < V; v++) {
    let corners = whole;
    for (const u of order) {
      if (corners.length === 0) break;
      if (u !== v) corners = clip(corners, difference(output, v, u));
    }
    const area = areaOf(corners);
    if (corners.length >= 3 && area > 0) regions.push({ token: v, corners, middle: middleOf(corners), area });
  }
  return regions;
}

/** Logit of v minus logit of u as a function of the point: at + x·byX + y·byY. */
function difference({ atMean, along }: OutputPlane, v: number, u: number) {
  const V = atMean.length;
  return {
    at: atMean[v]! - atMean[u]!,
    byX: along[v]! - along[u]!,
    byY: along[V + v]! - along[V + u]!,
  };
}

/** The part of a convex polygon where the function is not below 0 (Sutherland and Hodgman). */
function clip(corners: readonly Point[], of: { at: number; byX: number; byY: number }): Point[] {
  const value = ({ x, y }: Point) => of.at + x * of.byX + y * of.byY;
  return corners.flatMap((corner, i) => {
    const next = corners[(i + 1) % corners.length]!;
    const [here, there] = [value(corner), value(next)];
    const kept = here >= 0 ? [corner] : [];
    if (here >= 0 === there >= 0) return kept;
    const share = here / (here - there);
    return [
      ...kept,
      { x: corner.x + share * (next.x - corner.x), y: corner.y + share * (next.y - corner.y) },
    ];
  });
}

function areaOf(corners: readonly Point[]): number {
  const twice = corners.reduce((sum, { x, y }, i) => {
    const next = corners[(i + 1) % corners.length]!;
    return sum + x * next.y - next.x * y;
  }, 0);
  return Math.abs(twice) / 2;
}

const middleOf = (corners: readonly Point[]): Point => ({
  x: corners.reduce((sum, { x }) => sum + x, 0) / corners.length,
  y: corners.reduce((sum, { y }) => sum + y, 0) / corners.length,
});

/** Colours of tokens by their index: never orange, blue or accent, which mean other things; null: grey. */
export function tokenColour(index: number): string | null {
  const runs = [7, 6, 8, 10, 9, 3];
  return index >= 0 && index < runs.length ? `var(--run-${runs[index]})` : null;
}
