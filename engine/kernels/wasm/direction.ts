/** One direction of one layer over packed sequences, as in engine/layers/direction.ts. */
import { cellBackward, cellForward, gru, lstm } from './cell-steps';
import { gemm } from './gemm';
import {
  linear, linearBiasGradient, linearInputGradient, linearWeightGradient, packForInput, packForOutput, transpose,
} from './linear';
import { addFloats, clearFloats, copyFloats } from './loops';
import { Batch, Direction, Model } from './structs';
import { barrier, ownPart, shareFrom, shareTo, threadIndex } from './threads';

/** Copies the weights into the order in which the passes read them; needed once after each update. */
export function packDirection(d: Direction, training: bool): void {
  const GH = d.G * d.H;
  if (d.tokenRows != 0) {
    const from = shareFrom(d.I, 1);
    const to = shareTo(d.I, 1);
    transpose(d.tokenRows + from * (GH << 2), GH << 2, d.weightIh + (from << 2), d.I << 2, GH, to - from);
    if (d.biasIh != 0) for (let k = from; k < to; k++) addFloats(d.tokenRows + k * (GH << 2), d.biasIh, GH);
  } else {
    packForOutput(d.inputPanels, d.weightIh, GH, d.I);
    if (training && d.inputBackPanels != 0) packForInput(d.inputBackPanels, d.weightIh, GH, d.I);
  }
  packForOutput(d.statePanels, d.weightHh, GH, d.H);
  if (training) packForInput(d.stateBackPanels, d.weightHh, GH, d.H);
}

/** Sets h_0 and c_0 for every sequence. */
export function setInitialState(d: Direction, b: Batch): void {
  const H = d.H;
  for (let s = shareFrom(b.B, 1); s < shareTo(b.B, 1); s++) {
    setRow(d.hState + (s * H << 2), d.h0, H);
    if (d.cell == lstm) setRow(d.cState + (s * H << 2), d.c0, H);
  }
}
function setRow(row: usize, value: usize, H: i32): void {
  if (value == 0) clearFloats(row, H);
  else copyFloats(row, value, H);
}

/**
 * Computes h of all steps and the last states from x [N, I], or from the batch's tokens where the direction has
 * token rows.
 */
export function forwardDirection(m: Model, d: Direction, b: Batch, x: usize): void {
  const H = d.H;
  const GH = d.G * H;
  const bias = d.biasHh == 0 ? m.zeros : d.biasHh;
  if (d.tokenRows == 0) {
    linear(d.gates, x, d.inputPanels, d.biasIh == 0 ? m.zeros : d.biasIh, b.N, d.I, GH);
    barrier();
  }
  // A sequence belongs to one thread from its first step to its last, so the steps need no barrier between them.
  const from = shareFrom(b.B, 1);
  const to = shareTo(b.B, 1);
  for (let k = 0; k < b.T; k++) {
    const t = d.reverse ? b.T - 1 - k : k;
    const first = load<i32>(b.starts + (t << 2));
    const end = min(to, load<i32>(b.starts + (t << 2), 4) - first);
    if (end <= from) continue;
    if (d.tokenRows != 0) lookUpTokens(d, b, first + from, first + end);
    const count = (end - from) * H;
    const state: usize = from * H << 2;
    const row: usize = (first + from) * H << 2;
    copyFloats(d.hPrevious + row, d.hState + state, count);
    if (d.cell == lstm) copyFloats(d.cPrevious + row, d.cState + state, count);
    gemm(
      d.recurrent + d.G * state, GH << 2, bias, 0,
      d.hState + state, H << 2, 4, d.statePanels, H << 6, 64, end - from, GH, H,
    );
    cellForward(d, first, from, end);
    copyFloats(d.hState + state, d.h + row, count);
    if (d.cell == lstm) copyFloats(d.cState + state, d.c + row, count);
  }
  barrier();
}

/** Copies W_ih x + b_ih of one-hot inputs into the gates, for rows `from` … `to` − 1. */
function lookUpTokens(d: Direction, b: Batch, from: i32, to: i32): void {
  const GH = d.G * d.H;
  for (let r = from; r < to; r++) {
    copyFloats(d.gates + r * (GH << 2), d.tokenRows + load<i32>(b.tokens + (r << 2)) * (GH << 2), GH);
  }
}

/**
 * `dOutput` is ∂L/∂h_t of all steps, rows `stride` bytes apart, or 0. dh and dc hold ∂L/∂h_n and ∂L/∂c_n before,
 * ∂L/∂h_0 and ∂L/∂c_0 after. Weight gradients and dx (0: not wanted) are added to.
 */
