/** tokens → (embedding) → recurrent layers → (head) → logits, and back, as in engine/model/model.ts. */
import { lstm } from './cell-steps';
import {
  addInitialStateGradient, backwardDirection, forwardDirection, packDirection, setInitialState,
} from './direction';
import {
  linear, linearBiasGradient, linearInputGradient, linearWeightGradient, packForInput, packForOutput,
} from './linear';
import { addFloats, clearFloats, copyFloats, multiplyFloats } from './loops';
import { Batch, Direction, Layer, Model } from './structs';
import { barrier, ownPart, shareFrom, shareTo } from './threads';

@inline function directionAt(m: Model, l: i32, k: i32): Direction {
  return changetype<Direction>(m.directions + (l * m.D + k) * offsetof<Direction>());
}
@inline function layerAt(m: Model, l: i32): Layer {
  return changetype<Layer>(m.layers + l * offsetof<Layer>());
}

/** Packs all weights; must be called after each change of the weights. */
export function packModel(m: Model, training: bool): void {
  for (let l = 0; l < m.L; l++) for (let k = 0; k < m.D; k++) packDirection(directionAt(m, l, k), training);
  if (m.headWeight != 0) {
    packForOutput(m.headPanels, m.headWeight, m.V, m.D * m.H);
    if (training) packForInput(m.headBackPanels, m.headWeight, m.V, m.D * m.H);
  }
  barrier();
}

/** tokens → logits. `dropped` says that the layers' masks hold this pass's dropout. */
export function forwardModel(m: Model, b: Batch, fromInitialState: bool, dropped: bool): void {
  const DH = m.D * m.H;
  if (fromInitialState) {
    for (let l = 0; l < m.L; l++) for (let k = 0; k < m.D; k++) setInitialState(directionAt(m, l, k), b);
  }
  if (m.embedding != 0) {
    for (let r = shareFrom(b.N, 6); r < shareTo(b.N, 6); r++) {
      const token = load<i32>(b.tokens + (r << 2));
      copyFloats(m.embedded + (r * m.E << 2), m.embedding + (token * m.E << 2), m.E);
    }
    barrier();
  }
  for (let l = 0; l < m.L; l++) {
    const layer = layerAt(m, l);
    const x = l == 0 ? m.embedded : layer.input;
    if (l > 0) dropOutputs(layerAt(m, l - 1), x, b.N * DH, dropped);
    for (let k = 0; k < m.D; k++) forwardDirection(m, directionAt(m, l, k), b, x);
    if (m.D == 2) joinDirections(layer.output, directionAt(m, l, 0).h, directionAt(m, l, 1).h, b.N, m.H);
  }
  if (m.readsLast) gatherLastStates(m, b);
  if (m.headWeight != 0) {
    linear(m.logits, m.features, m.headPanels, m.headBias, b.outputs, DH, m.V);
    barrier();
  }
}

function dropOutputs(below: Layer, x: usize, count: i32, dropped: bool): void {
  const at: usize = shareFrom(count, 16) << 2;
  const own = shareTo(count, 16) - shareFrom(count, 16);
  if (dropped && below.mask != 0) multiplyFloats(x + at, below.output + at, below.mask + at, own);
  else if (x != below.output) copyFloats(x + at, below.output + at, own);
  else return;
  barrier();
}

function joinDirections(output: usize, forward: usize, reverse: usize, N: i32, H: i32): void {
  for (let r = shareFrom(N, 1); r < shareTo(N, 1); r++) {
    const at = output + (r * H << 3);
    copyFloats(at, forward + (r * H << 2), H);
    copyFloats(at + (H << 2), reverse + (r * H << 2), H);
  }
  barrier();
}

function gatherLastStates(m: Model, b: Batch): void {
  for (let s = shareFrom(b.B, 1); s < shareTo(b.B, 1); s++) {
    for (let k = 0; k < m.D; k++) {
      copyFloats(m.features + ((s * m.D + k) * m.H << 2), directionAt(m, m.L - 1, k).hState + (s * m.H << 2), m.H);
    }
  }
  barrier();
}

