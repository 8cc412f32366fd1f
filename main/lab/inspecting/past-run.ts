/** Which of a run's epochs is meant, and what the file has to get there. */
import type { DatabaseSync } from 'node:sqlite';
import type { RunPlace, SettingsChange } from '../../../engine/api.ts';
import { isSequenceExperiment } from '../../../engine/data/check-experiment.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { Moment, RunSummary } from '../../api.ts';
import { readBestEpoch, readCheckpoints, readOrigin, readSettings } from '../../project/past-store.ts';
import { damageOf, readRun, type StoredRun } from '../../project/run-store.ts';
import { unknownRun } from '../runs/command-rules.ts';

/** A state that the file has: of a checkpoint, or where a branch begins. */
export interface StoredState extends RunPlace {
  /** Their blobs. */
  state: number;
  weights: number;
}

export interface PastRun {
  runId: string;
  number: number;
  /** As it began. */
  experiment: SequenceExperiment;
  /** In their order. */
  changes: SettingsChange[];
  /** In order. */
  states: StoredState[];
  /** The blob of the weights before its first update; of a run that an engine has never had, null. */
  firstWeights: number | null;
  /** Of a branch: its epochs are counted on from this one. 0 for others. */
  firstEpoch: number;
}

export interface PastMoment {
  run: PastRun;
  epoch: number;
}

/**
 * The epoch that is meant, and the run that had it: where the run has branched off later, one that it comes from. `now` is
 * the last that is over.
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
    return success({ run: pastRun(database, stored, summary, origin), epoch });
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
  // In one of a run that has diverged the next epoch has begun: its shuffle is drawn.
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
