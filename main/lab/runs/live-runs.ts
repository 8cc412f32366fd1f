/**
 * The runs of one open project: what the user asks of them goes to the engine, what it reports goes to their record,
 * and what becomes of them when an engine dies is decided here. Commands of one run are done one after another.
 */
import type { EngineEvents, EpochRow, RunCommand, RunState } from '../../../engine/api.ts';
import {
  type Failure,
  failure,
  LabError,
  type Problem,
  problem,
  type Result,
  success,
} from '../../../engine/errors.ts';
import type {
  ExperimentDocument,
  SequenceExperiment,
  ShapesExperiment,
} from '../../../engine/model/experiment.ts';
import type { LabEvents, LabRunCommand, RunSummary, RunView } from '../../api.ts';
import { deathProblem, type EngineDeath } from '../../engine-process/engine-death.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import { EngineLost } from '../../engine-process/supervisor.ts';
import { lastCheckpointEpoch, readLastCheckpoint } from '../../project/checkpoint-store.ts';
import type { Keeper } from '../../project/keeper.ts';
import { createLargeBytes } from '../../project/large-bytes.ts';
import {
  cutEpochsAfter,
  damageOf,
  insertRun,
  readEpochs,
  readRun,
  readRunSummary,
  removeRun,
  storeInitialWeights,
  storeState,
  storeTraining,
} from '../../project/run-store.ts';
import { type CrashRecord, crashedAgain, interruption, noCrash } from './crash-record.ts';
import { changeTraining, hasEnded, makesTrain, restOf, unknownRun, whyNot } from './run-commands.ts';
import { createRunRecorder, nothingUnsaved, type RecordedRun } from './run-recorder.ts';
import { createShapesRun } from './shapes-run.ts';
import { createTurns } from './turns.ts';

/** A run that the engine has open, or is to have open. */
interface LiveRun extends RecordedRun {
  inEngine: 'opening' | 'open' | 'no';
  /** What it trains for, to be asked again of the next engine if this one dies; null where it does not train. */
  wish: RunCommand | null;
  /** The last that was asked of it. */
  command: RunCommand | null;
  crashes: CrashRecord;
}

export interface LiveRuns {
  create(experiment: ExperimentDocument): Promise<Result<RunSummary>>;
  control(runId: string, command: LabRunCommand): Promise<Result<RunSummary>>;
  /** As it is now, with what is not in the file yet. */
  summary(stored: RunSummary): RunSummary;
  /** Its name or notes were changed in the file. */
  renamed(stored: RunSummary): void;
  get(runId: string): Result<RunView>;
  epochs(runId: string, since: number, limit: number): Result<EpochRow[]>;
  /** Makes the run as it stands the newest checkpoint in the file. */
  saveNow(runId: string): Promise<void>;
  /** Stops it and lets the engine forget it. */
  dismiss(runId: string): Promise<void>;
  running(): RunSummary[];
  /** The project's part of the engine's events; runId is without the project's prefix. */
  events: EngineEvents;
  engineDied(death: EngineDeath): void;
  /** A file that took nothing takes changes again. */
  commitAll(): void;
  /** Lets the engine forget all, those that train at a checkpoint. */
  close(how: 'pause' | 'stop'): Promise<void>;
}

export interface LiveRunsOptions {
  keeper: Keeper;
  /** With the project's prefix put before run ids. */
  engine: EngineDoor;
  tell: Pick<LabEvents, 'runChanged' | 'epochsArrived'>;
  /** A run trains no longer. */
  onRest(): void;
}

