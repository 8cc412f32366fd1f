/** A run that the lab keeps in memory beside its record in the file: see live-runs.ts for the words. */
import type { RunCommand } from '../../../engine/api.ts';
import type { SequenceExperiment, TrainingSpec } from '../../../engine/model/experiment.ts';
import { EngineLost } from '../../engine-process/supervisor.ts';
import type { StoredRun } from '../../project/run-store.ts';
import { type CrashRecord, noCrash } from './crash-record.ts';
import { nothingUnsaved, type RecordedRun } from './run-recorder.ts';

export interface LiveRun extends RecordedRun {
  /** The training settings that it began with. */
  frozenTraining: TrainingSpec;
  inEngine: 'opening' | 'open' | 'no';
  /** What it trains for, to be asked again of the next engine if this one dies; null where it does not train. */
  wish: RunCommand | null;
  /** The last that was asked of it. */
  command: RunCommand | null;
  crashes: CrashRecord;
}

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

/** For work that nobody waits for: an engine that dies in it is seen elsewhere. */
export function onlyLost(error: unknown): void {
  if (!(error instanceof EngineLost)) throw error;
}
