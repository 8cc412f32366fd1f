import { describe, expect, it } from 'vitest';
import { crossEntropyBackward, crossEntropyForward } from '../../../engine/layers/cross-entropy.ts';

function loss(logits: number[], target: number): { loss: number; probabilities: number[] } {
  const probabilities = new Float32Array(logits.length);
  const value = crossEntropyForward(
    probabilities,
    Float32Array.from(logits),
    Int32Array.of(target),
    0,
    1,
    logits.length,
  );
  return { loss: value, probabilities: [...probabilities] };
}

describe('cross entropy', () => {
  it.each([
    { logits: [0, 0, 0, 0], target: 2, expected: Math.log(4) },
    { logits: [1e4, -1e4], target: 0, expected: 0 },
    { logits: [1e4, -1e4], target: 1, expected: 2e4 },
    { logits: [-1e4, -1e4, -1e4], target: 1, expected: Math.log(3) },
    // The least loss that states within ±1 can reach over four tokens.
    { logits: [1, -1, -1, -1], target: 0, expected: Math.log(1 + 3 * Math.exp(-2)) },
  ])('$logits, target $target', ({ logits, target, expected }) => {
    const found = loss(logits, target);
    expect(found.loss).toBeCloseTo(expected, 6);
    expect(found.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
  });

  it('counts only the rows it is given', () => {
    const logits = Float32Array.of(0, 0, 5, 0, 0, 7);
    const probabilities = new Float32Array(6);
    const targets = Int32Array.of(0, 1, 0);
    const all = crossEntropyForward(probabilities, logits, targets, 0, 3, 2);
    const first = crossEntropyForward(probabilities, logits, targets, 0, 1, 2);
    const rest = crossEntropyForward(probabilities, logits, targets, 1, 3, 2);
    expect(first).toBeCloseTo(Math.log(2), 12);
    expect(first + rest).toBeCloseTo(all, 12);
  });

  it('has the gradient softmax − one-hot, scaled', () => {
    const dLogits = new Float32Array(4);
    crossEntropyBackward(dLogits, Float32Array.of(0.25, 0.75, 0.5, 0.5), Int32Array.of(1, 0), 0.5, 2, 2);
    expect([...dLogits]).toEqual([0.125, -0.125, -0.25, 0.25]);
  });
});
