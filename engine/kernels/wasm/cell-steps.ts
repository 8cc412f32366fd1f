/** One time step of each cell, as in engine/layers/{rnn,gru,lstm}.ts, for the sequences `from` … `to` − 1. */
import { sigmoidOfSum, tanhOf, tanhOfSum } from './activations';
import { loadLanes as load4, multiplyAdd, one, storeLanes as store4 } from './lanes';
import { copyFloats, multiplyFloats } from './loops';
import { Direction } from './structs';

export const rnnTanh = 0;
export const rnnRelu = 1;
export const gru = 2;
export const lstm = 3;

export function cellForward(d: Direction, first: i32, from: i32, to: i32): void {
  if (d.cell == lstm) lstmForward(d, first, from, to);
  else if (d.cell == gru) gruForward(d, first, from, to);
  else rnnForward(d, first, from, to);
}

export function cellBackward(d: Direction, first: i32, from: i32, to: i32): void {
  if (d.cell == lstm) lstmBackward(d, first, from, to);
  else if (d.cell == gru) gruBackward(d, first, from, to);
  else rnnBackward(d, first, from, to);
}

/** h = φ(gates + recurrent). */
function rnnForward(d: Direction, first: i32, from: i32, to: i32): void {
  const start = (first + from) * d.H << 2;
  const gates = d.gates + start;
  const h = d.h + start;
  const recurrent = d.recurrent + (from * d.H << 2);
  if (d.cell == rnnRelu) {
    for (let i = 0; i < (to - from) * d.H << 2; i += 4) {
      const sum = load<f32>(gates + i) + load<f32>(recurrent + i);
      // NaN must not become 0.
      store<f32>(h + i, sum < 0 ? 0 : sum);
    }
    return;
  }
  tanhOfSum(h, gates, recurrent, (to - from) * d.H);
}

function rnnBackward(d: Direction, first: i32, from: i32, to: i32): void {
  const start = (first + from) * d.H << 2;
  const h = d.h + start;
  const dGates = d.dGates + start;
  const dh = d.dh + (from * d.H << 2);
  const end: usize = (to - from) * d.H << 2;
  let i: usize = 0;
  if (d.cell == rnnRelu) {
    for (; i < end; i += 4) {
      store<f32>(dGates + i, load<f32>(h + i) > 0 ? load<f32>(dh + i) : 0);
      store<f32>(dh + i, 0);
    }
    return;
  }
  for (; i + 16 <= end; i += 16) rnnBackwardLanes(h + i, dGates + i, dh + i, 4);
  for (; i < end; i += 4) rnnBackwardLanes(h + i, dGates + i, dh + i, 1);
}

@inline function rnnBackwardLanes(h: usize, dGates: usize, dh: usize, lanes: i32): void {
  const ht = load4(h, lanes);
  store4(dGates, f32x4.mul(load4(dh, lanes), f32x4.sub(one(), f32x4.mul(ht, ht))), lanes);
  store4(dh, f32x4.splat(0), lanes);
}

/** r, z = σ(gates + recurrent), n = tanh(gates + r ⊙ recurrent), h = n + z ⊙ (h₋ − n). */
function gruForward(d: Direction, first: i32, from: i32, to: i32): void {
  const H = d.H;
  const width: usize = H << 2;
  for (let b = from; b < to; b++) {
    const state: usize = (first + b) * width;
    const gates = d.gates + 3 * state;
    const recurrent = d.recurrent + 3 * b * width;
    sigmoidOfSum(gates, recurrent, 2 * H);
    const n = gates + 2 * width;
    const kept = d.kept + state;
    copyFloats(kept, recurrent + 2 * width, H);
    let j: usize = 0;
    for (; j + 16 <= width; j += 16) store4(n + j, multiplyAdd(load4(gates + j, 4), load4(kept + j, 4), load4(n + j, 4)), 4);
    for (; j < width; j += 4) store4(n + j, multiplyAdd(load4(gates + j, 1), load4(kept + j, 1), load4(n + j, 1)), 1);
    tanhOf(n, n, H);
    for (j = 0; j + 16 <= width; j += 16) gruStateLanes(d, gates + j, state + j, width, 4);
    for (; j < width; j += 4) gruStateLanes(d, gates + j, state + j, width, 1);
  }
}

@inline function gruStateLanes(d: Direction, gates: usize, state: usize, width: usize, lanes: i32): void {
  const z = load4(gates + width, lanes);
  const n = load4(gates + 2 * width, lanes);
  store4(d.h + state, multiplyAdd(z, f32x4.sub(load4(d.hPrevious + state, lanes), n), n), lanes);
}

function gruBackward(d: Direction, first: i32, from: i32, to: i32): void {
  const width: usize = d.H << 2;
  for (let b = from; b < to; b++) {
    const state: usize = (first + b) * width;
    const dh = d.dh + b * width;
    let j: usize = 0;
    for (; j + 16 <= width; j += 16) gruBackwardLanes(d, 3 * state + j, state + j, dh + j, width, 4);
    for (; j < width; j += 4) gruBackwardLanes(d, 3 * state + j, state + j, dh + j, width, 1);
  }
}

