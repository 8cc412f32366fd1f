/**
 * Principal components by orthogonal iteration with a Rayleigh–Ritz step (Golub and Van Loan, Matrix Computations,
 * 8.2).
 */
import { createGenerator } from './random.ts';

/** Directions that are iterated together; more than are wanted, so that the wanted ones settle sooner. */
const carried = 8;
const mostRounds = 300;
/** Relative change of the variances below which they count as settled. */
const settled = 1e-13;

export interface Components {
  /** Orthonormal rows in order of falling variance; a row is 0 where there are fewer directions than wanted. */
  directions: Float64Array; // [wanted, width]
  variances: Float64Array; // [wanted]
}

/**
 * The directions of largest variance of centred rows [count, width]. It works with the rows themselves, because a
 * covariance matrix of width² numbers may exceed memory.
 */
export function principalComponents(rows: Float64Array, width: number, wanted: number): Components {
  const count = rows.length / width;
  const m = Math.min(Math.max(carried, wanted), width);
  let basis = new Float64Array(m * width); // [m, width]
  // Any start works that is not at right angles to the directions looked for; the same start gives the same bits.
  createGenerator(0).uniform(basis, -1, 1);
  orthonormalise(basis, m, width);
  let variances = new Float64Array(m);
  for (let round = 0; round < mostRounds; round++) {
    const moved = applyCovariance(rows, count, width, basis, m);
    orthonormalise(moved, m, width);
    const found = rotateToRitz(rows, count, width, moved, m);
    const change = found.variances.reduce(
      (most, value, i) => (i < wanted ? Math.max(most, Math.abs(value - variances[i]!)) : most),
      0,
    );
    ({ directions: basis, variances } = found);
    if (change <= settled * (variances[0]! || 1)) break;
  }
  const directions = new Float64Array(wanted * width);
  const kept = new Float64Array(wanted);
  for (let i = 0; i < Math.min(wanted, m); i++) {
    kept[i] = Math.max(0, variances[i]!);
    directions.set(basis.subarray(i * width, (i + 1) * width), i * width);
  }
  return { directions, variances: kept };
}

/** basis · XᵀX / count. */
function applyCovariance(
  rows: Float64Array,
  count: number,
  width: number,
  basis: Float64Array,
  m: number,
): Float64Array {
  const found = new Float64Array(m * width);
  for (let r = 0; r < count; r++) {
    for (let k = 0; k < m; k++) {
      let along = 0;
      for (let j = 0; j < width; j++) along += rows[r * width + j]! * basis[k * width + j]!;
      along /= count;
      for (let j = 0; j < width; j++) found[k * width + j]! += along * rows[r * width + j]!;
    }
  }
  return found;
}

/** Gram–Schmidt, done twice; a row that depends linearly on the rows before it becomes 0. */
function orthonormalise(basis: Float64Array, m: number, width: number): void {
  for (let k = 0; k < m; k++) {
    const row = basis.subarray(k * width, (k + 1) * width);
    const first = Math.hypot(...row);
    for (let time = 0; time < 2; time++) {
      for (let i = 0; i < k; i++) {
        const other = basis.subarray(i * width, (i + 1) * width);
        const along = row.reduce((sum, value, j) => sum + value * other[j]!, 0);
        for (let j = 0; j < width; j++) row[j]! -= along * other[j]!;
      }
    }
    const length = Math.hypot(...row);
    const scale = length > 1e-12 * first ? 1 / length : 0;
    for (let j = 0; j < width; j++) row[j]! *= scale;
  }
}

/**
 * Rotates the basis to the directions whose variances are eigenvalues of the covariance within it, largest first.
 */
function rotateToRitz(rows: Float64Array, count: number, width: number, basis: Float64Array, m: number) {
  const moved = applyCovariance(rows, count, width, basis, m);
  const small = new Float64Array(m * m);
  for (let a = 0; a < m; a++)
    for (let b = 0; b < m; b++)
      for (let j = 0; j < width; j++) small[a * m + b]! += basis[a * width + j]! * moved[b * width + j]!;
  const vectors = jacobi(small, m);
  const order = Array.from({ length: m }, (_, i) => i).sort((a, b) => small[b * m + b]! - small[a * m + a]!);
  const directions = new Float64Array(m * width);
  for (const [i, column] of order.entries())
    for (let k = 0; k < m; k++)
      for (let j = 0; j < width; j++)
        directions[i * width + j]! += vectors[k * m + column]! * basis[k * width + j]!;
  return { directions, variances: Float64Array.from(order, (i) => small[i * m + i]!) };
}

/**
 * Jacobi's rotations: leaves the eigenvalues of a small symmetric matrix on its diagonal and returns the
 * eigenvectors as columns.
 */
function jacobi(a: Float64Array, m: number): Float64Array {
  const vectors = new Float64Array(m * m);
  for (let i = 0; i < m; i++) vectors[i * m + i] = 1;
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < m; p++) {
      for (let q = p + 1; q < m; q++) {
        const apq = a[p * m + q]!;
        off += apq * apq;
        if (apq === 0) continue;
        const theta = (a[q * m + q]! - a[p * m + p]!) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, m, p, q, c, t * c, true);
        rotate(vectors, m, p, q, c, t * c, false);
      }
    }
    if (off < 1e-300) break;
  }
  return vectors;
}

/** Rotates columns p and q, and with `both` the rows p and q too. */
function rotate(a: Float64Array, m: number, p: number, q: number, c: number, s: number, both: boolean): void {
  for (let k = 0; k < m; k++) {
    const [x, y] = [a[k * m + p]!, a[k * m + q]!];
    a[k * m + p] = c * x - s * y;
    a[k * m + q] = s * x + c * y;
  }
  if (!both) return;
  for (let k = 0; k < m; k++) {
    const [x, y] = [a[p * m + k]!, a[q * m + k]!];
    a[p * m + k] = c * x - s * y;
    a[q * m + k] = s * x + c * y;
  }
}
