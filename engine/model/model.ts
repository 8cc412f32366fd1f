/**
 * A model made from its spec and run on packed batches: tokens → (embedding) → recurrent layers → (head) → logits,
 * and back.
 */
import type { Kernels } from '../kernels/kernels.ts';
import {
  linearInPieces,
  linearInputGradientInPieces,
  linearWeightGradientInPieces,
} from '../kernels/pieces.ts';
import { copyValues } from '../kernels/reference.ts';
import { findCell } from '../layers/cells.ts';
import type { Capacity, Direction } from '../layers/direction.ts';
import { embeddingBackward, embeddingForward } from '../layers/embedding.ts';
import { createParameters, type ParameterEntry, type Parameters } from '../layers/parameters.ts';
import {
  backwardRecurrent,
  createRecurrent,
  forwardRecurrent,
  type Recurrent,
  type RecurrentSizes,
  recurrentSize,
} from '../layers/recurrent.ts';
import type { Floats } from '../tensor/floats.ts';
import type { Packing } from '../tensor/packing.ts';
import type { RandomGenerator } from '../tensor/random.ts';
import { type DataSizes, directions, type ModelSpec, parameterCount, parameterShapes } from './spec.ts';

export interface Model {
  spec: ModelSpec;
  sizes: DataSizes;
  parameters: Parameters;
  recurrent: Recurrent;
  kernels: Kernels;
  /**
   * every-step: logits for each row. last-step: logits for each sequence, from the last states of both directions.
   */
  reads: 'every-step' | 'last-step';
  embedded: Floats; // [N, E], where there is an embedding
  dEmbedded: Floats; // [N, E]
  /** Input of the head: the recurrent output, or the last states. */
  features: Floats; // [N or B, D·H]
  dFeatures: Floats; // [N or B, D·H]
  logits: Floats; // [N or B, V]
  /** Gradient at the logits; the caller writes it before the backward pass. */
  dLogits: Floats; // [N or B, V]
  embedding: ParameterEntry | null; // [I, E]
  headWeight: ParameterEntry | null; // [V, D·H]
  headBias: ParameterEntry | null; // [V]
  h0: ParameterEntry | null; // [L·D, H]
  c0: ParameterEntry | null; // [L·D, H]
}

export function createModel(
  spec: ModelSpec,
  sizes: DataSizes,
  reads: Model['reads'],
  capacity: Capacity,
  kernels: Kernels,
): Model {
  const parameters = createParameters(parameterShapes(spec, sizes), kernels);
  const recurrent = createRecurrent(recurrentSizes(spec, sizes), parameters, capacity, kernels);
  const DH = directions(spec) * spec.hiddenSize;
  const { sequences, rows, training } = capacity;
  const outputs = reads === 'last-step' ? sequences : rows;
  const ifTraining = (length: number) => kernels.allocate(training ? length : 0);
  const features = reads === 'last-step' ? kernels.allocate(sequences * DH) : recurrent.output;
  const dFeatures = reads === 'last-step' ? ifTraining(sequences * DH) : recurrent.dOutput;
  const headWeight = parameters.find('head.weight');
  return {
    spec,
    sizes,
    parameters,
    recurrent,
    kernels,
    reads,
    embedded: kernels.allocate(rows * (spec.embedding ?? 0)),
    dEmbedded: ifTraining(rows * (spec.embedding ?? 0)),
    features,
    dFeatures,
    logits: headWeight === null ? features : kernels.allocate(outputs * sizes.outputSize),
    dLogits: headWeight === null ? dFeatures : ifTraining(outputs * sizes.outputSize),
    embedding: parameters.find('embedding.weight'),
    headWeight,
    headBias: parameters.find('head.bias'),
    h0: parameters.find('h0'),
    c0: parameters.find('c0'),
  };
}

function recurrentSizes(spec: ModelSpec, sizes: DataSizes): RecurrentSizes {
  return {
    cell: findCell(spec.cell, spec.nonlinearity),
    I: spec.embedding ?? sizes.inputSize,
    H: spec.hiddenSize,
    L: spec.numLayers,
    D: directions(spec),
    dropout: spec.dropout,
  };
}

/** Count of the values that createModel allocates, parameters and their gradients included. */
export function modelSize(
  spec: ModelSpec,
  sizes: DataSizes,
  reads: Model['reads'],
  capacity: Capacity,
): number {
  const both = capacity.training ? 2 : 1;
  const DH = directions(spec) * spec.hiddenSize;
  const outputs = reads === 'last-step' ? capacity.sequences : capacity.rows;
  return (
    2 * parameterCount(spec, sizes) +
    recurrentSize(recurrentSizes(spec, sizes), capacity) +
    both * capacity.rows * (spec.embedding ?? 0) +
    both * (reads === 'last-step' ? capacity.sequences * DH : 0) +
    both * (spec.head === 'linear' ? outputs * sizes.outputSize : 0)
  );
}

/** Sets h_0 and c_0 as the spec says, the same for each of B sequences. */
export function setInitialStates(model: Model, B: number): void {
  const { recurrent, spec } = model;
  const { H, D } = recurrent.sizes;
  const given = typeof spec.initialState === 'string' ? null : spec.initialState.values;
  for (let l = 0; l < recurrent.layers.length; l++) {
    for (let k = 0; k < D; k++) {
      const { hState, cState, cell } = recurrent.layers[l]!.directions[k]!;
      const i = l * D + k;
      for (let b = 0; b < B; b++) {
        for (let j = 0; j < H; j++) {
          hState[b * H + j] =
            given !== null ? given[i]![j]! : model.h0 === null ? 0 : model.h0.value[i * H + j]!;
          if (cell.hasCellState) cState[b * H + j] = model.c0 === null ? 0 : model.c0.value[i * H + j]!;
        }
      }
    }
  }
}

