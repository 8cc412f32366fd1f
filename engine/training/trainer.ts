import type { EpochRow, LiveSettings, RunProgress, RunState } from '../api.ts';
import { failure, type Problem, type Result, success } from '../errors.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import type { SequenceExperiment, WeightsJson } from '../model/experiment.ts';
import { readWeights } from '../model/weights.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { checkLiveSettings, withLiveSettings } from './live-settings.ts';
import { createPredictionWriter, startMetrics } from './metrics.ts';
import { createRun } from './run.ts';
import { learningRate } from './schedules.ts';
import { evaluate, trainBatch } from './step.ts';
import { countEpoch, stopReason } from './stop-rules.ts';

/** A run in memory, driven from outside batch by batch. */
export interface Trainer {
  /** The document, with live changes applied. */
  readonly experiment: SequenceExperiment;
  readonly parameterCount: number;
  readonly memoryBytes: number;
  /** At epoch 0, before any update. */
  readonly initialWeights: WeightsJson;
  /** `paused` until a rule ends the run (`finished`) or a number is not finite (`diverged`). */
  state(): RunState;
  progress(): RunProgress;
  /** One batch; the row where it ended an epoch. After the run's end it does nothing. */
  stepBatch(): EpochRow | null;
  /** The rest of the epoch; null where the run has ended or diverges in it. */
  stepEpoch(): EpochRow | null;
  /** Takes effect from the next batch on, or says what is wrong and changes nothing. */
  change(settings: LiveSettings): Problem[];
  /** The same run gives the same bytes, however often it was interrupted. */
  checkpoint(): Uint8Array;
  weights(): WeightsJson;
}

export interface TrainerOptions {
  /** Milliseconds of a monotonic clock; it measures and decides nothing. */
  now?: () => number;
  /** Training time behind the checkpoint. */
  trainedMs?: number;
}

/**
 * Makes a run ready at epoch 0, or where its checkpoint stands. The document must have been read by
 * `engine/formats/experiment.ts`; what only shows when the run is made (memory, weights, checkpoint) comes back as
 * problems.
 */
export function createTrainer(
  experiment: SequenceExperiment,
  checkpoint: Uint8Array | null,
  { now = () => performance.now(), trainedMs = 0 }: TrainerOptions = {},
): Result<Trainer> {
  const made = createRun(experiment, createReferenceKernels());
  if (!made.ok) return made;
  const run = made.value;
  const { parameters } = run.model;
  const initialWeights = readWeights(parameters);
  if (checkpoint !== null) {
    const problems = readCheckpoint(run, checkpoint);
    if (problems.length > 0) return failure(...problems);
  }
  const writePredictions = createPredictionWriter(experiment.dataset, run.metrics);
  let spentMs = trainedMs;
  let tokensSinceOpened = 0;
  let divergence: Problem | null = null;

  function state(): RunState {
    if (divergence !== null) return { status: 'diverged', problem: divergence };
    const reason = run.batchesDone === 0 ? stopReason(run.progress, run.experiment.training) : null;
    return reason === null ? { status: 'paused' } : { status: 'finished', reason };
  }

  function stepBatch(): EpochRow | null {
    if (state().status !== 'paused') return null;
    const started = now();
    if (run.batchesDone === 0) startEpoch();
    const lr = learningRate(
      run.experiment.training.scheduler,
      run.experiment.training.optimizer.lr,
      run.progress.epoch + 1,
    );
    const tokensBefore = run.metrics.tokens;
    divergence = trainBatch(run, run.batchesDone, lr);
    tokensSinceOpened += run.metrics.tokens - tokensBefore;
    let row: EpochRow | null = null;
    if (divergence === null) {
      run.batchesDone++;
      if (run.batchesDone === run.training.batchesPerEpoch) row = endEpoch(lr);
    }
    spentMs += now() - started;
    if (row !== null) row.trainedMs = spentMs;
    return row;
  }

  function startEpoch(): void {
    startMetrics(run.metrics);
    if (!run.experiment.training.shuffle || run.training.window !== null) return;
    run.order = run.generator.permutation(run.order.length);
    run.loaded = -1;
  }

  function endEpoch(lr: number): EpochRow {
    const { metrics, progress, experiment: document } = run;
    run.batchesDone = 0;
    const held = run.validation === null ? null : evaluate(run, run.validation);
    const loss = Math.fround(
      document.training.loss === 'mean' ? metrics.lossSum / metrics.tokens : metrics.lossSum,
    );
    countEpoch(progress, document.training, loss, held?.loss ?? null, metrics.right === metrics.tokens);
    return {
      epoch: progress.epoch,
      loss,
      lr,
      gradNorm: Math.fround(run.gradNorm),
      accuracy: metrics.right / metrics.tokens,
      validationLoss: held?.loss ?? null,
      validationAccuracy: held?.accuracy ?? null,
      predictions: writePredictions(),
      probabilities: metrics.probabilities.length === 0 ? null : Array.from(metrics.probabilities),
      trainedMs: 0,
    };
  }

  return success({
    get experiment() {
      return run.experiment;
    },
    parameterCount: parameters.values.length,
    memoryBytes: run.memoryBytes,
    initialWeights,
    state,
    progress: () => ({
      epoch: run.progress.epoch,
      batch: run.batchesDone,
      batchesPerEpoch: run.training.batchesPerEpoch,
      trainedMs: spentMs,
      tokensPerSecond: spentMs === trainedMs ? null : (1000 * tokensSinceOpened) / (spentMs - trainedMs),
    }),
    stepBatch,
    stepEpoch() {
      let row: EpochRow | null = null;
      while (row === null && state().status === 'paused') row = stepBatch();
      return row;
    },
    change(settings) {
      const problems = checkLiveSettings(settings);
      if (problems.length === 0) run.experiment = withLiveSettings(run.experiment, settings);
      return problems;
    },
    checkpoint: () => writeCheckpoint(run),
    weights: () => readWeights(parameters),
  });
}