export function backwardDirection(m: Model, d: Direction, b: Batch, x: usize, dx: usize, dOutput: usize, stride: usize): void {
  const H = d.H;
  const GH = d.G * H;
  const dRecurrent = d.cell == gru ? d.dRecurrent : d.dGates;
  const from = shareFrom(b.B, 1);
  const to = shareTo(b.B, 1);
  for (let k = b.T - 1; k >= 0; k--) {
    const t = d.reverse ? b.T - 1 - k : k;
    const first = load<i32>(b.starts + (t << 2));
    const end = min(to, load<i32>(b.starts + (t << 2), 4) - first);
    if (end <= from) continue;
    const dh: usize = d.dh + (from * H << 2);
    if (dOutput != 0) {
      for (let s = from; s < end; s++) addFloats(d.dh + (s * H << 2), dOutput + (first + s) * stride, H);
    }
    cellBackward(d, first, from, end);
    gemm(
      dh, H << 2, dh, H << 2, dRecurrent + ((first + from) * GH << 2), GH << 2, 4,
      d.stateBackPanels, GH << 6, 64, end - from, H, GH,
    );
  }
  barrier();
  if (d.tokenRows != 0) clearTokenGradient(d);
  for (let r = 0; r < b.N; r += blockRows) weightGradients(m, d, b, x, dx, r, min(blockRows, b.N - r));
  // Except in the GRU, the two biases are added to each other, so they have the same gradient.
  if (d.cell != gru && d.dBiasIh != 0) addShare(d.dBiasIh, d.dBiasHh, GH);
  if (d.tokenRows != 0) takeTokenGradient(d);
  barrier();
}

/**
 * Rows of a block: few enough that its dGates are read from memory once and from the cache after that, and whole
 * tiles for two threads.
 */
const blockRows = 240;

/** Adds to the gradients of all weights, and to dx, from these rows of the gates' gradients. */
function weightGradients(m: Model, d: Direction, b: Batch, x: usize, dx: usize, first: i32, rows: i32): void {
  const GH = d.G * d.H;
  const at: usize = first * GH << 2;
  const dGates = d.dGates + at;
  const dRecurrent = d.cell == gru ? d.dRecurrent + at : dGates;
  const h = d.hPrevious + (first * d.H << 2);
  const packed = ownPart(m.packed, m.packedBytes);
  linearWeightGradient(d.dWeightHh, dRecurrent, h, rows, d.H, GH, packed);
  if (d.dBiasHh != 0) linearBiasGradient(d.dBiasHh, dRecurrent, rows, GH);
  if (d.dBiasIh != 0 && d.cell == gru) linearBiasGradient(d.dBiasIh, dGates, rows, GH);
  if (d.tokenRows != 0) {
    addTokenGradient(d, b, first, rows);
  } else {
    const inputs: usize = first * d.I << 2;
    linearWeightGradient(d.dWeightIh, dGates, x + inputs, rows, d.I, GH, packed);
    if (dx != 0) linearInputGradient(dx + inputs, dGates, d.inputBackPanels, rows, d.I, GH);
  }
}

/** Adds this thread's share of `from` to `to`, which is still zero. */
function addShare(to: usize, from: usize, count: i32): void {
  const start = shareFrom(count, 16);
  addFloats(to + (start << 2), from + (start << 2), shareTo(count, 16) - start);
}

/** Each thread owns a range of gates in the rows of all tokens. */
function clearTokenGradient(d: Direction): void {
  const GH = d.G * d.H;
  const from = shareFrom(GH, 16);
  for (let k = 0; k < d.I; k++) clearFloats(d.dTokenRows + (k * GH + from << 2), shareTo(GH, 16) - from);
}

function addTokenGradient(d: Direction, b: Batch, first: i32, rows: i32): void {
  const GH = d.G * d.H;
  const from = shareFrom(GH, 16);
  const count = shareTo(GH, 16) - from;
  for (let r = first; r < first + rows; r++) {
    const token = load<i32>(b.tokens + (r << 2));
    addFloats(d.dTokenRows + (token * GH + from << 2), d.dGates + (r * GH + from << 2), count);
  }
}

function takeTokenGradient(d: Direction): void {
  const GH = d.G * d.H;
  const from = shareFrom(GH, 16);
  const count = shareTo(GH, 16) - from;
  transpose(d.dWeightIh + from * (d.I << 2), d.I << 2, d.dTokenRows + (from << 2), GH << 2, d.I, count);
}

/** ∂L/∂h0 is the sum of ∂L/∂h_0 over the sequences, which all begin with it. */
export function addInitialStateGradient(d: Direction, b: Batch): void {
  if (threadIndex() == 0) {
    for (let s = 0; s < b.B; s++) {
      addFloats(d.dh0, d.dh + (s * d.H << 2), d.H);
      if (d.cell == lstm) addFloats(d.dc0, d.dc + (s * d.H << 2), d.H);
    }
  }
}
