/** A run that the lab keeps in memory besides its record in the file; live-runs.ts defines the terms. */
import type { RunCommand } from '../../../engine/api.ts';
import type { SequenceExperiment, TrainingSpec } from '../../../engine/model/experiment.ts';
import { EngineLost } from '../../engine-process/supervisor.ts';
import type { StoredRun } from '../../project/run-store.ts';
import { type CrashRecord, noCrash } from './crash-record.ts';
import { nothingUnsaved, type RecordedRun } from './run-recorder.ts';

export interface LiveRun extends RecordedRun {
  /** The training settings with which it began. */
  frozenTraining: TrainingSpec;
  inEngine: 'opening' | 'open' | 'no';
  /** The command by which it trains, repeated to the next engine if this one dies; null if it does not train. */
  wish: RunCommand | null;
  /** The last command that it was given. */
  command: RunCommand | null;
  crashes: CrashRecord;
}

/** A stored run as it enters memory: not in the engine, with nothing unsaved. */
export function newLiveRun(runId: string, { summary, experiment, frozenTraining }: StoredRun): LiveRun {
  return {
    runId,
    summary,
    experiment: experiment as SequenceExperiment,
    frozenTraining,
    unsaved: nothingUnsaved(),
    inEngine: 'no',
    wish: null,
    command: null,
    crashes: noCrash,
  };
}

/** Ignores a lost engine, in work that nobody waits for; recovery handles its death. Throws other errors again. */
export function onlyLost(error: unknown): void {
  if (!(error instanceof EngineLost)) throw error;
}
