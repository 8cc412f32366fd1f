/**
 * Decides which runs of a project the engine has: runs are opened from the file, and closed once they rest and are
 * saved in it.
 */
import type { RunCommand, RunPlace } from '../../../engine/api.ts';
import {
  type Failure,
  failure,
  type Problem,
  problem,
  type Result,
  success,
} from '../../../engine/errors.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { LabEvents } from '../../api.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import { EngineLost } from '../../engine-process/supervisor.ts';
import { readLastCheckpoint } from '../../project/checkpoint-store.ts';
import type { Keeper } from '../../project/keeper.ts';
import type { LargeBytes } from '../../project/large-bytes.ts';
import { settingsBeginAt } from '../../project/past-store.ts';
import {
  cutEpochsAfter,
  readRun,
  readRunSummary,
  storeInitialWeights,
  storeState,
} from '../../project/run-store.ts';
import { hasEnded, makesTrain, unknownRun } from './command-rules.ts';
import { type LiveRun, newLiveRun, onlyLost } from './live-run.ts';
import type { RunRecorder } from './run-recorder.ts';

export interface Residency {
  /** The run in memory; undefined if only the file has it. */
  live(runId: string): LiveRun | undefined;
  allLive(): LiveRun[];
  /** The run if the engine has it or is opening it; else null. */
  inEngine(runId: string): LiveRun | null;
  /** Makes sure that the engine has the run, opening it from its newest checkpoint if needed. */
  open(runId: string): Promise<Result<LiveRun>>;
  /**
   * Sends the engine a command for a run that it has, and returns the place where it takes effect. Does nothing and
   * returns null for other runs.
   */
  send(run: LiveRun, command: RunCommand): Promise<RunPlace | null>;
  /**
   * Closes a run that has ended, so that it takes no memory in the engine. It is opened again if its epochs are raised.
   */
  closeEnded(run: LiveRun): Promise<void>;
  /** Brings a run to rest at a checkpoint that is in the file, closes it and drops it. */
  closeAtRest(run: LiveRun, how: 'pause' | 'stop'): Promise<void>;
  /** Removes a run from memory; it waits in the file for the user's next command. */
  drop(run: LiveRun): void;
}

export interface ResidencyOptions {
  keeper: Keeper;
  engine: EngineDoor;
  largeBytes: LargeBytes;
  recorder: RunRecorder<LiveRun>;
  tell: Pick<LabEvents, 'runChanged'>;
}

export function createResidency(options: ResidencyOptions): Residency {
  const { keeper, engine, recorder, tell } = options;
  const live = new Map<string, LiveRun>();

  function inEngine(runId: string): LiveRun | null {
    const run = live.get(runId);
    return run && run.inEngine !== 'no' ? run : null;
  }

  async function open(runId: string): Promise<Result<LiveRun>> {
    const known = inEngine(runId);
    if (known) return success(known);
    const stored = readRun(keeper.database(), runId);
    if (!stored) return failure(unknownRun(runId));
    const before = live.get(runId) ?? newLiveRun(runId, stored);
    const run: LiveRun = Object.assign(before, {
      summary: stored.summary,
      experiment: stored.experiment as SequenceExperiment,
      frozenTraining: stored.frozenTraining,
      inEngine: 'opening' as const,
    });
    live.set(runId, run);
    try {
      const opened = await openFromFile(run, options);
      if (!opened.ok) return opened;
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

  async function send(run: LiveRun, command: RunCommand): Promise<RunPlace | null> {
    if (run.inEngine === 'no') return null;
    if (command.kind !== 'change') {
      run.command = command;
      run.wish = makesTrain(command) ? command : null;
    }
    return await engine.controlRun(run.runId, command);
  }

  function drop(run: LiveRun): void {
    run.wish = null;
    live.delete(run.runId);
  }

  return {
    live: (runId) => live.get(runId),
    allLive: () => [...live.values()],
    inEngine,
    open,
    send,
    drop,
    async closeEnded(run) {
      if (live.get(run.runId) !== run || !hasEnded(run.summary)) return;
      live.delete(run.runId);
      await engine.closeRun(run.runId).catch(onlyLost);
    },
    async closeAtRest(run, how) {
      if (live.get(run.runId) !== run) return;
      try {
        if (run.inEngine === 'open') {
          if (run.wish) await send(run, { kind: how });
          // Closing first reports what has not been reported yet: rows, the checkpoint of the pause, the state.
          await engine.closeRun(run.runId);
          run.inEngine = 'no';
        }
      } catch (error) {
        onlyLost(error);
      }
      recorder.commit(run);
      await recorder.written(run);
      drop(run);
    },
  };
}

/** Opens a run in the engine at its newest checkpoint, and records it as paused there. */
async function openFromFile(
  run: LiveRun,
  { keeper, engine, largeBytes }: ResidencyOptions,
): Promise<Result<null>> {
  const { runId } = run;
  const checkpoint = readLastCheckpoint(keeper.database(), runId);
  const opened = await engine.openRun({
    runId,
    experiment: run.experiment,
    checkpoint: checkpoint && (await largeBytes.read(checkpoint.state)),
    trainedMs: checkpoint?.trainedMs ?? 0,
  });
  if (!opened.ok) return opened;
  const { epoch, batch, initialWeights } = opened.value;
  const given = initialWeights && (await largeBytes.write(initialWeights, () => run.inEngine === 'opening'));
  // The engine died after its answer, and recovery has handled the run; the bytes written for it are waste.
  if (run.inEngine !== 'opening') {
    if (given?.ok && given.value !== null) largeBytes.done(given.value);
    throw new EngineLost(engineEnded());
  }
  if (given && !given.ok) return closeRefused(engine, runId, given);
  const standing = keeper.write((database) => {
    cutEpochsAfter(database, runId, epoch);
    settingsBeginAt(database, runId, { epoch, batch }, run.frozenTraining, run.experiment.training);
    if (given?.value) storeInitialWeights(database, runId, given.value);
    storeState(database, runId, { status: 'paused' }, { ...run.summary.progress, epoch, batch: 0 });
    return readRunSummary(database, runId)!;
  });
  if (given?.value) largeBytes.done(given.value);
  if (!standing.ok) return closeRefused(engine, runId, standing);
  run.summary = standing.value;
  return success(null, opened.warnings);
}

function engineEnded(): Problem {
  return problem('engine-lost', '', 'the engine that had made the run ready ended', { reason: 'ended' });
}

/** Closes a run again whose opening the file refused to record. */
async function closeRefused(engine: EngineDoor, runId: string, refused: Failure): Promise<Failure> {
  await engine.closeRun(runId);
  return refused;
}
