/** Functions that tests, and the self-check at start, compare with plain loops. */
import { sigmoidOfSum, tanhOf, tanhOfSum } from './activations';
import { exp4, loadLanes as load4, storeLanes as store4 } from './lanes';
import {
  linear, linearBiasGradient, linearInputGradient, linearWeightGradient, packForInput, packForOutput,
} from './linear';
import { clearFloats } from './loops';

export function exps(y: usize, x: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 4) store4(y + i, exp4(load4(x + i, 1)), 1);
}

export function sigmoids(y: usize, x: usize, count: i32): void {
  clearFloats(y, count);
  sigmoidOfSum(y, x, count);
}

export function tanhs(y: usize, x: usize, count: i32): void {
  tanhOf(y, x, count);
}

/** y = tanh(a + b). */
export function tanhsOfSums(y: usize, a: usize, b: usize, count: i32): void {
  tanhOfSum(y, a, b, count);
}

/** y = x Wᵀ + b; panels [⌈O/16⌉, I, 16] is space for the packed W. */
export function checkLinear(y: usize, x: usize, w: usize, b: usize, panels: usize, rows: i32, I: i32, O: i32): void {
  packForOutput(panels, w, O, I);
  linear(y, x, panels, b, rows, I, O);
}

/** dx += dy W; panels [⌈I/16⌉, O, 16] is space for the packed W. */
export function checkInputGradient(dx: usize, dy: usize, w: usize, panels: usize, rows: i32, I: i32, O: i32): void {
  packForInput(panels, w, O, I);
  linearInputGradient(dx, dy, panels, rows, I, O);
}

/** dw += dyᵀ x, db += Σ rows of dy; packed is space for [96, 264], then [⌈I/16⌉, 256, 16]. */
export function checkWeightGradient(
  dw: usize, db: usize, dy: usize, x: usize, packed: usize, rows: i32, I: i32, O: i32,
): void {
  linearWeightGradient(dw, dy, x, rows, I, O, packed);
  linearBiasGradient(db, dy, rows, O);
}
