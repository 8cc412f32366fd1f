/**
 * The runs of one open project: what the engine reports of them goes into the project file and on to the windows,
 * what the user asks of them goes to the engine. Rows are committed with their checkpoint and state, and at least
 * twice a second; between two commits they can already be read.
 */
import type {
  EngineApi,
  EngineEvents,
  EpochRow,
  RunCheckpoint,
  RunCommand,
  RunState,
} from '../../engine/api.ts';
import { checkTraining } from '../../engine/data/check-training.ts';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import type {
  ExperimentDocument,
  SequenceExperiment,
  ShapesExperiment,
  TrainingSpec,
} from '../../engine/model/experiment.ts';
import type { LabEvents, LabRunCommand, RunSummary, RunView } from '../api.ts';
import { EngineLost } from '../engine/supervisor.ts';
import { readLastCheckpoint, storeCheckpoint } from '../project/checkpoint-store.ts';
import { inTransaction } from '../project/migrations.ts';
import { type ProjectFile, readProblem } from '../project/project-file.ts';
import {
  appendEpochs,
  cutEpochsAfter,
  insertRun,
  readEpochs,
  readRun,
  storeInitialWeights,
  storeShapes,
  storeState,
  storeTraining,
} from '../project/run-store.ts';

const commitEveryMs = 500;
/** A run that dies so often without getting past the same checkpoint is not started again by itself. */
const mostCrashesAtOnePlace = 2;

/** A run that the engine has open. */
interface LiveRun {
  runId: string;
  summary: RunSummary;
  experiment: SequenceExperiment;
  /** Rows that are not committed yet. */
  rows: EpochRow[];
  /** What to do again if the engine dies. */
  lastCommand: RunCommand;
  inEngine: boolean;
  /** The disk refused a commit; its rows wait in memory. */
  unsaved: boolean;
  crashes: { epoch: number; count: number };
}

export interface LiveRuns {
  create(experiment: ExperimentDocument): Promise<Result<RunSummary>>;
  control(runId: string, command: LabRunCommand): Promise<Result<RunSummary>>;
  get(runId: string): Result<RunView>;
  epochs(runId: string, since: number, limit: number): Result<EpochRow[]>;
  /** Makes the newest checkpoint of an open run the one in the file. */
  saveNow(runId: string): Promise<void>;
  /** The project's part of the engine's events; runId is without the project's prefix. */
  events: EngineEvents;
  engineDied(reason: string): void;
  /** Pauses what runs, at a checkpoint, and lets the engine forget it. */
  close(): Promise<void>;
}

export interface LiveRunsOptions {
  file: ProjectFile;
  /** With the project's prefix put before run ids. */
  engine: EngineApi;
  tell: Pick<LabEvents, 'runChanged' | 'epochsArrived'>;
}

