import type { Floats } from '../tensor/floats.ts';
import type { RandomGenerator } from '../tensor/random.ts';

/**
 * torch.nn.Dropout while training: each value is zeroed with probability p, and the others are scaled by 1 / (1 −
 * p), so the expected value stays the same. The mask holds 0 or 1 / (1 − p). The random stream is Ohlol's own, not
 * PyTorch's.
 */
export function dropoutForward(
  y: Floats, // [count]
  x: Floats, // [count]
  mask: Floats, // [count]
  p: number,
  generator: RandomGenerator,
  count: number,
): void {
  drawMask(mask, p, generator, count);
  for (let i = 0; i < count; i++) y[i] = x[i]! * mask[i]!;
}

export function drawMask(mask: Floats, p: number, generator: RandomGenerator, count: number): void {
  const scale = 1 / (1 - p);
  const threshold = p * 2 ** 32;
  for (let i = 0; i < count; i++) mask[i] = generator.next() < threshold ? 0 : scale;
}

/** dx = dy ⊙ mask, in place. */
export function dropoutBackward(dy: Floats, mask: Floats, count: number): void {
  for (let i = 0; i < count; i++) dy[i]! *= mask[i]!;
}
