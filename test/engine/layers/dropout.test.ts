import { describe, expect, it } from 'vitest';
import { dropoutBackward, dropoutForward } from '../../../engine/layers/dropout.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';
import { reversal, trainer } from '../documents.ts';

describe('dropout', () => {
  const count = 10_000;
  const x = new Float32Array(count).fill(3);

  it.each([0.1, 0.5, 0.9])('drops with probability %d and scales what stays', (p) => {
    const [y, mask] = [new Float32Array(count), new Float32Array(count)];
    dropoutForward(y, x, mask, p, createGenerator(1), count);
    const kept = y.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(3 * Math.fround(1 / (1 - p)))]));
    expect(1 - kept.length / count).toBeCloseTo(p, 1);
  });

  it('sends the gradient where the value went', () => {
    const [y, mask] = [new Float32Array(count), new Float32Array(count)];
    dropoutForward(y, x, mask, 0.5, createGenerator(1), count);
    const dy = new Float32Array(count).fill(3);
    dropoutBackward(dy, mask, count);
    expect(dy).toEqual(y);
  });

  it('acts between layers while training, but not on what is held back', () => {
    const model = { numLayers: 2, hiddenSize: 8, head: 'linear' as const };
    const dataset = { ...reversal, validation: [{ input: 'abc', target: 'cba' }] };
    const optimizer = { name: 'sgd' as const, lr: 1e-12, momentum: 0, nesterov: false, weightDecay: 0 };
    const losses = (dropout: number) => {
      const run = trainer({ dataset, model: { ...model, dropout }, training: { optimizer } });
      return [run.stepEpoch()!, run.stepEpoch()!];
    };
    const [dropped, droppedAgain] = losses(0.5);
    const [plain, plainAgain] = losses(0);
    expect(plainAgain!.loss).toBe(plain!.loss);
    expect(dropped!.loss).not.toBe(plain!.loss);
    expect(droppedAgain!.loss).not.toBe(dropped!.loss);
    expect(dropped!.validationLoss).toBe(plain!.validationLoss);
  });
});
