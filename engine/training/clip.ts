import type { Floats } from '../tensor/floats.ts';

/** The 2-norm over all gradients; not finite where a gradient is not finite or the sum of squares overflows. */
export function totalNorm(gradients: Floats): number {
  let sum = 0;
  for (let i = 0; i < gradients.length; i++) sum += gradients[i]! * gradients[i]!;
  return Math.sqrt(sum);
}

/**
 * torch.nn.utils.clip_grad_norm_: scales all gradients in place by maxNorm / (norm + 1e-6) where that is below 1.
 */
export function clipGradients(gradients: Floats, norm: number, maxNorm: number): void {
  const scale = maxNorm / (norm + 1e-6);
  if (scale >= 1) return;
  for (let i = 0; i < gradients.length; i++) gradients[i]! *= scale;
}
