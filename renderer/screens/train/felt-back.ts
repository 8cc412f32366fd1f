/** How far back in time the loss of one step has an effect: ‖∂L_k/∂h_t‖ at every step, as a strip below the steps. */

import type { Gradients } from '../../../engine/questions.ts';
import type { RunSummary } from '../../../main/api.ts';
import { formatNumber } from '../../text/format.ts';

/** The power of ten at and below which a norm has the palest colour. */
const leastPower = -6;

/** ‖∂L/∂h_t‖ of the last layer at each step: the 2-norm over the units of its directions, [T]. */
export function stateGradients({ states }: Pick<Gradients, 'states'>, steps: number): Float64Array {
  const last = states.reduce((most, { layer }) => Math.max(most, layer), 0);
  const squares = new Float64Array(steps); // [T]
  for (const { layer, dh } of states) {
    if (layer !== last) continue;
    const H = dh.length / steps;
    for (let i = 0; i < dh.length; i++) squares[Math.floor(i / H)]! += dh[i]! ** 2;
  }
  return squares.map(Math.sqrt);
}

/** A norm as a share of the colour scale: 0 up to 10⁻⁶, 1 from 1 on, linear in the logarithm between. */
export function powerShare(norm: number): number {
  if (!(norm > 0)) return 0;
  return Math.min(1, Math.max(0, 1 - Math.log10(norm) / leastPower));
}

/** `0.49`, `3.1e−7`. */
export function normText(norm: number): string {
  return norm !== 0 && norm < 0.01 ? norm.toExponential(1).replace('-', '−') : formatNumber(norm, 2);
}

/** ‖∂L_k/∂h_t‖ of a run, one for each step. */
export interface FeltLine {
  run: RunSummary;
  norms: ArrayLike<number>; // [T]
}
