/** Finds the epoch that a moment means, and the states in the file from which it can be reached. */
import type { DatabaseSync } from 'node:sqlite';
import type { RunPlace, SettingsChange } from '../../../engine/api.ts';
import { isSequenceExperiment } from '../../../engine/data/check-experiment.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { Moment, RunSummary } from '../../api.ts';
import { readBestEpoch, readCheckpoints, readOrigin, readSettings } from '../../project/past-store.ts';
import { damageOf, readRun, type StoredRun } from '../../project/run-store.ts';
import { unknownRun } from '../runs/command-rules.ts';

/** A state in the file: a checkpoint, or the beginning of a branch. */
export interface StoredState extends RunPlace {
  /** Ids of the blobs of the state and of the weights. */
  state: number;
  weights: number;
}

export interface PastRun {
  runId: string;
  number: number;
  /** The experiment with the training settings with which the run began. */
  experiment: SequenceExperiment;
  /** Settings changed while the run trained, in order. */
  changes: SettingsChange[];
  /** States in the file, in the order of their places. */
  states: StoredState[];
  /** The blob of the weights before the first update; null if no engine has ever had the run. */
  firstWeights: number | null;
  /** For a branch, the epoch that it continues from; its own epochs count on from there. 0 for other runs. */
  firstEpoch: number;
}

/** A place of a run's past, after the changes made there. */
export interface PastMoment extends RunPlace {
  run: PastRun;
}

/**
 * The epoch that a moment means, and the run that it belongs to: an ancestor if the run branched off later. `now` is
 * the last epoch completed. Fails for a damaged run, a shapes run, an epoch that is not there, or an epoch of a deleted
 * parent.
 */
export function findMoment(
  database: DatabaseSync,
  runId: string,
  at: Moment,
  current: (stored: RunSummary) => RunSummary,
): Result<PastMoment> {
  const stored = readRun(database, runId);
  if (!stored) return failure(unknownRun(runId));
  const summary = current(stored.summary);
  const damage = damageOf(summary);
  if (damage) return failure(damage);
  const { number, progress } = summary;
  if (!isSequenceExperiment(stored.experiment)) {
    return failure(
      problem('run-has-no-epochs', '', `run ${number} shows shapes; it has no epochs`, { number }),
    );
  }
  const epoch =
    typeof at === 'number'
      ? at
      : at === 'now'
        ? progress.epoch
        : readBestEpoch(database, runId, stored.experiment.training);
  if (epoch === null) return failure(noBest(number));
  if (epoch > progress.epoch) return failure(notYet(number, epoch, progress.epoch));
  const origin = readOrigin(database, runId);
  if (origin.branch === null || epoch >= origin.branch.epoch) {
    return success({ run: pastRun(database, stored, summary, origin), epoch, batch: 0 });
  }
  if (origin.branch.parent === null) return failure(parentDeleted(number, epoch, origin.branch.epoch));
  return findMoment(database, origin.branch.parent, epoch, current);
}

function pastRun(
  database: DatabaseSync,
  { experiment, frozenTraining }: StoredRun,
  { id: runId, number, state, progress }: RunSummary,
  { weights, branch }: ReturnType<typeof readOrigin>,
): PastRun {
  const checkpoints = readCheckpoints(database, runId);
  // The last checkpoint of a diverged run is not usable: its next epoch has begun, and its shuffle is drawn.
  const isWhole = (place: RunPlace) => state.status !== 'diverged' || place.epoch < progress.epoch;
  const begins = branch !== null && branch.state !== null && weights !== null;
  const start = begins ? [{ epoch: branch.epoch, batch: 0, state: branch.state!, weights }] : [];
  return {
    ...{ runId, number },
    experiment: { ...(experiment as SequenceExperiment), training: frozenTraining },
    changes: readSettings(database, runId),
    states: [...start, ...checkpoints.filter(isWhole)],
    firstWeights: weights,
    firstEpoch: branch?.epoch ?? 0,
  };
}

function noBest(number: number): Problem {
  return problem('run-has-no-best', '', `run ${number} has no epoch yet, and so no best one`, { number });
}

function notYet(number: number, epoch: number, done: number): Problem {
  const message = `run ${number} has ${done} epochs behind it; epoch ${epoch} is not one of them`;
  return problem('epoch-not-there', 'epoch', message, { number, epoch, done });
}

function parentDeleted(number: number, epoch: number, from: number): Problem {
  const message = `run ${number} begins after epoch ${from}, epoch ${epoch} was of the run that it branched off from, which is deleted`;
  return problem('parent-deleted', 'epoch', message, { number, epoch, from });
}
