/** How the numbers of one matrix are coloured and rounded. Pure. */

import { type CellColour, divergingColour, sequentialColour } from '../../../components/colour-scale.ts';
import { formatNumber } from '../../../text/format.ts';

export interface NumberScale {
  kind: 'diverging' | 'sequential';
  /** The value with the strongest colour; at a diverging scale also its negative. */
  limit: number;
}

/** A scale on which the strongest of these numbers has the strongest colour. */
export function scaleOf(kind: NumberScale['kind'], ...columns: readonly ArrayLike<number>[]): NumberScale {
  let limit = 0;
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const size = Math.abs(column[i]!);
      if (size > limit && Number.isFinite(size)) limit = size;
    }
  }
  return { kind, limit };
}

/** Numbers of which a hundredth is known well enough. */
const sampled = 200_000;

/** A scale that leaves the largest hundredth of the numbers at the strongest colour; of very many, of evenly chosen ones. */
export function quantileScale(...columns: readonly ArrayLike<number>[]): NumberScale {
  const count = columns.reduce((sum, { length }) => sum + length, 0);
  const every = Math.max(1, Math.ceil(count / sampled));
  // An odd step does not fall in with the columns of a matrix of even width.
  const step = every > 1 ? every | 1 : 1;
  const sizes: number[] = [];
  for (const column of columns) {
    for (let i = 0; i < column.length; i += step) {
      const size = Math.abs(column[i]!);
      if (Number.isFinite(size)) sizes.push(size);
    }
  }
  const sorted = Float64Array.from(sizes).sort();
  return {
    kind: 'diverging',
    limit: sorted[Math.min(sorted.length - 1, Math.floor(0.99 * sorted.length))] ?? 0,
  };
}

export function colourOf(value: number, { kind, limit }: NumberScale): CellColour {
  return kind === 'diverging'
    ? divergingColour(value, limit)
    : sequentialColour(limit > 0 ? value / limit : 0);
}

/**
 * The power of ten that is taken out of numbers too small or too large for cells, and the decimals that are
 * left: `×10⁻³` and two decimals for numbers up to 0.004.
 */
export function rounding(limit: number): { exponent: number; decimals: number } {
  if (!(limit > 0) || !Number.isFinite(limit)) return { exponent: 0, decimals: 2 };
  const size = Math.floor(Math.log10(limit) + 1e-9);
  if (size >= 4 || limit < 0.05) return { exponent: size, decimals: 2 };
  if (limit < 0.3) return { exponent: 0, decimals: 3 };
  return { exponent: 0, decimals: size >= 2 ? 0 : size === 1 ? 1 : 2 };
}

/** `−0.74`, `.017`, `12.5`: a number as its cell shows it. */
export function cellText(value: number, limit: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  // A whole number is one: the 0 and 1 of a one-hot vector.
  if (Number.isInteger(value) && Math.abs(value) < 100)
    return String(value === 0 ? 0 : value).replace('-', '−');
  const { exponent, decimals } = rounding(limit);
  const scaled = value / 10 ** exponent;
  const text = scaled.toFixed(decimals).replace(/^-(0(\.0*)?)$/, '$1');
  const short = decimals === 3 ? text.replace(/^(-?)0\./, '$1.') : text;
  return short.replace('-', '−');
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const subscripts = '₀₁₂₃₄₅₆₇₈₉';

/** `×10⁻³`; nothing where no power is taken out. */
export function powerText(limit: number): string {
  const { exponent } = rounding(limit);
  if (exponent === 0) return '';
  const figures = String(Math.abs(exponent)).replace(/\d/g, (digit) => superscripts[Number(digit)]!);
  return `×10${exponent < 0 ? '⁻' : ''}${figures}`;
}

/** `₁₄`: a whole number as a subscript. */
export function subscript(whole: number): string {
  return String(whole)
    .replace('-', '₋')
    .replace(/\d/g, (digit) => subscripts[Number(digit)]!);
}

/** A number to be read: six decimals, small ones with their power of ten: `2.568·10⁻⁵`. */
export function readText(value: number | null): string {
  if (value === null) return '—';
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size === 0 || size >= 1e-3) return formatNumber(value, 6);
  const [figures = '', power = '0'] = value.toExponential(3).split('e');
  const raised = power.replace(/\d/g, (digit) => superscripts[Number(digit)]!).replace('-', '⁻');
  return `${figures.replace('-', '−')}·10${raised}`;
}

/** A limit beside its scale: `1.5`, `.25`, `2.5e−4`. */
export function limitText(limit: number): string {
  if (limit === 0) return '0';
  const text = limit >= 1e4 || limit < 1e-3 ? limit.toExponential(1) : String(Number(limit.toPrecision(2)));
  return text.replace(/^0\./, '.').replace('-', '−');
}
