import type { Floats } from '../tensor/floats.ts';

/**
 * torch.nn.functional.cross_entropy, summed over rows from … to − 1: −log softmax(logits)[target], computed by
 * log-sum-exp so that no exponential overflows. Returns the sum, and keeps probabilities = softmax(logits) for the
 * backward pass.
 */
export function crossEntropyForward(
  probabilities: Floats, // [rows, V]
  logits: Floats, // [rows, V]
  targets: Int32Array, // [rows]
  from: number,
  to: number,
  V: number,
): number {
  let loss = 0;
  for (let r = from; r < to; r++) {
    const at = r * V;
    let largest = logits[at]!;
    for (let v = 1; v < V; v++) if (logits[at + v]! > largest) largest = logits[at + v]!;
    let sum = 0;
    for (let v = 0; v < V; v++) {
      const e = Math.exp(logits[at + v]! - largest);
      sum += e;
      probabilities[at + v] = e;
    }
    for (let v = 0; v < V; v++) probabilities[at + v]! /= sum;
    loss += Math.log(sum) + largest - logits[at + targets[r]!]!;
  }
  return loss;
}

/** dLogits = (softmax(logits) − onehot(target)) · scale; scale is 1 for the sum, 1 / rows for the mean. */
export function crossEntropyBackward(
  dLogits: Floats, // [rows, V]
  probabilities: Floats, // [rows, V]
  targets: Int32Array, // [rows]
  scale: number,
  rows: number,
  V: number,
): void {
  for (let i = 0; i < rows * V; i++) dLogits[i] = probabilities[i]! * scale;
  for (let r = 0; r < rows; r++) {
    const target = r * V + targets[r]!;
    dLogits[target] = (probabilities[target]! - 1) * scale;
  }
}