@inline function gruBackwardLanes(d: Direction, gate: usize, state: usize, dh: usize, width: usize, lanes: i32): void {
  const r = load4(d.gates + gate, lanes);
  const z = load4(d.gates + gate + width, lanes);
  const n = load4(d.gates + gate + 2 * width, lanes);
  const dht = load4(dh, lanes);
  const dz = f32x4.mul(dht, f32x4.sub(load4(d.hPrevious + state, lanes), n));
  const dn = f32x4.mul(dht, f32x4.sub(one(), z));
  const dnSum = f32x4.mul(dn, f32x4.sub(one(), f32x4.mul(n, n)));
  const dr = f32x4.mul(dnSum, load4(d.kept + state, lanes));
  const drSum = f32x4.mul(dr, f32x4.mul(r, f32x4.sub(one(), r)));
  const dzSum = f32x4.mul(dz, f32x4.mul(z, f32x4.sub(one(), z)));
  store4(dh, f32x4.mul(dht, z), lanes);
  store4(d.dGates + gate, drSum, lanes);
  store4(d.dGates + gate + width, dzSum, lanes);
  store4(d.dGates + gate + 2 * width, dnSum, lanes);
  store4(d.dRecurrent + gate, drSum, lanes);
  store4(d.dRecurrent + gate + width, dzSum, lanes);
  store4(d.dRecurrent + gate + 2 * width, f32x4.mul(dnSum, r), lanes);
}

/** i, f, o = σ(gates + recurrent), g = tanh(gates + recurrent), c = f ⊙ c₋ + i ⊙ g, h = o ⊙ tanh c. */
function lstmForward(d: Direction, first: i32, from: i32, to: i32): void {
  const H = d.H;
  const width: usize = H << 2;
  for (let b = from; b < to; b++) {
    const state: usize = (first + b) * width;
    const gates = d.gates + 4 * state;
    const recurrent = d.recurrent + 4 * b * width;
    const g = gates + 2 * width;
    const o = gates + 3 * width;
    sigmoidOfSum(gates, recurrent, 2 * H);
    tanhOfSum(g, g, recurrent + 2 * width, H);
    sigmoidOfSum(o, recurrent + 3 * width, H);
    let j: usize = 0;
    for (; j + 16 <= width; j += 16) lstmStateLanes(d, gates + j, state + j, width, 4);
    for (; j < width; j += 4) lstmStateLanes(d, gates + j, state + j, width, 1);
    tanhOf(d.kept + state, d.c + state, H);
    multiplyFloats(d.h + state, o, d.kept + state, H);
  }
}

@inline function lstmStateLanes(d: Direction, gates: usize, state: usize, width: usize, lanes: i32): void {
  const i = load4(gates, lanes);
  const f = load4(gates + width, lanes);
  const g = load4(gates + 2 * width, lanes);
  store4(d.c + state, multiplyAdd(f, load4(d.cPrevious + state, lanes), f32x4.mul(i, g)), lanes);
}

function lstmBackward(d: Direction, first: i32, from: i32, to: i32): void {
  const width: usize = d.H << 2;
  for (let b = from; b < to; b++) {
    const state: usize = (first + b) * width;
    const row = b * width;
    let j: usize = 0;
    for (; j + 16 <= width; j += 16) lstmBackwardLanes(d, 4 * state + j, state + j, row + j, width, 4);
    for (; j < width; j += 4) lstmBackwardLanes(d, 4 * state + j, state + j, row + j, width, 1);
  }
}

@inline function lstmBackwardLanes(d: Direction, gate: usize, state: usize, row: usize, width: usize, lanes: i32): void {
  const i = load4(d.gates + gate, lanes);
  const f = load4(d.gates + gate + width, lanes);
  const g = load4(d.gates + gate + 2 * width, lanes);
  const o = load4(d.gates + gate + 3 * width, lanes);
  const tanhC = load4(d.kept + state, lanes);
  const dht = load4(d.dh + row, lanes);
  const slope = f32x4.sub(one(), f32x4.mul(tanhC, tanhC));
  const dct = multiplyAdd(f32x4.mul(dht, o), slope, load4(d.dc + row, lanes));
  const diSum = f32x4.mul(f32x4.mul(dct, g), f32x4.mul(i, f32x4.sub(one(), i)));
  const dfSum = f32x4.mul(f32x4.mul(dct, load4(d.cPrevious + state, lanes)), f32x4.mul(f, f32x4.sub(one(), f)));
  const dgSum = f32x4.mul(f32x4.mul(dct, i), f32x4.sub(one(), f32x4.mul(g, g)));
  const doSum = f32x4.mul(f32x4.mul(dht, tanhC), f32x4.mul(o, f32x4.sub(one(), o)));
  store4(d.dGates + gate, diSum, lanes);
  store4(d.dGates + gate + width, dfSum, lanes);
  store4(d.dGates + gate + 2 * width, dgSum, lanes);
  store4(d.dGates + gate + 3 * width, doSum, lanes);
  store4(d.dc + row, f32x4.mul(dct, f), lanes);
  store4(d.dh + row, f32x4.splat(0), lanes);
}
