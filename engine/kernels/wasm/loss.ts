/** Cross entropy by log-sum-exp, its gradient and the predictions, as in engine/layers/cross-entropy.ts. */
import { exp4, loadLanes as load4, storeLanes as store4, sumLanes } from './lanes';
import { Batch, Model } from './structs';
import { barrier, shareFrom, shareTo } from './threads';

/**
 * Computes probabilities, predictions (the first of the largest logits) and the rows' losses; returns the sum of the
 * losses.
 */
export function crossEntropy(m: Model, b: Batch): f64 {
  const V = m.V;
  for (let r = shareFrom(b.outputs, 1); r < shareTo(b.outputs, 1); r++) {
    const logits = m.logits + (r * V << 2);
    const best = argmax(logits, V);
    const largest = load<f32>(logits + (best << 2));
    const sum = exponentials(m.probabilities + (r * V << 2), logits, largest, V);
    const target = load<i32>(b.targets + (r << 2));
    store<i32>(m.predictions + (r << 2), best);
    store<f64>(m.rowLosses + (r << 3), Math.log(sum) + (<f64>largest - <f64>load<f32>(logits + (target << 2))));
  }
  barrier();
  let loss: f64 = 0;
  for (let r = 0; r < b.outputs; r++) loss += load<f64>(m.rowLosses + (r << 3));
  return loss;
}

function argmax(values: usize, count: i32): i32 {
  let best = 0;
  let largest = load<f32>(values);
  for (let i = 1; i < count; i++) {
    const value = load<f32>(values + (i << 2));
    if (value > largest) {
      largest = value;
      best = i;
    }
  }
  return best;
}

/** y = softmax(x); returns the sum of eˣ⁻ˡᵃʳᵍᵉˢᵗ. */
function exponentials(y: usize, x: usize, largest: f32, V: i32): f64 {
  const end: usize = V << 2;
  const shift = f32x4.splat(largest);
  let sums = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const e = exp4(f32x4.sub(v128.load(x + i), shift));
    sums = f32x4.add(sums, e);
    v128.store(y + i, e);
  }
  let sum = <f64>sumLanes(sums);
  for (; i < end; i += 4) {
    const e = exp4(f32x4.sub(load4(x + i, 1), shift));
    sum += <f64>f32x4.extract_lane(e, 0);
    store4(y + i, e, 1);
  }
  const scale = f32x4.splat(<f32>(1 / sum));
  for (i = 0; i + 16 <= end; i += 16) store4(y + i, f32x4.mul(load4(y + i, 4), scale), 4);
  for (; i < end; i += 4) store4(y + i, f32x4.mul(load4(y + i, 1), scale), 1);
  return sum;
}

/** dLogits = (probabilities − onehot(target)) · scale. */
export function crossEntropyGradient(m: Model, b: Batch, scale: f32): void {
  const V = m.V;
  const factor = f32x4.splat(scale);
  for (let r = shareFrom(b.outputs, 1); r < shareTo(b.outputs, 1); r++) {
    const at: usize = r * V << 2;
    const end: usize = V << 2;
    const target = m.dLogits + at + (load<i32>(b.targets + (r << 2)) << 2);
    let i: usize = 0;
    for (; i + 16 <= end; i += 16) store4(m.dLogits + at + i, f32x4.mul(load4(m.probabilities + at + i, 4), factor), 4);
    for (; i < end; i += 4) store4(m.dLogits + at + i, f32x4.mul(load4(m.probabilities + at + i, 1), factor), 1);
    store<f32>(target, load<f32>(target) - scale);
  }
  barrier();
}

/** Counts the predictions that equal their target. */
export function countRight(m: Model, b: Batch): i32 {
  let right = 0;
  for (let r = 0; r < b.outputs; r++) {
    if (load<i32>(m.predictions + (r << 2)) == load<i32>(b.targets + (r << 2))) right++;
  }
  return right;
}