export function createLiveRuns({ file, engine, tell }: LiveRunsOptions): LiveRuns {
  const { database } = file;
  const live = new Map<string, LiveRun>();
  let commitTimer: NodeJS.Timeout | null = null;

  /** Writes everything that is known and not in the file yet. */
  function commit(run: LiveRun, checkpoint: RunCheckpoint | null = null): void {
    inTransaction(database, () => {
      appendEpochs(database, run.runId, run.rows);
      if (checkpoint) storeCheckpoint(database, run.runId, run.experiment, checkpoint, run.summary.lastLoss);
      storeState(database, run.runId, run.summary.state, run.summary.progress);
    });
    run.rows = [];
    run.unsaved = false;
  }

  /** For what arrives by itself: a disk that refuses pauses the run and says so; its rows stay to be tried again. */
  function commitOrPause(run: LiveRun, checkpoint: RunCheckpoint | null = null): void {
    try {
      commit(run, checkpoint);
    } catch (error) {
      if (!('errcode' in (error as object))) throw error;
      const known = run.unsaved;
      run.unsaved = true;
      change(run, { state: { status: 'interrupted', reason: readProblem(file.path, error).message } });
      // An engine that is gone trains no more.
      if (!known && run.inEngine) engine.controlRun(run.runId, { kind: 'pause' }).catch(() => {});
    }
  }

  function commitSoon(): void {
    commitTimer ??= setTimeout(() => {
      commitTimer = null;
      for (const run of live.values()) if (run.rows.length > 0) commitOrPause(run);
    }, commitEveryMs);
  }

  function change(run: LiveRun, patch: Partial<RunSummary>): void {
    run.summary = { ...run.summary, ...patch };
    tell.runChanged(run.summary);
  }

  const events: EngineEvents = {
    epochs({ runId, rows }) {
      const run = live.get(runId);
      if (!run || rows.length === 0) return;
      for (const row of rows) run.rows.push(row);
      const last = rows.at(-1)!;
      const best = Math.min(run.summary.bestLoss ?? Infinity, ...rows.map((row) => row.loss));
      const right = run.summary.firstRightEpoch ?? rows.find((row) => row.accuracy === 1)?.epoch ?? null;
      run.summary = { ...run.summary, lastLoss: last.loss, bestLoss: best, firstRightEpoch: right };
      commitSoon();
      tell.epochsArrived({ runId, epoch: last.epoch });
    },
    checkpoint({ runId, checkpoint }) {
      const run = live.get(runId);
      if (run) commitOrPause(run, checkpoint);
    },
    state({ runId, state, progress }) {
      const run = live.get(runId);
      if (!run) return;
      const changed = JSON.stringify(state) !== JSON.stringify(run.summary.state);
      run.summary = { ...run.summary, state, progress };
      if (changed) commitOrPause(run);
      tell.runChanged(run.summary);
      if (hasEnded(state) && !run.unsaved) void release(run);
    },
  };

  /** What has ended needs no memory in the engine; it is opened again where its epochs are raised. */
  async function release(run: LiveRun): Promise<void> {
    if (live.get(run.runId) !== run) return;
    live.delete(run.runId);
    if (run.rows.length > 0) commit(run);
    // An engine that died meanwhile has released it in its own way.
    await engine.closeRun(run.runId).catch(() => {});
  }

  async function create(experiment: ExperimentDocument): Promise<Result<RunSummary>> {
    return engineAnswers(() =>
      experiment.dataset.task === 'shapes'
        ? createShapesRun(experiment as ShapesExperiment)
        : createTrainingRun(experiment as SequenceExperiment),
    );
  }

  async function createShapesRun(experiment: ShapesExperiment): Promise<Result<RunSummary>> {
    const shown = await engine.showShapes(experiment);
    if (!shown.ok) return shown;
    const runId = inTransaction(database, () => {
      const id = insertRun(database, experiment);
      const { progress } = readRun(database, id)!.summary;
      storeShapes(database, id, shown.value);
      storeState(database, id, { status: 'finished', reason: 'epochs' }, progress);
      return id;
    });
    const { summary } = readRun(database, runId)!;
    tell.runChanged(summary);
    return success(summary, shown.warnings);
  }

  async function createTrainingRun(experiment: SequenceExperiment): Promise<Result<RunSummary>> {
    const runId = inTransaction(database, () => insertRun(database, experiment));
    let opened: Result<LiveRun> | null = null;
    try {
      opened = await open(runId);
      return opened.ok ? success(opened.value.summary, opened.warnings) : opened;
    } finally {
      // Nothing has been seen of it yet; what the engine refuses, or dies of, makes no run.
      if (!opened?.ok) database.prepare('DELETE FROM run WHERE id = ?').run(Number(runId));
    }
  }

  /** The run as the engine has it, opened from its newest checkpoint where it is not open. */
  async function open(runId: string): Promise<Result<LiveRun>> {
    const known = live.get(runId);
    if (known?.inEngine) return success(known);
    const stored = readRun(database, runId);
    if (!stored) return failure(unknownRun(runId));
    const experiment = stored.experiment as SequenceExperiment;
    const checkpoint = readLastCheckpoint(database, runId);
    const opened = await engine.openRun({ runId, experiment, checkpoint: checkpoint?.state ?? null });
    if (!opened.ok) return opened;
    const progress = { ...stored.summary.progress, epoch: opened.value.epoch };
    inTransaction(database, () => {
      cutEpochsAfter(database, runId, opened.value.epoch);
      if (!checkpoint) storeInitialWeights(database, runId, experiment, opened.value.initialWeights);
      storeState(database, runId, { status: 'paused' }, progress);
    });
    const run: LiveRun = {
      runId,
      summary: readRun(database, runId)!.summary,
      experiment,
      rows: [],
      lastCommand: { kind: 'pause' },
      inEngine: true,
      unsaved: false,
      crashes: known?.crashes ?? { epoch: -1, count: 0 },
    };
    live.set(runId, run);
    tell.runChanged(run.summary);
    return success(run, opened.warnings);
  }

  function control(runId: string, command: LabRunCommand): Promise<Result<RunSummary>> {
    return engineAnswers(() => controlOpen(runId, command));
  }

  async function controlOpen(runId: string, command: LabRunCommand): Promise<Result<RunSummary>> {
    const stored = readRun(database, runId);
    if (!stored) return failure(unknownRun(runId));
    if (command.kind === 'change') return changeSettings(runId, stored.experiment, command.settings);
    const state = live.get(runId)?.summary.state ?? stored.summary.state;
    const refused = whyNot(stored.summary, state, command);
    if (refused) return failure(refused);
    const idle = state.status !== 'running' && !live.has(runId);
    if (idle && (command.kind === 'pause' || command.kind === 'stop')) return success(stored.summary);

    const opened = await open(runId);
    if (!opened.ok) return opened;
    const run = opened.value;
    run.lastCommand = command;
    // Where the disk still refuses, the run must not go on into memory alone.
    if (run.unsaved) commitOrPause(run);
    if (run.unsaved) return success(run.summary);
    await engine.controlRun(runId, command);
    return success(run.summary);
  }

  async function changeSettings(
    runId: string,
    experiment: ExperimentDocument,
    settings: Extract<LabRunCommand, { kind: 'change' }>['settings'],
  ): Promise<Result<RunSummary>> {
    const { lr, ...others } = settings;
    const before = experiment.training;
    const training: TrainingSpec = {
      ...before,
      ...others,
      optimizer: lr === undefined ? before.optimizer : { ...before.optimizer, lr },
    };
    const problems = checkTraining(training);
    if (problems.length > 0) return failure(...problems);
    inTransaction(database, () => storeTraining(database, runId, training));
    const run = live.get(runId);
    if (!run) return success(readRun(database, runId)!.summary);
    run.experiment = { ...run.experiment, training };
    if (run.inEngine) await engine.controlRun(runId, { kind: 'change', settings });
    change(run, { epochs: training.epochs });
    return success(run.summary);
  }

  function epochs(runId: string, since: number, limit: number): Result<EpochRow[]> {
    if (!readRun(database, runId)) return failure(unknownRun(runId));
    const stored = readEpochs(database, runId, since, limit);
    const last = stored.at(-1)?.epoch ?? since;
    const pending = stored.length < limit ? (live.get(runId)?.rows ?? []) : [];
    return success(stored.concat(pending.filter((row) => row.epoch > last)).slice(0, limit));
  }

  async function saveNow(runId: string): Promise<void> {
    const run = live.get(runId);
    if (run?.inEngine) commit(run, await engine.getCheckpoint(runId));
  }

  function engineDied(reason: string): void {
    for (const run of live.values()) {
      if (!run.inEngine) continue;
      run.inEngine = false;
      run.rows = [];
      const wasRunning = run.summary.state.status === 'running';
      const epoch = readLastCheckpoint(database, run.runId)?.epoch ?? 0;
      inTransaction(database, () => {
        cutEpochsAfter(database, run.runId, epoch);
        const state: RunState = wasRunning ? { status: 'interrupted', reason } : run.summary.state;
        storeState(database, run.runId, state, { ...run.summary.progress, epoch, batch: 0 });
      });
      change(run, readRun(database, run.runId)!.summary);
      if (wasRunning) void resumeAfterCrash(run, epoch);
      else live.delete(run.runId);
    }
  }

  /** A crash costs no click; a run that kills the engine again and again at one place waits for one. */
  async function resumeAfterCrash(run: LiveRun, epoch: number): Promise<void> {
    const again = run.crashes.epoch === epoch;
    run.crashes = { epoch, count: again ? run.crashes.count + 1 : 1 };
    if (run.crashes.count > mostCrashesAtOnePlace) {
      live.delete(run.runId);
      return;
    }
    const { lastCommand } = run;
    try {
      // Its crashes go on being counted, whatever engineDied made of it meanwhile.
      live.set(run.runId, run);
      const opened = await open(run.runId);
      if (!opened.ok) return;
      opened.value.lastCommand = lastCommand;
      await engine.controlRun(run.runId, lastCommand);
    } catch (error) {
      if (!(error instanceof EngineLost)) throw error;
      const { summary } = readRun(database, run.runId)!;
      const state: RunState = { status: 'interrupted', reason: error.message };
      inTransaction(database, () => storeState(database, run.runId, state, summary.progress));
      run.inEngine = false;
      change(run, { ...summary, state });
      await resumeAfterCrash(run, epoch);
    }
  }

  async function close(): Promise<void> {
    if (commitTimer) clearTimeout(commitTimer);
    for (const run of live.values()) {
      if (!run.inEngine) continue;
      if (run.summary.state.status === 'running') {
        await engine.controlRun(run.runId, { kind: 'pause' });
        await saveNow(run.runId);
      }
      await engine.closeRun(run.runId);
      if (run.rows.length > 0) commit(run);
    }
    live.clear();
  }

  return {
    create,
    control,
    get(runId) {
      const stored = readRun(database, runId);
      if (!stored) return failure(unknownRun(runId));
      return success({ summary: live.get(runId)?.summary ?? stored.summary, experiment: stored.experiment });
    },
    epochs,
    saveNow,
    events,
    engineDied,
    close,
  };
}

