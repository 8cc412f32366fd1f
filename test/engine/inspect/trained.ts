/** Trained weights for tests of what looks into them. */
import type { TrainedModel } from '../../../engine/api.ts';
import { type CellName, cells } from '../../../engine/layers/cells.ts';
import type { ModelSpec } from '../../../engine/model/spec.ts';
import { type Changes, trainer } from '../documents.ts';

/** Trains for so many epochs and gives what a weights file holds. */
export function train(changes: Changes, epochs: number): TrainedModel {
  const run = trainer({ ...changes, training: { ...changes.training, epochs } });
  while (run.state().status === 'paused') run.stepEpoch();
  const { dataset, model } = run.experiment;
  return {
    model,
    task: dataset.task,
    tokens: dataset.tokens,
    vocabulary: dataset.vocabulary,
    targetVocabulary: dataset.targetVocabulary,
    weights: run.weights(),
  };
}

/** One of each cell, with two layers and both directions. */
export const deepModels: Partial<ModelSpec>[] = (Object.keys(cells) as CellName[]).map((cell) => ({
  cell,
  hiddenSize: 3,
  numLayers: 2,
  bidirectional: true,
  head: 'linear',
  initialState: 'learned',
}));
