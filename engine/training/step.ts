/** One training step as in PyTorch's training loops: forward, loss, backward, norm, clip, update. */
import { type BatchPlan, loadBatch } from '../data/batches.ts';
import type { Problem } from '../errors.ts';
import { crossEntropyBackward, crossEntropyForward } from '../layers/cross-entropy.ts';
import { backwardModel, forwardModel, setInitialStates } from '../model/model.ts';
import { argmax } from '../tensor/floats.ts';
import type { RandomGenerator } from '../tensor/random.ts';
import { clipGradients, totalNorm } from './clip.ts';
import {
  findBadActivation,
  findBadGradient,
  findBadParameter,
  isFinite32,
  type Place,
  takeBackUpdate,
} from './divergence.ts';
import type { Fused } from './fused.ts';
import { addBatch, startMetrics } from './metrics.ts';
import type { Run } from './run.ts';

/** Resets the metrics and shuffles the samples; to be called before an epoch's first batch. */
export function beginEpoch(run: Run): void {
  run.progress.restoredEpoch = null;
  startMetrics(run.metrics);
  if (!run.experiment.training.shuffle || run.training.window !== null) return;
  run.order = run.generator.permutation(run.order.length);
  run.loaded = -1;
}

/** The most logits whose loss is computed without a break. */
const lossPiece = 500_000;

/**
 * Trains on batch k (from 0) of the epoch with this learning rate; yields where long work may be interrupted.
 * Returns the problem where a number is not finite; the weights are then as before the step.
 */
export function* trainBatch(run: Run, k: number, lr: number): Generator<void, Problem | null> {
  const { model, batch, metrics, training: plan } = run;
  const { packing, tokens, targets } = batch;
  const { parameters, sizes } = model;
  const place = { epoch: run.progress.epoch + 1, batch: k + 1 };

  if (run.loaded !== k) {
    loadBatch(batch, plan, k, run.order);
    run.loaded = k;
  }
  // A window continues from the state of the window before it, detached, where states are carried. Whole sequences
  // start from the initial state.
  const fromInitialState = !plan.carriesState || k === 0;
  if (run.fused !== null) return yield* trainBatchFused(run, run.fused, fromInitialState, lr, place);
  if (fromInitialState) setInitialStates(model, packing.B);

  const lossSum = yield* forward(run, run.dropout);
  if (!isFinite32(lossSum)) return findBadActivation(model, packing, lossSum, place);

  const scale = run.experiment.training.loss === 'mean' ? 1 / batch.outputs : 1;
  parameters.gradients.fill(0);
  crossEntropyBackward(model.dLogits, run.probabilities, targets, scale, batch.outputs, sizes.outputSize);
  yield* backwardModel(model, packing, tokens, fromInitialState, true);
  const diverged = yield* update(run, place, fromInitialState, lr);
  if (diverged !== null) return diverged;
  addBatch(metrics, batch, lossSum, run.predictions, run.probabilities, sizes.outputSize);
  return null;
}

/** Computes the total norm, clips and updates. An update that diverges is taken back. */
function* update(
  run: Run,
  place: Place,
  fromInitialState: boolean,
  lr: number,
): Generator<void, Problem | null> {
  const { parameters } = run.model;
  const { clipGradNorm } = run.experiment.training;
  const isLong = run.optimizers.length > 2;
  const norm = totalNorm(parameters.gradients);
  if (!isFinite32(norm)) return findBadGradient(parameters, place);
  run.gradNorm = norm;
  if (isLong) yield;
  if (clipGradNorm !== null) clipGradients(parameters.gradients, norm, clipGradNorm);
  run.valuesBefore.set(parameters.values);
  for (const { optimizer, ofInitialState, values, gradients } of run.optimizers) {
    if (isLong) yield;
    if (fromInitialState || !ofInitialState) optimizer.update(values, gradients, lr);
  }
  if (isLong) yield;
  const bad = findBadParameter(parameters, run.experiment.training.optimizer, place);
  if (bad !== null) parameters.values.set(run.valuesBefore);
  return bad;
}

/** Trains on the batch in one call of the WebAssembly module. */
function* trainBatchFused(
  run: Run,
  fused: Fused,
  fromInitialState: boolean,
  lr: number,
  place: Place,
): Generator<void, Problem | null> {
  const { experiment, model, batch, metrics } = run;
  const { parameters, sizes } = model;
  const { clipGradNorm, optimizer } = experiment.training;
  const outcome = yield* fused.trainBatch(batch, { fromInitialState, lr, clipGradNorm }, run.dropout);
  if (outcome.bad === 'loss') return findBadActivation(model, batch.packing, outcome.lossSum, place);
  if (outcome.bad === 'norm') return findBadGradient(parameters, place);
  run.gradNorm = outcome.gradNorm;
  if (outcome.bad === 'weight') return takeBackUpdate(parameters, run.valuesBefore, optimizer, place);
  addBatch(metrics, batch, outcome.lossSum, run.predictions, run.probabilities, sizes.outputSize);
  return null;
}

/** Computes the loaded batch's logits, probabilities and predictions; returns the sum of its cross entropies. */
function* forward(run: Run, dropout: RandomGenerator | null): Generator<void, number> {
  const { model, batch, probabilities } = run;
  const { outputs, targets } = batch;
  const V = model.sizes.outputSize;
  yield* forwardModel(model, batch.packing, batch.tokens, dropout);
  const piece = Math.ceil(lossPiece / V);
  let lossSum = 0;
  for (let from = 0; from < outputs; from += piece) {
    if (from > 0) yield;
    const to = Math.min(from + piece, outputs);
    lossSum += crossEntropyForward(probabilities, model.logits, targets, from, to, V);
    for (let r = from; r < to; r++) run.predictions[r] = argmax(model.logits, r * V, V);
  }
  return lossSum;
}

export interface Evaluation {
  loss: number;
  accuracy: number;
}

/**
 * Loss and accuracy (0 … 1) on held-back data, without dropout. A text's state is carried as in training, from the
 * held-back text's own start.
 */
export function* evaluate(run: Run, plan: BatchPlan): Generator<void, Evaluation> {
  const { model, batch } = run;
  const order = plan.sequences.starts.subarray(0, plan.sequences.count).map((_, s) => s);
  let lossSum = 0;
  let tokens = 0;
  let right = 0;
  run.loaded = -1;
  for (let k = 0; k < plan.batchesPerEpoch; k++) {
    loadBatch(batch, plan, k, order);
    const fromInitialState = !plan.carriesState || k === 0;
    if (fromInitialState) setInitialStates(model, batch.packing.B);
    lossSum += yield* run.fused === null ? forward(run, null) : run.fused.forward(batch, fromInitialState);
    tokens += batch.outputs;
    for (let r = 0; r < batch.outputs; r++) if (run.predictions[r] === batch.targets[r]) right++;
  }
  const loss = run.experiment.training.loss === 'mean' ? lossSum / tokens : lossSum;
  return { loss: Math.fround(loss), accuracy: right / tokens };
}