export function createLiveRuns({ keeper, engine, tell, onRest }: LiveRunsOptions): LiveRuns {
  const live = new Map<string, LiveRun>();
  const inTurn = createTurns();
  const largeBytes = createLargeBytes(keeper);
  const recorder = createRunRecorder({
    keeper,
    largeBytes,
    tell,
    // Where nothing can be saved it must not go on into memory alone.
    onRefused(run) {
      if ((run as LiveRun).wish) void ask(run as LiveRun, { kind: 'pause' }).catch(onlyLost);
    },
    onCommitted(run) {
      if (hasEnded(run.summary)) void inTurn(run.runId, () => release(run as LiveRun));
    },
  });

  const openRun = (runId: string) => {
    const run = live.get(runId);
    return run && run.inEngine !== 'no' ? run : null;
  };

  const events: EngineEvents = {
    epochs({ runId, rows }) {
      const run = openRun(runId);
      if (run) recorder.takeEpochs(run, rows);
    },
    checkpoint({ runId, checkpoint }) {
      const run = openRun(runId);
      if (run) recorder.takeCheckpoint(run, checkpoint);
    },
    state({ runId, state, progress }) {
      const run = openRun(runId);
      if (!run) return;
      const trains = state.status === 'running' || state.status === 'queued';
      run.wish = trains && run.command && makesTrain(run.command) ? run.command : null;
      recorder.takeState(run, state, progress);
      if (!trains) onRest();
    },
  };

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
      opened = await inTurn(runId, () => open(runId));
      return opened.ok ? success(opened.value.summary, opened.warnings) : opened;
    } finally {
      // Nothing has been seen of it yet; what the engine refuses, or dies of, makes no run.
      if (!opened?.ok) keeper.write((database) => removeRun(database, runId));
    }
  }

  /** Sees to it that the engine has the run, from its newest checkpoint. */
  async function open(runId: string): Promise<Result<LiveRun>> {
    const known = openRun(runId);
    if (known) return success(known);
    const stored = readRun(keeper.database(), runId);
    if (!stored) return failure(unknownRun(runId));
    const run: LiveRun = Object.assign(live.get(runId) ?? newLiveRun(runId), {
      summary: stored.summary,
      experiment: stored.experiment as SequenceExperiment,
      inEngine: 'opening' as const,
    });
    live.set(runId, run);
    const checkpoint = readLastCheckpoint(keeper.database(), runId);
    let opened: Awaited<ReturnType<EngineDoor['openRun']>> | null = null;
    try {
      opened = await engine.openRun({
        runId,
        experiment: run.experiment,
        checkpoint: checkpoint && (await largeBytes.read(checkpoint.state)),
        trainedMs: checkpoint?.trainedMs ?? 0,
      });
      if (!opened.ok) return opened;
      const { epoch, initialWeights } = opened.value;
      const given = initialWeights && (await largeBytes.write(initialWeights));
      if (given && !given.ok) return await closeAgain(runId, given);
      const standing = keeper.write((database) => {
        cutEpochsAfter(database, runId, epoch);
        if (given?.value) storeInitialWeights(database, runId, given.value);
        storeState(database, runId, { status: 'paused' }, { ...run.summary.progress, epoch, batch: 0 });
        return readRunSummary(database, runId)!;
      });
      if (given?.value) largeBytes.done(given.value);
      if (!standing.ok) return await closeAgain(runId, standing);
      run.summary = standing.value;
      run.inEngine = 'open';
      tell.runChanged(run.summary);
      return success(run, opened.warnings);
    } finally {
      if (run.inEngine === 'opening') {
        run.inEngine = 'no';
        if (run.wish === null) live.delete(runId);
      }
    }
  }

  /** The file does not take what the engine made ready. */
  async function closeAgain(runId: string, refused: Failure): Promise<Failure> {
    await engine.closeRun(runId);
    return refused;
  }

  /** Sends a command to the engine, which has the run open. */
  async function ask(run: LiveRun, command: RunCommand): Promise<void> {
    if (run.inEngine === 'no') return;
    if (command.kind !== 'change') {
      run.command = command;
      run.wish = makesTrain(command) ? command : null;
    }
    await engine.controlRun(run.runId, command);
  }

  function control(runId: string, command: LabRunCommand): Promise<Result<RunSummary>> {
    return inTurn(runId, async () => {
      const stored = readRunSummary(keeper.database(), runId);
      if (!stored) return failure(unknownRun(runId));
      const damage = damageOf(stored);
      if (damage) return failure(damage);
      const unwritten = keeper.whyNotWritten();
      if (unwritten && (makesTrain(command) || command.kind === 'change')) return failure(unwritten);
      if (command.kind === 'change') return changeSettings(runId, command);
      const refused = whyNot(summary(stored), command);
      if (refused) return failure(refused);
      if (!makesTrain(command) && !openRun(runId)) return restAt(stored, command);
      const opened = await open(runId);
      if (!opened.ok) return opened;
      const run = opened.value;
      if (makesTrain(command)) run.crashes = noCrash;
      await ask(run, command).catch((error) => {
        // It is asked again of the next engine, unless it was to rest anyway.
        if (!(error instanceof EngineLost)) throw error;
      });
      return success(run.summary);
    });
  }

  /** The engine does not have it. */
  function restAt(stored: RunSummary, command: RunCommand): Result<RunSummary> {
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
    const run = openRun(runId);
    if (run) {
      await ask(run, command);
      run.experiment = { ...run.experiment, training: training.value };
      run.summary = { ...run.summary, epochs: training.value.epochs };
    }
    const changed = keeper.write((database) => storeTraining(database, runId, training.value));
    if (!changed.ok) return changed;
    if (run) recorder.commit(run);
    const now = run?.summary ?? readRunSummary(keeper.database(), runId)!;
    tell.runChanged(now);
    return success(now);
  }

  function engineDied(death: EngineDeath): void {
    for (const run of live.values()) {
      const was = run.inEngine;
      run.inEngine = 'no';
      recorder.forget(run);
      if (run.wish === null) {
        // One that was only being opened is as it was in the file.
        if (was === 'open') settle(run, restOf(run.summary.state));
        live.delete(run.runId);
        continue;
      }
      const from = lastCheckpointEpoch(keeper.database(), run.runId);
      run.crashes = crashedAgain(run.crashes, from, run.summary.progress);
      settle(run, interruption(run.crashes, run.summary.progress, deathProblem(death)));
      if (run.crashes.isHopeless) forget(run);
      else void inTurn(run.runId, () => resume(run));
    }
    onRest();
  }

  /** Back to the last checkpoint: epochs after it would be counted twice. */
  function settle(run: LiveRun, state: RunState): void {
    const epoch = lastCheckpointEpoch(keeper.database(), run.runId);
    const progress = { ...run.summary.progress, epoch, batch: 0 };
    const stored = keeper.write((database) => {
      cutEpochsAfter(database, run.runId, epoch);
      storeState(database, run.runId, state, progress);
      return readRunSummary(database, run.runId)!;
    });
    // A file that takes nothing keeps `running`, which is an interruption when it is opened again.
    run.summary = stored.ok ? stored.value : { ...run.summary, state, progress };
    tell.runChanged(run.summary);
  }

  /** Waits for the next click. */
  function forget(run: LiveRun): void {
    run.wish = null;
    live.delete(run.runId);
  }

  /** A crash costs no click. If the next engine dies in it, too, `engineDied` has seen to the rest. */
  async function resume(run: LiveRun): Promise<void> {
    const { wish } = run;
    if (live.get(run.runId) !== run || run.inEngine !== 'no' || !wish) return;
    try {
      const opened = await open(run.runId);
      if (opened.ok) return await ask(run, wish);
      giveUp(run, opened.problems[0]!);
    } catch (error) {
      // Its checkpoint is spoilt, or the project was closed meanwhile.
      if (error instanceof LabError) giveUp(run, error.problem);
      else onlyLost(error);
    }
  }

  function giveUp(run: LiveRun, why: Problem): void {
    if (keeper.isOpen()) settle(run, { status: 'interrupted', reason: why.message, problem: why });
    forget(run);
  }

  /** What has ended needs no memory in the engine; it is opened again where its epochs are raised. */
  async function release(run: LiveRun): Promise<void> {
    if (live.get(run.runId) !== run || !hasEnded(run.summary)) return;
    live.delete(run.runId);
    await engine.closeRun(run.runId).catch(onlyLost);
  }

  /** Rests at a checkpoint, in the file; the engine forgets it. */
  async function putAway(run: LiveRun, how: 'pause' | 'stop'): Promise<void> {
    if (live.get(run.runId) !== run) return;
    try {
      if (run.inEngine === 'open') {
        if (run.wish) await ask(run, { kind: how });
        // Tells everything first that it has not told yet: rows, the checkpoint of the pause, the state.
        await engine.closeRun(run.runId);
        run.inEngine = 'no';
      }
    } catch (error) {
      onlyLost(error);
    }
    recorder.commit(run);
    await recorder.settled(run);
    forget(run);
  }

  const summary = (stored: RunSummary) => live.get(stored.id)?.summary ?? stored;

  return {
    create: (experiment) => answered(() => create(experiment)),
    control: (runId, command) => answered(() => control(runId, command)),
    summary,
    renamed({ id, name, notes }) {
      const run = live.get(id);
      if (run) run.summary = { ...run.summary, name, notes };
    },
    get(runId) {
      const stored = readRun(keeper.database(), runId);
      if (!stored) return failure(unknownRun(runId));
      return success({ summary: summary(stored.summary), experiment: stored.experiment });
    },
    epochs(runId, since, limit) {
      if (!readRunSummary(keeper.database(), runId)) return failure(unknownRun(runId));
      const stored = readEpochs(keeper.database(), runId, since, limit);
      const last = stored.at(-1)?.epoch ?? since;
      const waiting = stored.length < limit ? (live.get(runId)?.unsaved.rows ?? []) : [];
      return success(stored.concat(waiting.filter((row) => row.epoch > last)).slice(0, limit));
    },
    async saveNow(runId) {
      const run = openRun(runId);
      if (run?.inEngine !== 'open' || keeper.whyNotWritten()) return;
      const checkpoint = await engine.getCheckpoint(runId).catch(onlyLost);
      if (!checkpoint || openRun(runId) !== run) return;
      recorder.takeCheckpoint(run, checkpoint);
      await recorder.settled(run);
    },
    dismiss: (runId) =>
      inTurn(runId, async () => {
        const run = live.get(runId);
        if (run) await putAway(run, 'stop');
      }),
    running: () => [...live.values()].filter(({ wish }) => wish !== null).map(({ summary: now }) => now),
    events,
    engineDied,
    commitAll() {
      for (const run of live.values()) recorder.commit(run);
    },
    async close(how) {
      await Promise.all([...live.values()].map((run) => inTurn(run.runId, () => putAway(run, how))));
      await recorder.close();
    },
  };
}

function newLiveRun(runId: string): Pick<LiveRun, 'runId' | 'unsaved' | 'wish' | 'command' | 'crashes'> {
  return { runId, unsaved: nothingUnsaved(), wish: null, command: null, crashes: noCrash };
}

/** For work that nobody waits for: an engine that dies in it is seen elsewhere. */
function onlyLost(error: unknown): void {
  if (!(error instanceof EngineLost)) throw error;
}

/** An engine that dies at work is no defect of the call: it comes back as a problem. */
async function answered<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    const { message } = error.problem;
    return failure(
      problem('engine-lost', '', `${message} before it answered; try again`, { reason: message }),
    );
  }
}
