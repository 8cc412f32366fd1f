import type { EpochRow, LiveSettings, RunPlace, RunProgress, RunState } from '../api.ts';
import { failure, type Problem, type Result, success } from '../errors.ts';
import { type Backend, bestBackend } from '../kernels/backend.ts';
import { finish } from '../kernels/pieces.ts';
import type { SequenceExperiment, WeightsJson } from '../model/experiment.ts';
import { stateDict } from '../model/weights.ts';
import type { Floats } from '../tensor/floats.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { badValidation } from './divergence.ts';
import { closeEpoch, restoreBestAtEnd } from './epoch.ts';
import { checkLiveSettings, withLiveSettings } from './live-settings.ts';
import { canTrainMany, createManyEpochs, type ManyEpochs } from './many-epochs.ts';
import { createPredictionWriter } from './metrics.ts';
import { createRun } from './run.ts';
import { learningRate } from './schedules.ts';
import { beginEpoch, evaluate, trainBatch } from './step.ts';
import { stopReason } from './stop-rules.ts';

/** A run in memory, driven from outside batch by batch. */
export interface Trainer {
  /** The document, with live changes applied. */
  readonly experiment: SequenceExperiment;
  readonly parameterCount: number;
  readonly memoryBytes: number;
  /** `paused` until a rule ends the run (`finished`) or a number is not finite (`diverged`). */
  state(): RunState;
  progress(): RunProgress;
  /** Trains one batch; returns the row of the epoch that it ends, else null. Does nothing after the run's end. */
  stepBatch(): EpochRow | null;
  /**
   * Trains one batch in pieces of a few milliseconds, for a process that must listen in between. The generator must
   * run to its end before the trainer is asked for anything but reading.
   */
  batchInPieces(): Generator<void, EpochRow | null>;
  /** Trains the rest of the epoch; null where the run has ended or diverges in it. */
  stepEpoch(): EpochRow | null;
  /**
   * Trains for about this many milliseconds, at least one epoch and at most `atMost`, in as few calls of the kernels
   * as possible; fewer where the run ends. Returns null where that is not possible now: inside an epoch, where
   * epochs are long, or where a rule must look at every epoch.
   */
  manyEpochs(milliseconds: number, atMost: number): EpochRow[] | null;
  /** Changes settings from the next batch on (`nextPlace`); or returns what is wrong and changes nothing. */
  change(settings: LiveSettings): Problem[];
  /** Where the run stands, or, with a batch under way, where it will stand after that batch. */
  nextPlace(): RunPlace;
  /** Writes a checkpoint. The same run gives the same bytes, however often it was interrupted. */
  checkpoint(): Uint8Array;
  weights(): WeightsJson;
  /** Writes the checkpoint in pieces of a few milliseconds, between which nothing may be trained. */
  checkpointInPieces(): Generator<void, Uint8Array>;
  /** The weights in the buffers in which they are trained, in the order of the state dict. */
  readonly parameters: readonly { key: string; shape: readonly number[]; value: Floats }[];
  /**
   * What the weights have been through: whole epochs, and the loss of the last of them. For restored weights, these
   * are the best epoch's. Also known after resuming from a checkpoint.
   */
  trainedBy(): { epochs: number; loss: number | null };
  /** The epoch whose weights were put back at the run's end; null where the run has its last weights. */
  restoredEpoch(): number | null;
  /** Lets the run's threads end, where it has any. Nothing can be trained afterwards. */
  close(): void;
}

export interface TrainerOptions {
  /** Milliseconds of a monotonic clock. It only measures; no trained number depends on it. */
  now?: () => number;
  /** Training time behind the checkpoint in milliseconds. */
  trainedMs?: number;
  /** Kernels that compute; the fastest of this machine where left out. */
  backend?: Backend;
}

/**
 * Makes a run ready at epoch 0, or where its checkpoint stands. The document must have been read by
 * `engine/formats/experiment.ts`. Faults that only show when the run is made (memory, weights, checkpoint) come back
 * as problems.
 */
export function createTrainer(
  experiment: SequenceExperiment,
  checkpoint: Uint8Array | null,
  options: TrainerOptions = {},
): Result<Trainer> {
  return finish(createTrainerInPieces(experiment, checkpoint, options));
}

