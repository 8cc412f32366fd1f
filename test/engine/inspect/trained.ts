/** Trained weights for tests of the inspections. */

import { weightsDocument } from '../../../engine/formats/weights.ts';
import { type TrainedModel, trainedModel } from '../../../engine/inspect/trained.ts';
import { type CellName, cells } from '../../../engine/layers/cells.ts';
import type { WeightsJson } from '../../../engine/model/experiment.ts';
import type { ModelSpec } from '../../../engine/model/spec.ts';
import type { DirectionTrace } from '../../../engine/questions.ts';
import type { Trainer } from '../../../engine/training/trainer.ts';
import { type Changes, trainer } from '../documents.ts';

/** A trained model with weights that a test can change before it asks questions. */
export type TrainedJson = TrainedModel & { weights: WeightsJson };

/** Trains for this many epochs and returns what a weights file holds. */
export function train(changes: Changes, epochs: number): TrainedJson {
  const run = trainer({ ...changes, training: { ...changes.training, epochs } });
  while (run.state().status === 'paused') run.stepEpoch();
  return jsonOf(run);
}

/** The trainer's current weights, with what is needed to use them. */
export function jsonOf(run: Trainer): TrainedJson {
  return { ...trainedModel(weightsDocument(run.experiment, {}, null)), weights: run.weights() };
}

/** The same model with other weights. */
export function withWeights(trained: TrainedJson, weights: WeightsJson): TrainedJson {
  return { ...trainedModel(trained), weights };
}

/** One model of each cell, with two layers and both directions. */
export const deepModels: Partial<ModelSpec>[] = (Object.keys(cells) as CellName[]).map((cell) => ({
  cell,
  hiddenSize: 3,
  numLayers: 2,
  bidirectional: true,
  head: 'linear',
  initialState: 'learned',
}));

/** Row-major values as `count` lists. */
export function rowsOf(values: Float32Array, count: number): number[][] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

/** The columns of a direction, time step by time step; columns of gates have a list for each gate. */
export function stepsOf(direction: DirectionTrace, T: number) {
  const { gateNames, x, hPrevious, cPrevious, c, h } = direction;
  const ofGates = (values: Float32Array) =>
    rowsOf(values, T).map((row) => rowsOf(Float32Array.from(row), gateNames.length));
  const columns = {
    inputSums: ofGates(direction.inputSums),
    recurrentSums: ofGates(direction.recurrentSums),
    preActivations: ofGates(direction.preActivations),
    gates: ofGates(direction.gates),
  };
  return Array.from({ length: T }, (_, t) => ({
    x: rowsOf(x, T)[t]!,
    hPrevious: rowsOf(hPrevious, T)[t]!,
    cPrevious: cPrevious && rowsOf(cPrevious, T)[t]!,
    inputSums: columns.inputSums[t]!,
    recurrentSums: columns.recurrentSums[t]!,
    preActivations: columns.preActivations[t]!,
    gates: columns.gates[t]!,
    c: c && rowsOf(c, T)[t]!,
    h: rowsOf(h, T)[t]!,
  }));
}