function hasEnded({ status }: RunState): boolean {
  return status === 'finished' || status === 'stopped' || status === 'diverged';
}

/** An engine that dies at work is no defect of the call: it comes back as a problem. */
async function engineAnswers<T>(ask: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    return failure(problem('engine-lost', '', `${error.message}; try again`, { reason: error.message }));
  }
}

function unknownRun(runId: string) {
  return problem('run-missing', '', `run ${runId}: this project has no such run`, { runId });
}

/** Why a run that has ended does not go on; null where it does. */
function whyNot(summary: RunSummary, state: RunState, command: LabRunCommand) {
  const goesOn = command.kind === 'run' || command.kind === 'step-epoch' || command.kind === 'step-batch';
  if (!goesOn) return null;
  const { number, progress, epochs } = summary;
  if (summary.shapes) {
    return problem('run-has-no-epochs', '', `run ${number} shows shapes; it has no epochs`, { number });
  }
  if (state.status === 'diverged') {
    const message = `run ${number} has diverged (${state.problem.message}); change a setting and start a new run`;
    return problem('run-diverged', '', message, { number, reason: state.problem.message });
  }
  if (progress.epoch >= epochs) {
    const message = `run ${number} has done its ${epochs} epochs; raise the number or start a new run`;
    return problem('run-finished', '', message, { number, epochs });
  }
  return null;
}