/**
 * tokens [N] → model.logits. The states must have been set, or come from the window before. `dropout` null: no
 * dropout, as in evaluation. Yields where long work may be interrupted.
 */
export function* forwardModel(
  model: Model,
  packing: Packing,
  tokens: Int32Array,
  dropout: RandomGenerator | null,
): Generator<void> {
  const { recurrent, kernels, embedding, embedded, features, headWeight, headBias, spec, sizes } = model;
  const DH = recurrent.sizes.D * recurrent.sizes.H;
  if (embedding === null) {
    yield* forwardRecurrent(recurrent, packing, tokens, embedded, dropout, kernels);
  } else {
    embeddingForward(embedded, tokens, embedding.value, packing.N, spec.embedding!);
    yield* forwardRecurrent(recurrent, packing, null, embedded, dropout, kernels);
  }
  if (model.reads === 'last-step') gatherLastStates(features, lastDirections(model), packing.B);
  if (headWeight !== null) {
    const rows = outputRows(model, packing);
    const V = sizes.outputSize;
    yield* linearInPieces(kernels, model.logits, features, headWeight.value, headBias!.value, rows, DH, V);
  }
}

/**
 * model.dLogits → all gradients, added to parameters.gradients. The initial state's gradient counts only where this
 * batch began with that state (`fromInitialState`), not where the state came from the window before. `dropped` says
 * whether the forward pass had dropout. Yields where long work may be interrupted.
 */
export function* backwardModel(
  model: Model,
  packing: Packing,
  tokens: Int32Array,
  fromInitialState: boolean,
  dropped: boolean,
): Generator<void> {
  const { recurrent, kernels, embedding, embedded, dEmbedded, features, dFeatures, dLogits, spec, sizes } =
    model;
  const DH = recurrent.sizes.D * recurrent.sizes.H;
  if (model.headWeight !== null) {
    const rows = outputRows(model, packing);
    const V = sizes.outputSize;
    const { headWeight, headBias } = model;
    dFeatures.fill(0, 0, rows * DH);
    const [dw, db] = [headWeight.gradient, headBias!.gradient];
    yield* linearWeightGradientInPieces(kernels, dw, db, dLogits, features, rows, DH, V);
    yield* linearInputGradientInPieces(kernels, dFeatures, dLogits, headWeight.value, rows, DH, V);
  }
  clearStateGradients(model, packing.B);
  if (model.reads === 'last-step') spreadLastStates(lastDirections(model), dFeatures, packing.B);
  const everyStep = model.reads === 'every-step';
  if (embedding === null) {
    yield* backwardRecurrent(recurrent, packing, tokens, embedded, null, everyStep, dropped, kernels);
  } else {
    const E = spec.embedding!;
    dEmbedded.fill(0, 0, packing.N * E);
    yield* backwardRecurrent(recurrent, packing, null, embedded, dEmbedded, everyStep, dropped, kernels);
    embeddingBackward(embedding.gradient, tokens, dEmbedded, packing.N, E);
  }
  if (fromInitialState && model.h0 !== null) addInitialStateGradients(model, packing.B);
}

/** Rows of the logits: one per step of each sequence, or one per sequence. */
export function outputRows(model: Model, packing: Packing): number {
  return model.reads === 'last-step' ? packing.B : packing.N;
}

function lastDirections(model: Model): Direction[] {
  return model.recurrent.layers[model.recurrent.layers.length - 1]!.directions;
}

/** features[b] = the forward direction's last h, then the reverse direction's. */
function gatherLastStates(features: Floats, directionsOfLast: Direction[], B: number): void {
  const D = directionsOfLast.length;
  for (let k = 0; k < D; k++) {
    const { hState, H } = directionsOfLast[k]!;
    for (let b = 0; b < B; b++) copyValues(features, (b * D + k) * H, hState, b * H, H);
  }
}

function spreadLastStates(directionsOfLast: Direction[], dFeatures: Floats, B: number): void {
  const D = directionsOfLast.length;
  for (let k = 0; k < D; k++) {
    const { buffers, H } = directionsOfLast[k]!;
    for (let b = 0; b < B; b++) copyValues(buffers.dh, b * H, dFeatures, (b * D + k) * H, H);
  }
}

function clearStateGradients(model: Model, B: number): void {
  for (const { directions: ofLayer } of model.recurrent.layers) {
    for (const { buffers, H, cell } of ofLayer) {
      buffers.dh.fill(0, 0, B * H);
      if (cell.hasCellState) buffers.dc.fill(0, 0, B * H);
    }
  }
}

/** ∂L/∂h0[l·D + k] is the sum of ∂L/∂h_0 over the sequences, which all begin with it; likewise for c0. */
function addInitialStateGradients({ recurrent, h0, c0 }: Model, B: number): void {
  const { H, D } = recurrent.sizes;
  for (let l = 0; l < recurrent.layers.length; l++) {
    for (let k = 0; k < D; k++) {
      const { buffers } = recurrent.layers[l]!.directions[k]!;
      const at = (l * D + k) * H;
      for (let b = 0; b < B; b++) {
        for (let j = 0; j < H; j++) {
          h0!.gradient[at + j]! += buffers.dh[b * H + j]!;
          if (c0 !== null) c0.gradient[at + j]! += buffers.dc[b * H + j]!;
        }
      }
    }
  }
}
