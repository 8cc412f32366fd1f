import type { SequenceExperiment } from '../model/experiment.ts';

/** Whether anything is drawn at random after the initial weights: the order of the samples, or dropout. */
export function isDrawnByChance({ dataset, model, training }: SequenceExperiment): boolean {
  // A text is read in order and has no samples; dropout acts only between layers.
  const shuffles = training.shuffle && dataset.samples.length > 1;
  return shuffles || (model.dropout > 0 && model.numLayers > 1);
}
