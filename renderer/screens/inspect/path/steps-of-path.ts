/** h_0 … h_T of one input in the order in which they were computed. Pure. */
import type { ProjectedStates, StateBasis } from '../../../../engine/questions.ts';
import { difference, type Expression, operand, product, sum } from '../numbers/expression.ts';
import { subscript } from '../numbers/number-scale.ts';

/** As they are called everywhere. */
export const componentNames = ['PC1', 'PC2', 'PC3'] as const;

/** Most epochs whose paths are drawn. */
const mostEpochs = 60;

export interface PathState {
  /** 0: the initial state; else the step, from 1. */
  t: number;
  /** Along PC1, PC2, PC3. */
  at: readonly [number, number, number];
  /** What is read to get there; null: the initial state. */
  token: string | null;
  /** Index of what is said there; −1: nothing. */
  says: number;
}

/** Of the answer's first input. */
export function pathOf(states: ProjectedStates, tokens: readonly string[], reverse: boolean): PathState[] {
  const { starts, points, says } = states;
  const from = starts[0]!;
  const T = starts[1]! - from - 1;
  const path = Array.from({ length: T + 1 }, (_, i): PathState => {
    // Forward h_0 comes first; the reverse direction has it behind h_T.
    const t = reverse ? (i === T ? 0 : i + 1) : i;
    const at = 3 * (from + i);
    return {
      ...{ t, at: [points[at]!, points[at + 1]!, points[at + 2]!], says: says[from + i]! },
      token: t === 0 ? null : (tokens[t - 1] ?? ''),
    };
  });
  return reverse ? path.reverse() : path;
}

/** Epochs whose paths are drawn: all, or evenly spaced ones with the first and the last. */
export function pathEpochs(last: number): number[] {
  const count = Math.min(last, mostEpochs);
  if (count <= 1) return last >= 1 ? [last] : [];
  return [
    ...new Set(Array.from({ length: count }, (_, i) => Math.round(1 + (i * (last - 1)) / (count - 1)))),
  ];
}

/** A coordinate as the sum over the units that it is: (h − mean) · direction. */
export function coordinate(
  component: number,
  t: number,
  h: ArrayLike<number>,
  { mean, directions }: StateBasis,
  unitNames: readonly string[],
): Expression {
  const H = mean.length;
  return sum(
    ...Array.from({ length: H }, (_, j) =>
      product(
        difference(
          operand(`h${subscript(t)}[${unitNames[j] ?? j}]`, h[j]!),
          operand(`mean[${unitNames[j] ?? j}]`, mean[j]!),
        ),
        operand(`${componentNames[component]}[${unitNames[j] ?? j}]`, directions[component * H + j]!),
      ),
    ),
  );
}
