/**
 * One direction of one recurrent layer: a cell run over packed sequences. The input products of all steps are one
 * matrix product before the time loop, and the weight gradients are one product after it; only W_hh h_{t−1} must be
 * computed step by step.
 *
 * Sequences are sorted by falling length, so the sequences under way at a step are always the first ones. One state
 * [B, H] therefore serves both directions: a sequence that has ended (or, in reverse, not yet begun) keeps its row
 * untouched. After the forward loop the state holds every sequence's last h (h_n), and after the backward loop `dh`
 * holds every ∂L/∂h_0.
 */
import type { Kernels } from '../kernels/kernels.ts';
import {
  linearInPieces,
  linearInputGradientInPieces,
  linearWeightGradientInPieces,
  perPiece,
} from '../kernels/pieces.ts';
import { copyValues } from '../kernels/reference.ts';
import type { Floats } from '../tensor/floats.ts';
import type { Packing } from '../tensor/packing.ts';
import type { Cell, CellBuffers } from './cell.ts';
import { oneHotBackward, oneHotForward } from './one-hot.ts';
import { type ParameterEntry, type Parameters, parameter } from './parameters.ts';

export interface Direction {
  cell: Cell;
  /** Whether the direction runs from t = T − 1 to 0. */
  reverse: boolean;
  I: number;
  H: number;
  weightIh: ParameterEntry; // [G·H, I]
  weightHh: ParameterEntry; // [G·H, H]
  biasIh: ParameterEntry | null; // [G·H]
  biasHh: ParameterEntry | null; // [G·H]
  buffers: CellBuffers;
  /** h_0 and c_0 before forwardDirection, h_n and c_n after it. */
  hState: Floats; // [B, H]
  cState: Floats; // [B, H], where the cell has c
  /** Where set, the forward pass copies both sums of every row here before the gates' values overwrite them. */
  sums: { input: Float32Array; recurrent: Float32Array } | null; // [N, G·H] each
  /**
   * Where set, called with t after each step, and with null before the first, so that the caller can change the
   * states. Training leaves it null.
   */
  intervene: ((t: number | null) => void) | null;
  /** Where set, the backward pass copies here what it later overwrites; training leaves it null. */
  notes: Partial<BackwardNotes> | null;
}

/**
 * Gradients that the backward pass computes at every row, for display. "Next" is the step after a row in the
 * direction's order of computing, "previous" the step before it.
 */
export interface BackwardNotes {
  /** The part of ∂L/∂h_t that arrives from the next step; at the last step, ∂L/∂h_n. */
  fromNext: Float32Array; // [N, H]
  dh: Float32Array; // [N, H]
  /** The part of ∂L/∂h_{t−1} that does not go through W_hh. */
  beside: Float32Array; // [N, H]
  /** ∂L/∂h_{t−1}. */
  dhPrevious: Float32Array; // [N, H]
  dcFromNext: Float32Array; // [N, H], where the cell has c
  dcPrevious: Float32Array; // [N, H], where the cell has c
}

/** Notes with room for N rows. */
export function createNotes({ cell, H }: Pick<Direction, 'cell' | 'H'>, N: number): BackwardNotes {
  const room = (needed = true) => new Float32Array(needed ? N * H : 0);
  return {
    fromNext: room(),
    dh: room(),
    beside: room(),
    dhPrevious: room(),
    dcFromNext: room(cell.hasCellState),
    dcPrevious: room(cell.hasCellState),
  };
}

/** Sizes of the largest batch. */
export interface Capacity {
  /** T, time steps. */
  steps: number;
  /** B, sequences. */
  sequences: number;
  /** N, rows: steps of all sequences together. */
  rows: number;
  /** false: room for the forward pass only. */
  training: boolean;
}