/** Makes the trainer in pieces of a few milliseconds, for a process that must listen in between. */
export function* createTrainerInPieces(
  experiment: SequenceExperiment,
  checkpoint: Uint8Array | null,
  { now = () => performance.now(), trainedMs = 0, backend = bestBackend() }: TrainerOptions = {},
): Generator<void, Result<Trainer>> {
  const made = yield* createRun(experiment, backend);
  if (!made.ok) return made;
  const run = made.value;
  const { parameters } = run.model;
  if (checkpoint !== null) {
    const problems = yield* readCheckpoint(run, checkpoint);
    if (problems.length > 0) return failure(...problems);
    // The settings may have changed since the checkpoint so that the run ends here.
    if (run.batchesDone === 0) restoreBestAtEnd(run);
  }
  const writePredictions = createPredictionWriter(experiment.dataset, run.metrics);
  let spentMs = trainedMs;
  let tokensSinceOpened = 0;
  let divergence: Problem | null = null;
  let underWay = false;
  let many: ManyEpochs | null = null;
  /** Settings given while a batch is under way; the batch goes on as it began. */
  const waiting: LiveSettings[] = [];

  function take(settings: LiveSettings): void {
    run.experiment = withLiveSettings(run.experiment, settings);
    if (run.batchesDone === 0) restoreBestAtEnd(run);
  }

  function state(): RunState {
    if (divergence !== null) return { status: 'diverged', problem: divergence };
    const reason = run.batchesDone === 0 ? stopReason(run.progress, run.experiment.training) : null;
    return reason === null ? { status: 'paused' } : { status: 'finished', reason };
  }

  function* batchInPieces(): Generator<void, EpochRow | null> {
    if (underWay) throw new Error('a batch is under way; it must be finished before the next');
    if (state().status !== 'paused') return null;
    underWay = true;
    let since = now();
    const { scheduler, optimizer } = run.experiment.training;
    const lr = learningRate(scheduler, optimizer.lr, run.progress.epoch + 1);
    if (run.batchesDone === 0) beginEpoch(run);
    const tokensBefore = run.metrics.tokens;
    const work = trainAndCount(lr);
    let step = work.next();
    while (!step.done) {
      spentMs += now() - since;
      yield;
      since = now();
      step = work.next();
    }
    tokensSinceOpened += run.metrics.tokens - tokensBefore;
    spentMs += now() - since;
    underWay = false;
    for (const settings of waiting.splice(0)) take(settings);
    if (step.value !== null) step.value.trainedMs = spentMs;
    return step.value;
  }

  function* trainAndCount(lr: number): Generator<void, EpochRow | null> {
    divergence = yield* trainBatch(run, run.batchesDone, lr);
    if (divergence !== null) return null;
    if (run.batchesDone + 1 < run.training.batchesPerEpoch) {
      run.batchesDone++;
      return null;
    }
    return yield* endEpoch(lr);
  }

  /** Ends the epoch after its last batch, which is taken back where the validation loss is not finite. */
  function* endEpoch(lr: number): Generator<void, EpochRow | null> {
    const held = run.validation === null ? null : yield* evaluate(run, run.validation);
    if (held === null || Number.isFinite(held.loss)) return closeEpoch(run, lr, held, writePredictions);
    const place = { epoch: run.progress.epoch + 1, batch: run.batchesDone + 1 };
    divergence = badValidation(held.loss, place);
    parameters.values.set(run.valuesBefore);
    return null;
  }

  function trainMany(rows: EpochRow[], atMost: number, milliseconds: number): void {
    many ??= createManyEpochs(
      run,
      run.fused!.epochs!,
      (lr) => closeEpoch(run, lr, null, writePredictions),
      now,
    );
    const before = rows.length;
    const trained = many.train(rows, atMost, milliseconds);
    const took = trained.trainedMs;
    divergence = trained.divergence;
    const count = rows.length - before;
    for (let e = 0; e < count; e++) rows[before + e]!.trainedMs = spentMs + (took * (e + 1)) / count;
    spentMs += took;
    tokensSinceOpened += count * run.training.sequences.targets.length;
  }

  const trainer: Trainer = {
    get experiment() {
      return run.experiment;
    },
    parameterCount: parameters.values.length,
    memoryBytes: run.memoryBytes,
    state,
    progress: () => ({
      epoch: run.progress.epoch,
      batch: run.batchesDone,
      batchesPerEpoch: run.training.batchesPerEpoch,
      trainedMs: spentMs,
      tokensPerSecond: spentMs === trainedMs ? null : (1000 * tokensSinceOpened) / (spentMs - trainedMs),
    }),
    batchInPieces,
    stepBatch: () => finish(batchInPieces()),
    stepEpoch() {
      let row: EpochRow | null = null;
      while (row === null && state().status === 'paused') row = finish(batchInPieces());
      return row;
    },
    manyEpochs(milliseconds, atMost) {
      if (underWay || !canTrainMany(run) || state().status !== 'paused') return null;
      const rows: EpochRow[] = [];
      const until = now() + milliseconds;
      do trainMany(rows, atMost - rows.length, Math.max(until - now(), 0));
      while (now() < until && rows.length < atMost && state().status === 'paused');
      return rows;
    },
    change(settings) {
      const problems = checkLiveSettings(settings);
      if (problems.length > 0) return problems;
      if (underWay) waiting.push(settings);
      else take(settings);
      return problems;
    },
    nextPlace() {
      const { epoch } = run.progress;
      const batch = run.batchesDone + (underWay ? 1 : 0);
      return batch < run.training.batchesPerEpoch ? { epoch, batch } : { epoch: epoch + 1, batch: 0 };
    },
    checkpoint: () => finish(trainer.checkpointInPieces()),
    checkpointInPieces() {
      if (underWay) throw new Error('a batch is under way; a checkpoint stands between two');
      return writeCheckpoint(run);
    },
    parameters: parameters.entries,
    trainedBy() {
      const { epoch, loss, restoredEpoch, bestEpoch } = run.progress;
      return restoredEpoch === null
        ? { epochs: epoch, loss }
        : { epochs: restoredEpoch, loss: bestEpoch!.loss };
    },
    restoredEpoch: () => run.progress.restoredEpoch,
    weights: () => stateDict(parameters),
    close: () => run.kernels.program?.team?.stop(),
  };
  return success(trainer, made.warnings);
}
