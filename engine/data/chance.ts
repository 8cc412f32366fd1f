import type { SequenceExperiment } from '../model/experiment.ts';

/** Whether anything is drawn by chance after the first weights are: the order of the samples, or units that drop out. */
export function isDrawnByChance({ dataset, model, training }: SequenceExperiment): boolean {
  // A text is read in its order, and has no samples; units drop out between layers.
  const shuffles = training.shuffle && dataset.samples.length > 1;
  return shuffles || (model.dropout > 0 && model.numLayers > 1);
}