export function createDirection(
  cell: Cell,
  keySuffix: string,
  I: number,
  H: number,
  parameters: Parameters,
  capacity: Capacity,
  kernels: Kernels,
): Direction {
  const { rows: N, sequences: B, training } = capacity;
  const GH = cell.gates.length * H;
  const room = (needed: boolean, length: number) => kernels.allocate(needed ? length : 0);
  const gates = room(true, N * GH);
  const dGates = training ? gates : room(false, 0);
  return {
    cell,
    reverse: keySuffix.endsWith('_reverse'),
    I,
    H,
    weightIh: parameter(parameters, `rnn.weight_ih_${keySuffix}`),
    weightHh: parameter(parameters, `rnn.weight_hh_${keySuffix}`),
    biasIh: parameters.find(`rnn.bias_ih_${keySuffix}`),
    biasHh: parameters.find(`rnn.bias_hh_${keySuffix}`),
    buffers: {
      H,
      gates,
      recurrent: room(true, B * GH),
      hPrevious: room(true, N * H),
      h: room(true, N * H),
      cPrevious: room(cell.hasCellState, N * H),
      c: room(cell.hasCellState, N * H),
      kept: room(cell.keeps, N * H),
      dGates,
      dRecurrent: cell.ownRecurrentGradient ? room(training, N * GH) : dGates,
      dh: room(training, B * H),
      dc: room(training && cell.hasCellState, B * H),
    },
    hState: room(true, B * H),
    cState: room(cell.hasCellState, B * H),
    sums: null,
    intervene: null,
    notes: null,
  };
}

/** Count of the values that createDirection allocates; a memory plan needs it before anything is allocated. */
export function directionSize(cell: Cell, H: number, { rows: N, sequences: B, training }: Capacity): number {
  const GH = cell.gates.length * H;
  const states = cell.hasCellState ? 2 : 1;
  const forward = N * (GH + 2 * states * H + (cell.keeps ? H : 0)) + B * (GH + states * H);
  const backward = (cell.ownRecurrentGradient ? N * GH : 0) + B * states * H;
  return forward + (training ? backward : 0);
}

/**
 * Computes h into buffers.h and the last states into hState and cState. The input is one-hot tokens [N], or x [N, I]
 * where tokens is null. Yields where long work may be interrupted.
 */
export function* forwardDirection(
  d: Direction,
  packing: Packing,
  tokens: Int32Array | null,
  x: Floats,
  kernels: Kernels,
): Generator<void> {
  const { cell, H, buffers, hState, cState } = d;
  const { gates, recurrent, hPrevious, h, cPrevious, c } = buffers;
  const GH = cell.gates.length * H;
  const biasIh = d.biasIh === null ? null : d.biasIh.value;
  const biasHh = d.biasHh === null ? null : d.biasHh.value;
  const weightHh = d.weightHh.value;
  const piece = perPiece(H * GH);

  const lookUps = Math.ceil(lookUpPiece / GH);
  if (tokens !== null) {
    for (let r = 0; r < packing.N; r += lookUps) {
      if (r > 0) yield;
      const to = Math.min(r + lookUps, packing.N);
      oneHotForward(gates, tokens, d.weightIh.value, biasIh, r, to, d.I, GH);
    }
  } else yield* linearInPieces(kernels, gates, x, d.weightIh.value, biasIh, packing.N, d.I, GH);

  d.intervene?.(null);
  for (let k = 0; k < packing.T; k++) {
    const t = d.reverse ? packing.T - 1 - k : k;
    const first = packing.starts[t]!;
    const rows = packing.starts[t + 1]! - first;
    copyValues(hPrevious, first * H, hState, 0, rows * H);
    if (cell.hasCellState) copyValues(cPrevious, first * H, cState, 0, rows * H);
    for (let b = 0; b < rows; b += piece) {
      const count = Math.min(piece, rows - b);
      kernels.linear(recurrent, b * GH, hPrevious, (first + b) * H, weightHh, biasHh, count, H, GH);
      if (kernels.pauseDue()) yield;
    }
    if (d.sums !== null) {
      copyValues(d.sums.input, first * GH, gates, first * GH, rows * GH);
      copyValues(d.sums.recurrent, first * GH, recurrent, 0, rows * GH);
    }
    cell.forward(buffers, first, rows);
    d.intervene?.(t);
    copyValues(hState, 0, h, first * H, rows * H);
    if (cell.hasCellState) copyValues(cState, 0, c, first * H, rows * H);
  }
}

