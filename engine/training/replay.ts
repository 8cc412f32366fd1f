/**
 * Trains a run's epochs once more from one of its states, with the settings that the run had at each place, to
 * exactly the same bits.
 */
import type { EpochRow, LiveSettings, RunPlace, SettingsChange } from '../api.ts';
import { isBefore } from '../data/run-place.ts';
import { failure, problem, type Result, success } from '../errors.ts';
import type { Backend } from '../kernels/backend.ts';
import type { SequenceExperiment, TrainingSpec } from '../model/experiment.ts';
import { epochLimit, withLiveSettings } from './live-settings.ts';
import { createTrainerInPieces, type Trainer } from './trainer.ts';

export interface Replay {
  readonly trainer: Trainer;
  place(): RunPlace;
  /**
   * Replays to a place, or until `timeLeft` (milliseconds, checked between batches) is used up; calls `tell` with every
   * epoch's row. Yields where long work may be interrupted. Fails where the run ends before the place, and where its
   * epochs have no such batch.
   */
  advance(
    end: RunPlace,
    timeLeft: () => number,
    tell: (row: EpochRow) => void,
  ): Generator<void, Result<RunPlace>>;
}

export interface ReplaySource {
  /** The document with which the run began. */
  experiment: SequenceExperiment;
  /** The changes made to the run's settings while it trained, in order. */
  changes: readonly SettingsChange[];
  /** null: the run's start. */
  checkpoint: Uint8Array | null;
  /** Where the checkpoint stands; epoch 0, batch 0 for the start. */
  place: RunPlace;
}

/**
 * Makes a replay that stands where the checkpoint does.
 *
 * Stop rules change numbers only where the best weights are restored at the run's end. Where they are not restored,
 * the replay ignores the rules, so that it follows the run past the places where it stopped and was sent on.
 */
export function* createReplayInPieces(
  { experiment, changes, checkpoint, place: start }: ReplaySource,
  backend: Backend,
): Generator<void, Result<Replay>> {
  const keepsRules = experiment.training.restoreBest === true;
  const due = changes.map((change) => ({
    ...change,
    settings: keepsRules ? change.settings : withoutRules(change.settings),
  }));
  let next = due.findIndex((change) => !isBefore(change, start));
  if (next < 0) next = due.length;
  const began = keepsRules ? experiment : { ...experiment, training: withRulesAside(experiment.training) };
  const asOfStart = due.slice(0, next).reduce((one, { settings }) => withLiveSettings(one, settings), began);
  const made = yield* createTrainerInPieces(asOfStart, checkpoint, { backend });
  if (!made.ok) return made;
  const trainer = made.value;

  const place = (): RunPlace => {
    const { epoch, batch } = trainer.progress();
    return { epoch, batch };
  };

  function takeDue(): void {
    for (; next < due.length && !isBefore(place(), due[next]!); next++) {
      const [wrong] = trainer.change(due[next]!.settings);
      if (wrong !== undefined)
        throw new Error(`the run was given a setting that none takes: ${wrong.message}`);
    }
  }

  /** Whole epochs until the next change or the last epoch; 0 in the middle of an epoch. */
  function freeEpochs(epoch: number): number {
    const { epoch: done, batch } = place();
    if (batch > 0) return 0;
    return Math.min(epoch, due[next]?.epoch ?? epoch) - done;
  }

  takeDue();
  return success({
    trainer,
    place,
    *advance(end, timeLeft, tell) {
      const { batchesPerEpoch } = trainer.progress();
      if (end.batch >= batchesPerEpoch) return failure(unknownBatch(end.batch, batchesPerEpoch));
      for (takeDue(); isBefore(place(), end); takeDue()) {
        const left = timeLeft();
        if (left <= 0) break;
        const state = trainer.state();
        if (state.status === 'diverged' && place().epoch === end.epoch) return failure(state.problem);
        if (state.status !== 'paused') return failure(endedBefore(place(), end));
        const free = freeEpochs(end.epoch);
        const rows = free > 0 ? trainer.manyEpochs(Math.min(left, manyMs), free) : null;
        if (rows !== null) {
          for (const row of rows) tell(row);
          yield;
          continue;
        }
        const row = yield* trainer.batchInPieces();
        if (row !== null) tell(row);
        yield;
      }
      return success(place());
    },
  });
}

/** Milliseconds of one call of the kernels; messages are handled between calls. */
const manyMs = 10;

function withRulesAside(training: TrainingSpec): TrainingSpec {
  const { earlyStopping } = training;
  return {
    ...training,
    epochs: epochLimit,
    stopWhen: { lossBelow: null, rightFor: null },
    // Early stopping stays on because its counts are part of the state.
    earlyStopping: earlyStopping && { ...earlyStopping, patience: Infinity },
  };
}

function withoutRules({ lr, clipGradNorm }: LiveSettings): LiveSettings {
  return {
    ...(lr === undefined ? {} : { lr }),
    ...(clipGradNorm === undefined ? {} : { clipGradNorm }),
  };
}

function unknownBatch(batch: number, batches: number) {
  const message = `batch is ${batch}; the epoch has batches 0 to ${batches - 1}`;
  return problem('unknown-batch', 'batch', message, { batch, first: 0, last: batches - 1 });
}

function endedBefore({ epoch: found }: RunPlace, end: RunPlace) {
  if (found === end.epoch) {
    const message = `the run ended with epoch ${found}, where its best weights came back; it passes no batch of a next epoch forward`;
    return problem('run-ended', 'epoch', message, { epoch: found });
  }
  const { epoch } = end;
  const message = `the replay ended after epoch ${found}, the run had an epoch ${epoch}: what is known of its settings is not all that it trained with`;
  return problem('replay-ends', '', message, { found, epoch });
}
