/** Whole batches and epochs, as in engine/training/step.ts: the functions that the host calls. */
import { copyFloats } from './loops';
import { countRight, crossEntropy, crossEntropyGradient } from './loss';
import { backwardModel, forwardModel, packModel } from './model';
import { countUpdate, totalNorm, update } from './optimizers';
import { setOverhang, setTileRows } from './gemm';
import { Batch, Model, Training } from './structs';
import { barrier, joinThreads, shareFrom, shareTo, threadIndex } from './threads';

/**
 * Status: what was not finite in float32. Either the loss, the gradient norm, or a weight after the update, which
 * the host takes back.
 */
const fine = 0, badLoss = 1, badNorm = 2, badWeight = 3;

/** Byte offset at which the module's own constants end. */
export const staticEnd: usize = __heap_base;

/**
 * To be called before anything else. `own` is [6, 16] floats for each thread; `shared` is the four i32 of
 * joinThreads.
 */
export function start(index: i32, count: i32, shared: usize, own: usize, wide: bool): void {
  joinThreads(index, count, shared);
  setOverhang(own + index * 384);
  setTileRows(wide ? 6 : 2);
}

/**
 * Computes logits, probabilities and predictions; returns the sum of the losses. The weights must have been packed.
 */
export function forward(m: Model, b: Batch, fromInitialState: bool, dropped: bool): f64 {
  forwardModel(m, b, fromInitialState, dropped);
  return crossEntropy(m, b);
}

/** Computes logits alone. */
export function read(m: Model, b: Batch, fromInitialState: bool): void {
  forwardModel(m, b, fromInitialState, false);
}

/** To be called after the weights were changed from outside. */
export function pack(m: Model, training: bool): void {
  packModel(m, training);
}

/** Trains on a batch: forward, loss, backward, norm, clip, update. Returns a status. */
export function trainBatch(t: Training, b: Batch, fromInitialState: bool, dropped: bool, lr: f64): i32 {
  const m = changetype<Model>(t.model);
  const loss = forward(m, b, fromInitialState, dropped);
  if (threadIndex() == 0) {
    t.lossSum = loss;
    t.right = countRight(m, b);
  }
  if (!isFinite(<f32>loss)) return badLoss;

  const scale: f32 = t.mean ? 1 / <f32>b.outputs : 1;
  clearShare(t);
  crossEntropyGradient(m, b, scale);
  backwardModel(m, b, fromInitialState, dropped);
  barrier();

  const norm = totalNorm(t);
  if (threadIndex() == 0) t.gradNorm = norm;
  if (!isFinite(<f32>norm)) return badNorm;
  const clip = t.clipGradNorm / (norm + 1e-6);
  return updateAndPack(t, m, fromInitialState, lr, t.clipGradNorm > 0 && clip < 1 ? <f32>clip : 1);
}

function clearShare(t: Training): void {
  const from = shareFrom(t.P, 16);
  memory.fill(t.gradients + (from << 2), 0, (shareTo(t.P, 16) - from) << 2);
}

function updateAndPack(t: Training, m: Model, fromInitialState: bool, lr: f64, scale: f32): i32 {
  if (update(t, fromInitialState, lr, scale) != 0) t.bad = 1;
  barrier();
  if (threadIndex() == 0) countUpdate(t, fromInitialState);
  if (t.bad) return badWeight;
  packModel(m, true);
  return fine;
}

/**
 * Trains epochs of the same batches (Batch [batchCount], in this order in each epoch), with a learning rate for each
 * epoch; stops after a batch whose status is not `fine`. The record of each epoch holds f64 loss sum, f64 gradient
 * norm, i32 right, every batch's predictions, and at its end the shown rows of the first batch's probabilities.
 * Returns the count of whole epochs done.
 */
export function trainEpochs(
  t: Training, batches: usize, batchCount: i32, epochs: i32, windows: bool, rates: usize,
  records: usize, recordBytes: i32, shownRows: usize, shown: i32,
): i32 {
  const m = changetype<Model>(t.model);
  for (let e = 0; e < epochs; e++) {
    const record = records + e * recordBytes;
    let at = record + 24;
    let loss: f64 = 0;
    let right = 0;
    for (let k = 0; k < batchCount; k++) {
      const b = changetype<Batch>(batches + k * offsetof<Batch>());
      t.status = trainBatch(t, b, !windows || k == 0, false, load<f64>(rates + (e << 3)));
      t.batch = k;
      store<f64>(record, loss);
      store<i32>(record, right, 16);
      if (t.status != fine) return e;
      loss += t.lossSum;
      right += t.right;
      copyFloats(at, m.predictions, b.outputs);
      at += b.outputs << 2;
      if (k == 0) {
        const to = record + recordBytes - (shown * m.V << 2);
        for (let i = 0; i < shown; i++) {
          copyFloats(to + (i * m.V << 2), m.probabilities + (load<i32>(shownRows + (i << 2)) * m.V << 2), m.V);
        }
      }
    }
    store<f64>(record, loss);
    store<f64>(record, t.gradNorm, 8);
    store<i32>(record, right, 16);
  }
  return epochs;
}