/**
 * Backpropagation through time, once after each forward pass: the gates' gradients overwrite the gates. dOutput [N,
 * stride] holds ∂L/∂h_t from column `column` of each row; null where the loss sees only h_n. buffers.dh (and dc)
 * must hold ∂L/∂h_n (∂L/∂c_n) and hold ∂L/∂h_0 (∂L/∂c_0) afterwards. Weight gradients and dx (null: not wanted) are
 * added to. Yields where long work may be interrupted.
 */
export function* backwardDirection(
  d: Direction,
  packing: Packing,
  tokens: Int32Array | null,
  x: Floats,
  dx: Floats | null,
  dOutput: Floats | null,
  stride: number,
  column: number,
  kernels: Kernels,
): Generator<void> {
  const { cell, H, buffers } = d;
  const { hPrevious, dGates, dRecurrent } = buffers;
  const GH = cell.gates.length * H;
  const dBiasIh = d.biasIh === null ? null : d.biasIh.gradient;
  const dBiasHh = d.biasHh === null ? null : d.biasHh.gradient;
  yield* backThroughTime(d, packing, dOutput, stride, column, kernels);

  const { N } = packing;
  const { weightIh, weightHh } = d;
  yield* linearWeightGradientInPieces(kernels, weightHh.gradient, dBiasHh, dRecurrent, hPrevious, N, H, GH);
  if (tokens !== null) {
    const lookUps = Math.ceil(lookUpPiece / GH);
    for (let r = 0; r < N; r += lookUps) {
      if (r > 0) yield;
      oneHotBackward(weightIh.gradient, dBiasIh, tokens, dGates, r, Math.min(r + lookUps, N), d.I, GH);
    }
  } else {
    yield* linearWeightGradientInPieces(kernels, weightIh.gradient, dBiasIh, dGates, x, N, d.I, GH);
    if (dx !== null) yield* linearInputGradientInPieces(kernels, dx, dGates, weightIh.value, N, d.I, GH);
  }
}

/** The time loop of the backward pass alone: computes the gradients at the gates' sums of every row, and ∂L/∂h_0. */
export function* backThroughTime(
  d: Direction,
  packing: Packing,
  dOutput: Floats | null, // [N, stride]
  stride: number,
  column: number,
  kernels: Kernels,
): Generator<void> {
  const { cell, H, buffers, notes } = d;
  const { dRecurrent, dh, dc } = buffers;
  const GH = cell.gates.length * H;
  const piece = perPiece(H * GH);
  const note = (to: Float32Array | undefined, first: number, from: Floats, rows: number) => {
    if (to !== undefined) copyValues(to, first * H, from, 0, rows * H);
  };
  for (let k = packing.T - 1; k >= 0; k--) {
    const t = d.reverse ? packing.T - 1 - k : k;
    const first = packing.starts[t]!;
    const rows = packing.starts[t + 1]! - first;
    note(notes?.fromNext, first, dh, rows);
    if (dOutput !== null) addColumns(dh, dOutput, first, rows, H, stride, column);
    note(notes?.dh, first, dh, rows);
    if (cell.hasCellState) note(notes?.dcFromNext, first, dc, rows);
    cell.backward(buffers, first, rows);
    note(notes?.beside, first, dh, rows);
    if (cell.hasCellState) note(notes?.dcPrevious, first, dc, rows);
    for (let b = 0; b < rows; b += piece) {
      const count = Math.min(piece, rows - b);
      kernels.linearInputGradient(dh, b * H, dRecurrent, (first + b) * GH, d.weightHh.value, count, H, GH);
      if (kernels.pauseDue()) yield;
    }
    note(notes?.dhPrevious, first, dh, rows);
  }
}

/** Values of a one-hot input's product that are looked up without a break. */
const lookUpPiece = 1_000_000;

/** dh[b] += dOutput[first + b], columns column … column + H − 1. */
function addColumns(
  dh: Floats, // [B, H]
  dOutput: Floats, // [N, stride]
  first: number,
  rows: number,
  H: number,
  stride: number,
  column: number,
): void {
  for (let b = 0; b < rows; b++) {
    const from = (first + b) * stride + column;
    for (let j = 0; j < H; j++) dh[b * H + j]! += dOutput[from + j]!;
  }
}
