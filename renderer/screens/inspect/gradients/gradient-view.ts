/** ‖∂L_k/∂h_t‖ and what each input does to a prediction, as maps on a logarithmic colour scale. Pure. */
import { formatNumber } from '../../../text/format.ts';
import type { MatrixView } from '../numbers/matrix-view.ts';
import { subscript } from '../numbers/number-scale.ts';

/** Norms below this are drawn as this. */
const leastPower = -10;
/** Losses that are asked for at once; of more, evenly chosen ones. */
const mostLosses = 64;

/** The losses that are asked for: all of them, or evenly chosen ones with the first and the last. */
export function chooseLosses(count: number): number[] {
  if (count <= mostLosses) return Array.from({ length: count }, (_, k) => k);
  return Array.from({ length: mostLosses }, (_, i) => Math.round((i * (count - 1)) / (mostLosses - 1)));
}

/** A part of the powers of ten, on halves: the colours from `low` to `high`. */
export interface PowerScale {
  low: number;
  high: number;
}

/** A scale for all of these norms together. */
export function powerScale(...columns: readonly ArrayLike<number>[]): PowerScale {
  let [low, high] = [0, Number.NEGATIVE_INFINITY];
  for (const norms of columns) {
    for (let i = 0; i < norms.length; i++) {
      if (!(norms[i]! > 0) || !Number.isFinite(norms[i]!)) continue;
      const power = Math.log10(norms[i]!);
      low = Math.min(low, power);
      high = Math.max(high, power);
    }
  }
  if (high === Number.NEGATIVE_INFINITY) return { low: -1, high: 0 };
  const top = Math.ceil(2 * high) / 2;
  return { low: Math.min(top - 1, Math.max(leastPower, Math.floor(2 * low) / 2)), high: top };
}

/** `−2.6`; `0` has no power: `−∞`. */
export function powerText(norm: number): string {
  return norm > 0 ? Math.log10(norm).toFixed(1).replace('-', '−').replace('−0.0', '0.0') : '−∞';
}

/** `0.26`, `0.0007`, `3.1e−9`: two figures. */
export function normText(norm: number | null): string {
  if (norm === null || !Number.isFinite(norm)) return formatNumber(norm, 2);
  if (norm === 0) return '0';
  if (norm < 1e-4) return norm.toExponential(1).replace('-', '−');
  return String(Number(norm.toPrecision(2)));
}

export interface NormMap {
  name: string;
  /** By loss and state step, [K, T]. */
  norms: Float32Array;
  /** Which losses k the rows are. */
  losses: readonly number[];
  steps: number;
  /** Whether L_k depends on h_t at all: not where the step comes after it. */
  depends(k: number, t: number): boolean;
  /** What a cell is called: `‖∂L₅/∂h₁‖`. */
  cellName(k: number, t: number): string;
  scale: PowerScale;
  context: string;
}

export const stateCellName = (k: number, t: number): string =>
  `‖∂L${subscript(k + 1)}/∂h${subscript(t + 1)}‖`;
export const inputCellName = (k: number, t: number): string =>
  `‖∂L${subscript(k + 1)}/∂x${subscript(t + 1)} ∘ x${subscript(t + 1)}‖`;

/** The map as a matrix: its values are powers of ten above the scale's least, its notes the norms themselves. */
export function normMatrix({
  name,
  norms,
  losses,
  steps,
  depends,
  cellName,
  scale,
  context,
}: NormMap): MatrixView {
  const { low, high } = scale;
  return {
    name,
    rows: losses.length,
    columns: steps,
    value: (row, t) => {
      if (!depends(losses[row]!, t)) return null;
      const norm = norms[row * steps + t]!;
      return norm > 0 ? Math.min(high - low, Math.max(0, Math.log10(norm) - low)) : 0;
    },
    scale: { kind: 'sequential', limit: high - low },
    rowNames: losses.map((k) => String(k + 1)),
    note: (row, t) => ({
      name: cellName(losses[row]!, t),
      value: depends(losses[row]!, t) ? norms[row * steps + t]! : null,
      context,
    }),
  };
}

/** Cells are square where there is room, and numbers are written where they can be read. */
export function mapLayout(
  { rows, columns }: { rows: number; columns: number },
  { width, height }: { width: number; height: number },
): { stepX: number; stepY: number; isWritten: boolean } {
  const stepOf = (room: number, count: number, most: number) => {
    const step = Math.min(most, room / Math.max(1, count));
    return step >= 1 ? Math.floor(step) : Math.max(step, 0.05);
  };
  const stepX = stepOf(width, columns, 46);
  const stepY = stepOf(height, rows, Math.max(12, Math.min(34, stepX)));
  return { stepX, stepY, isWritten: rows <= 16 && columns <= 16 && stepX >= 28 && stepY >= 15 };
}

/** The inputs that matter most to one prediction, the first of them the strongest. */
export function strongestInputs(norms: ArrayLike<number>, most: number): number[] {
  return Array.from(norms, (_, t) => t)
    .filter((t) => norms[t]! > 0)
    .sort((a, b) => norms[b]! - norms[a]! || a - b)
    .slice(0, most);
}