/** m.dLogits → all gradients, added to what the buffers hold. */
export function backwardModel(m: Model, b: Batch, fromInitialState: bool, dropped: bool): void {
  const DH = m.D * m.H;
  const stride: usize = DH << 2;
  if (m.headWeight != 0) {
    clearShare(m.dFeatures, b.outputs, DH);
    linearWeightGradient(m.dHeadWeight, m.dLogits, m.features, b.outputs, DH, m.V, ownPart(m.packed, m.packedBytes));
    linearBiasGradient(m.dHeadBias, m.dLogits, b.outputs, m.V);
    linearInputGradient(m.dFeatures, m.dLogits, m.headBackPanels, b.outputs, DH, m.V);
    barrier();
  }
  clearStateGradients(m, b);
  for (let l = m.L - 1; l >= 0; l--) {
    const layer = layerAt(m, l);
    const seesOutput = !m.readsLast || l < m.L - 1;
    const x = l == 0 ? m.embedded : layer.input;
    const dx = l == 0 ? m.dEmbedded : layerAt(m, l - 1).dOutput;
    const width = l == 0 ? m.E : DH;
    if (dx != 0) clearShare(dx, b.N, width);
    for (let k = 0; k < m.D; k++) {
      const dOutput = seesOutput ? layer.dOutput + (k * m.H << 2) : 0;
      backwardDirection(m, directionAt(m, l, k), b, x, dx, dOutput, stride);
    }
    if (l > 0 && dropped && layerAt(m, l - 1).mask != 0) dropGradients(layerAt(m, l - 1), b.N * DH);
  }
  if (m.embedding != 0) embeddingGradient(m, b);
  if (!fromInitialState) return;
  for (let l = 0; l < m.L; l++) {
    for (let k = 0; k < m.D; k++) {
      const d = directionAt(m, l, k);
      if (d.dh0 != 0) addInitialStateGradient(d, b);
    }
  }
}

/** Clears the rows that this thread's share of linearInputGradient adds to. */
function clearShare(at: usize, rows: i32, width: i32): void {
  const from = shareFrom(rows, 6);
  clearFloats(at + (from * width << 2), (shareTo(rows, 6) - from) * width);
}

/**
 * Sets dh and dc to zero, or dh of the last layer to the gradients at the last states where the head reads those.
 */
function clearStateGradients(m: Model, b: Batch): void {
  const H = m.H;
  const from = shareFrom(b.B, 1);
  const to = shareTo(b.B, 1);
  const at: usize = from * H << 2;
  for (let l = 0; l < m.L; l++) {
    for (let k = 0; k < m.D; k++) {
      const d = directionAt(m, l, k);
      clearFloats(d.dh + at, (to - from) * H);
      if (d.cell == lstm) clearFloats(d.dc + at, (to - from) * H);
      if (!m.readsLast || l < m.L - 1) continue;
      for (let s = from; s < to; s++) copyFloats(d.dh + (s * H << 2), m.dFeatures + ((s * m.D + k) * H << 2), H);
    }
  }
}

function dropGradients(below: Layer, count: i32): void {
  const at: usize = shareFrom(count, 16) << 2;
  multiplyFloats(below.dOutput + at, below.dOutput + at, below.mask + at, shareTo(count, 16) - shareFrom(count, 16));
  barrier();
}

/** Adds the rows in order; each thread takes a range of columns. */
function embeddingGradient(m: Model, b: Batch): void {
  const from: usize = shareFrom(m.E, 4) << 2;
  const count = shareTo(m.E, 4) - shareFrom(m.E, 4);
  for (let r = 0; r < b.N; r++) {
    const token = load<i32>(b.tokens + (r << 2));
    addFloats(m.dEmbedding + (token * m.E << 2) + from, m.dEmbedded + (r * m.E << 2) + from, count);
  }
}
