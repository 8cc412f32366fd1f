import type { OptimizerSpec, TrainingSpec } from '../model/experiment.ts';

/** Values of the keys that a document leaves out; PyTorch's defaults where PyTorch has them. */

export const optimizerDefaults = {
  sgd: { name: 'sgd', lr: 0.001, momentum: 0, nesterov: false, weightDecay: 0 },
  adam: { name: 'adam', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 },
  adamw: { name: 'adamw', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
  rmsprop: { name: 'rmsprop', lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, weightDecay: 0 },
} satisfies Record<OptimizerSpec['name'], OptimizerSpec>;

export const trainingDefaults: TrainingSpec = {
  epochs: 20,
  batchSize: 1,
  shuffle: false,
  seed: 0,
  loss: 'mean',
  optimizer: optimizerDefaults.adam,
  scheduler: null,
  clipGradNorm: null,
  earlyStopping: null,
  stopWhen: { lossBelow: null, rightFor: null },
};
