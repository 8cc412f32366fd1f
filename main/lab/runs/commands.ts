/** The user's commands: create a run, control it, change its settings. */
import type { RunCommand, RunPlace } from '../../../engine/api.ts';
import { failure, type Result, success } from '../../../engine/errors.ts';
import type {
  ExperimentDocument,
  SequenceExperiment,
  ShapesExperiment,
} from '../../../engine/model/experiment.ts';
import type { LabEvents, RunSummary } from '../../api.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import type { Keeper } from '../../project/keeper.ts';
import { storeSettings } from '../../project/past-store.ts';
import { flatSettings } from '../../project/run-settings.ts';
import {
  damageOf,
  insertRun,
  readRun,
  readRunSummary,
  removeRun,
  storeState,
  storeTraining,
} from '../../project/run-store.ts';
import { answered } from './answered.ts';
import { changeTraining, hasEnded, makesTrain, unknownRun, whyNot } from './command-rules.ts';
import { noCrash } from './crash-record.ts';
import { type LiveRun, onlyLost } from './live-run.ts';
import type { Residency } from './residency.ts';
import type { RunRecorder } from './run-recorder.ts';
import { createShapesRun } from './shapes-run.ts';
import type { InTurn } from './turns.ts';

export interface RunCommandsOptions {
  keeper: Keeper;
  engine: EngineDoor;
  residency: Residency;
  recorder: RunRecorder<LiveRun>;
  tell: Pick<LabEvents, 'runChanged'>;
  inTurn: InTurn;
}

export interface RunCommands {
  create(experiment: ExperimentDocument): Promise<Result<RunSummary>>;
  control(runId: string, command: RunCommand): Promise<Result<RunSummary>>;
}

export function createRunCommands(options: RunCommandsOptions): RunCommands {
  const { keeper, engine, residency, recorder, tell, inTurn } = options;

  async function create(experiment: ExperimentDocument): Promise<Result<RunSummary>> {
    return experiment.dataset.task === 'shapes'
      ? createShapesRun({ keeper, engine, tell }, experiment as ShapesExperiment)
      : createTrainingRun(experiment as SequenceExperiment);
  }

  async function createTrainingRun(experiment: SequenceExperiment): Promise<Result<RunSummary>> {
    const made = keeper.write((database) => insertRun(database, experiment));
    if (!made.ok) return made;
    const runId = made.value;
    let opened: Result<LiveRun> | null = null;
    try {
      opened = await inTurn(runId, () => residency.open(runId));
      return opened.ok ? success(opened.value.summary, opened.warnings) : opened;
    } finally {
      // A run that the engine refuses, or dies of, is removed; no window has seen it yet.
      if (!opened?.ok) keeper.write((database) => removeRun(database, runId));
    }
  }

  async function control(runId: string, command: RunCommand): Promise<Result<RunSummary>> {
    const stored = readRunSummary(keeper.database(), runId);
    if (!stored) return failure(unknownRun(runId));
    const damage = damageOf(stored);
    if (damage) return failure(damage);
    const unwritten = keeper.whyNotWritten();
    if (unwritten && (makesTrain(command) || command.kind === 'change')) return failure(unwritten);
    if (command.kind === 'change') return changeSettings(runId, command);
    const refused = whyNot(residency.live(runId)?.summary ?? stored, command);
    if (refused) return failure(refused);
    if (!makesTrain(command) && !residency.inEngine(runId)) return controlInFile(stored, command);
    const opened = await residency.open(runId);
    if (!opened.ok) return opened;
    const run = opened.value;
    if (makesTrain(command)) run.crashes = noCrash;
    // If the engine is lost, recovery gives the next one the run's wish, if it has one.
    await residency.send(run, command).catch(onlyLost);
    return success(run.summary);
  }

  /** Pauses or stops a run that the engine does not have. */
  function controlInFile(stored: RunSummary, command: RunCommand): Result<RunSummary> {
    if (command.kind !== 'stop' || hasEnded(stored)) return success(stored);
    const stopped = keeper.write((database) => {
      storeState(database, stored.id, { status: 'stopped' }, stored.progress);
      return readRunSummary(database, stored.id)!;
    });
    if (stopped.ok) tell.runChanged(stopped.value);
    return stopped;
  }

  async function changeSettings(
    runId: string,
    command: Extract<RunCommand, { kind: 'change' }>,
  ): Promise<Result<RunSummary>> {
    const stored = readRun(keeper.database(), runId)!;
    const training = changeTraining(stored.experiment.training, command.settings);
    if (!training.ok) return training;
    const run = residency.inEngine(runId);
    let place: RunPlace | null = null;
    if (run) {
      place = await residency.send(run, command);
      run.experiment = { ...run.experiment, training: training.value };
      const settings = { ...run.summary.settings, ...flatSettings(training.value, 'training') };
      run.summary = { ...run.summary, epochs: training.value.epochs, settings };
    }
    const changed = keeper.write((database) => {
      storeTraining(database, runId, training.value);
      if (place) storeSettings(database, runId, place, command.settings);
    });
    if (!changed.ok) return changed;
    if (run) recorder.commit(run);
    const now = run?.summary ?? readRunSummary(keeper.database(), runId)!;
    tell.runChanged(now);
    return success(now);
  }

  return {
    create: (experiment) => answered(() => create(experiment)),
    control: (runId, command) => answered(() => inTurn(runId, () => control(runId, command))),
  };
}
