/** The best loss that a set-up can reach, known before anything is trained. */
import type { SequenceExperiment } from './experiment.ts';
import { hasBoundedStates, type ModelSpec } from './spec.ts';

/**
 * The least loss of a token whose V logits lie in [−1, 1]: the target's logit is 1 and all others are −1, so the
 * loss is −ln(e / (e + (V − 1) e⁻¹)) = ln(1 + (V − 1) e⁻²).
 */
export function leastTokenLoss(outputSize: number): number {
  return Math.log1p((outputSize - 1) * Math.exp(-2));
}

/** Whether h_t itself is the logits and cannot leave [−1, 1]. */
export function hasBoundedLogits(model: ModelSpec): boolean {
  return model.head === 'none' && hasBoundedStates(model);
}

export interface LeastLoss {
  /** The lower bound of an epoch's loss. */
  loss: number;
  perToken: number;
  outputSize: number;
  /** Tokens over which the loss is summed; 1 where it is their mean. */
  tokens: number;
}

/**
 * The loss that no epoch of the experiment can go below; null where there is no such bound. `trainTokens` counts the
 * real target tokens of all training samples.
 */
export function leastReachableLoss(
  experiment: Pick<SequenceExperiment, 'model' | 'training' | 'dataset'>,
  trainTokens: number,
): LeastLoss | null {
  const outputSize = experiment.dataset.targetVocabulary.length;
  if (!hasBoundedLogits(experiment.model) || outputSize < 2 || trainTokens < 1) return null;
  const perToken = leastTokenLoss(outputSize);
  const tokens = experiment.training.loss === 'sum' ? trainTokens : 1;
  return { loss: perToken * tokens, perToken, outputSize, tokens };
}
