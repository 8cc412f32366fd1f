/**
 * torch.optim's update rules, each one loop over all parameters. State starts at zero. Numbers that an update
 * divides by are read as stored in float32, ε included, so that underflow gives 0, and 0 / 0 gives NaN, in the same
 * places as in PyTorch.
 */
import type { Kernels } from '../kernels/kernels.ts';
import type { OptimizerSpec } from '../model/experiment.ts';
import type { Floats } from '../tensor/floats.ts';

export interface Optimizer {
  /** Count of updates done so far. */
  steps: number;
  /** The arrays that an update leaves for the next one; `steps` is apart. */
  state: { name: string; values: Floats }[];
  update(values: Floats, gradients: Floats, lr: number): void;
}

export function createOptimizer(spec: OptimizerSpec, count: number, kernels: Kernels): Optimizer {
  switch (spec.name) {
    case 'sgd':
      return createSgd(spec, count, kernels);
    case 'adam':
    case 'adamw':
      return createAdam(spec, count, kernels);
    case 'rmsprop':
      return createRmsprop(spec, count, kernels);
  }
}

/** Count of the numbers that createOptimizer allocates. */
export function optimizerSize(spec: OptimizerSpec, count: number): number {
  switch (spec.name) {
    case 'sgd':
      return spec.momentum === 0 ? 0 : count;
    case 'adam':
    case 'adamw':
      return 2 * count;
    case 'rmsprop':
      return spec.momentum === 0 ? count : 2 * count;
  }
}

/**
 * torch.optim.SGD: g ← g + λ θ; with momentum μ: b ← μ b + g (the first time b ← g), g ← b, or g + μ b with nesterov;
 * θ ← θ − lr g.
 */
function createSgd(
  { momentum, nesterov, weightDecay }: Extract<OptimizerSpec, { name: 'sgd' }>,
  count: number,
  kernels: Kernels,
): Optimizer {
  const buffer = kernels.allocate(momentum === 0 ? 0 : count);
  return {
    steps: 0,
    state: momentum === 0 ? [] : [{ name: 'momentum', values: buffer }],
    update(values, gradients, lr) {
      const kept = this.steps === 0 ? 0 : momentum;
      this.steps++;
      for (let i = 0; i < count; i++) {
        let g = gradients[i]! + weightDecay * values[i]!;
        if (momentum !== 0) {
          const b = kept * buffer[i]! + g;
          buffer[i] = b;
          g = nesterov ? g + momentum * b : b;
        }
        values[i]! -= lr * g;
      }
    },
  };
}

/**
 * torch.optim.Adam and AdamW: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
 * θ ← θ − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε), t from 1. Adam adds λ θ to g; AdamW first takes lr λ θ from θ.
 */
function createAdam(
  { name, betas, eps, weightDecay }: Extract<OptimizerSpec, { name: 'adam' | 'adamw' }>,
  count: number,
  kernels: Kernels,
): Optimizer {
  const [beta1, beta2] = betas;
  const epsilon = Math.fround(eps);
  const m = kernels.allocate(count);
  const v = kernels.allocate(count);
  return {
    steps: 0,
    state: [
      { name: 'm', values: m },
      { name: 'v', values: v },
    ],
    update(values, gradients, lr) {
      this.steps++;
      const stepSize = lr / (1 - beta1 ** this.steps);
      const rootCorrection = Math.sqrt(1 - beta2 ** this.steps);
      const shrink = name === 'adamw' ? 1 - lr * weightDecay : 1;
      const decay = name === 'adam' ? weightDecay : 0;
      for (let i = 0; i < count; i++) {
        const value = values[i]! * shrink;
        const g = gradients[i]! + decay * value;
        m[i] = m[i]! + (1 - beta1) * (g - m[i]!);
        v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
        values[i] = value - (stepSize * m[i]!) / (Math.sqrt(v[i]!) / rootCorrection + epsilon);
      }
    },
  };
}

/**
 * torch.optim.RMSprop: g ← g + λ θ; s ← α s + (1 − α) g²; d = g / (√s + ε); with momentum μ: b ← μ b + d, d ← b;
 * θ ← θ − lr d.
 */
function createRmsprop(
  { alpha, eps, momentum, weightDecay }: Extract<OptimizerSpec, { name: 'rmsprop' }>,
  count: number,
  kernels: Kernels,
): Optimizer {
  const epsilon = Math.fround(eps);
  const squares = kernels.allocate(count);
  const buffer = kernels.allocate(momentum === 0 ? 0 : count);
  return {
    steps: 0,
    state: [
      { name: 'squares', values: squares },
      ...(momentum === 0 ? [] : [{ name: 'momentum', values: buffer }]),
    ],
    update(values, gradients, lr) {
      this.steps++;
      for (let i = 0; i < count; i++) {
        const g = gradients[i]! + weightDecay * values[i]!;
        squares[i] = alpha * squares[i]! + (1 - alpha) * g * g;
        let d = g / (Math.sqrt(squares[i]!) + epsilon);
        if (momentum !== 0) {
          d += momentum * buffer[i]!;
          buffer[i] = d;
        }
        values[i]! -= lr * d;
      }
    },
  };
}
