/** The part of a quantity that is drawn, as a matrix. Pure. */
import { shownToken } from '../../../components/invisible.ts';
import type { TermName } from '../../../text/terms.ts';
import type { MatrixView } from '../numbers/matrix-view.ts';
import { subscript } from '../numbers/number-scale.ts';
import type { Quantity } from './quantities.ts';

/** A strip with its head. */
export interface DrawnStrip {
  matrix: MatrixView;
  head: { symbol: string; title: string; term: TermName; formula: string };
  /** Whether its rows are the units, in the order of all strips. */
  isOfUnits: boolean;
  stepY: number;
}

export interface Drawn {
  /** From 0. */
  firstStep: number;
  steps: number;
  context: string;
}

export function stripMatrix(
  quantity: Quantity,
  units: readonly number[],
  unitNames: readonly string[],
  { firstStep, steps, context }: Drawn,
): MatrixView {
  return {
    name: quantity.symbol,
    rows: units.length,
    columns: steps,
    value: (row, column) => quantity.value(firstStep + column, units[row]!),
    scale: quantity.scale,
    rowNames: units.map((unit) => shownToken(unitNames[unit] ?? String(unit)).text),
    note: (row, column) => {
      const [t, unit] = [firstStep + column, units[row]!];
      return {
        name: quantity.name(t, unit),
        value: quantity.value(t, unit),
        expression: quantity.expression(t, unit),
        context,
      };
    },
  };
}

/** p of the tokens that are likeliest anywhere, at most `most`, in the order of the vocabulary. */
export function probabilityMatrix(
  probabilities: Float32Array,
  tokens: readonly string[],
  predictionAt: (t: number) => number | null,
  most: number,
  { firstStep, steps, context }: Drawn,
): MatrixView {
  const V = tokens.length;
  const highest = new Float64Array(V);
  for (const [i, p] of probabilities.entries()) highest[i % V] = Math.max(highest[i % V]!, p);
  const rows = Array.from(highest, (_, token) => token)
    .sort((a, b) => highest[b]! - highest[a]! || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
  const value = (row: number, column: number) => {
    const k = predictionAt(firstStep + column);
    return k === null ? null : probabilities[k * V + rows[row]!]!;
  };
  return {
    name: 'p',
    rows: rows.length,
    columns: steps,
    value,
    scale: { kind: 'sequential', limit: 1 },
    rowNames: rows.map((token) => shownToken(tokens[token]!).text),
    note: (row, column) => ({
      name: `p${subscript(firstStep + column + 1)}[${tokens[rows[row]!]}]`,
      value: value(row, column),
      context,
    }),
  };
}
