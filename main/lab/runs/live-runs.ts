/**
 * The runs of one open project. commands.ts passes the user's commands to the engine, run-recorder.ts records what the
 * engine reports, residency.ts decides which runs the engine has, and recovery.ts handles its death. Commands of one
 * run are executed one after another.
 *
 * Terms:
 * - A run is **live** while the lab has it in memory: the engine has it, or is to have it again. Other runs are in the
 * file alone.
 * - **open**: the engine makes a run ready at its newest checkpoint. **close**: the engine frees it.
 * - **drop**: the lab removes it from memory. The file keeps its record.
 * - **rest**: not to train, whether paused, stopped, ended or interrupted.
 * - **commit**: what was reported of a run is written to the file. **discard**: it is given up.
 * - **roll back**: a run's record returns to its last checkpoint. **resume**: a run that trained when its engine died
 * is opened in the next one and given its last command again. **give up**: it stays interrupted.
 * - A run's **wish** is the command by which it trains; resuming repeats it.
 */
import type { EngineEvents, EpochRow, ShapesReport } from '../../../engine/api.ts';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import type { LabApi, LabEvents, RunSummary, RunView } from '../../api.ts';
import type { Curve, RunStanding } from '../../curves-api.ts';
import type { EngineDeath } from '../../engine-process/engine-death.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import { readCurve } from '../../project/curve-store.ts';
import type { Keeper } from '../../project/keeper.ts';
import type { LargeBytes } from '../../project/large-bytes.ts';
import {
  readEarlyStopping,
  readEpochs,
  readRun,
  readRunSummary,
  readShapes,
} from '../../project/run-store.ts';
import { hasEnded, makesTrain, unknownRun } from './command-rules.ts';
import { createRunCommands, type RunCommands } from './commands.ts';
import { type LiveRun, onlyLost } from './live-run.ts';
import { createRecovery } from './recovery.ts';
import { createResidency, type Residency } from './residency.ts';
import { createRunRecorder, type RunRecorder } from './run-recorder.ts';
import { createStandings } from './standing.ts';
import { createTurns } from './turns.ts';

export interface LiveRuns extends RunCommands {
  /** The run's current summary, including what is not in the file yet. */
  summary(stored: RunSummary): RunSummary;
  /** Whether the engine has the run, ready at its current state. */
  isInEngine(runId: string): boolean;
  /** Takes over a run's name, notes and parent after they changed in the file. */
  renamed(stored: RunSummary): void;
  get(runId: string): Result<RunView>;
  shapes(runId: string): Result<ShapesReport>;
  epochs(runId: string, since: number, limit: number): Result<EpochRow[]>;
  curves(asked: Parameters<LabApi['getCurves']>[0]): Result<Curve[]>;
  standing(runId: string): Result<RunStanding | null>;
  /**
   * Saves the run's current state as the newest checkpoint in the file. Does nothing if the engine does not have the
   * run or the file accepts no changes.
   */
  saveNow(runId: string): Promise<void>;
  /** Stops the run and closes it. */
  stop(runId: string): Promise<void>;
  running(): RunSummary[];
  /** The project's part of the engine's events; runId is without the project's prefix. */
  events: EngineEvents;
  engineDied(death: EngineDeath): void;
  /** Commits what has waited, once the file accepts changes again. */
  commitAll(): void;
  /** Closes all runs; those that train come to rest at a checkpoint first. */
  closeAll(how: 'pause' | 'stop'): Promise<void>;
}

export interface LiveRunsOptions {
  keeper: Keeper;
  /** One per project, so that bytes still being written anywhere do not count as waste. */
  largeBytes: LargeBytes;
  /** The project's share of the engine, which puts its prefix before run ids. */
  engine: EngineDoor;
  tell: Pick<LabEvents, 'runChanged' | 'epochsArrived'>;
  /** A run has stopped training. */
  onRest(): void;
}

export function createLiveRuns({ keeper, largeBytes, engine, tell, onRest }: LiveRunsOptions): LiveRuns {
  const inTurn = createTurns();
  const recorder: RunRecorder<LiveRun> = createRunRecorder<LiveRun>({
    keeper,
    largeBytes,
    tell,
    // A run that cannot be saved must not go on in memory alone.
    onRefused(run) {
      if (run.wish) void residency.send(run, { kind: 'pause' }).catch(onlyLost);
    },
    onCommitted(run) {
      if (hasEnded(run.summary)) void inTurn(run.runId, () => residency.closeEnded(run));
    },
  });
  const residency: Residency = createResidency({ keeper, engine, largeBytes, recorder, tell });
  const recovery = createRecovery({ keeper, residency, recorder, tell, inTurn });
  const commands = createRunCommands({ keeper, engine, residency, recorder, tell, inTurn });

  const standings = createStandings();
  const summary = (stored: RunSummary) => residency.live(stored.id)?.summary ?? stored;
  const unsavedRows = (runId: string): readonly EpochRow[] => residency.live(runId)?.unsaved.rows ?? [];

  return {
    ...commands,
    summary,
    isInEngine: (runId) => residency.inEngine(runId)?.inEngine === 'open',
    renamed({ id, name, notes, parent }) {
      const run = residency.live(id);
      if (run) run.summary = { ...run.summary, name, notes, parent };
    },
    get(runId) {
      const stored = readRun(keeper.database(), runId);
      if (!stored) return failure(unknownRun(runId));
      return success({ summary: summary(stored.summary), experiment: stored.experiment });
    },
    shapes(runId) {
      const stored = readRunSummary(keeper.database(), runId);
      if (!stored) return failure(unknownRun(runId));
      const report = readShapes(keeper.database(), runId);
      return report ? success(report) : failure(showsNoShapes(stored));
    },
    epochs(runId, since, limit) {
      if (!readRunSummary(keeper.database(), runId)) return failure(unknownRun(runId));
      const stored = readEpochs(keeper.database(), runId, since, limit);
      const last = stored.at(-1)?.epoch ?? since;
      const waiting = stored.length < limit ? unsavedRows(runId) : [];
      return success(stored.concat(waiting.filter((row) => row.epoch > last)).slice(0, limit));
    },
    curves({ runId, metrics, from, to, points }) {
      const database = keeper.database();
      if (!readRunSummary(database, runId)) return failure(unknownRun(runId));
      return success(
        metrics.map((metric) => ({
          metric,
          points: readCurve(database, runId, metric, from, to, points, unsavedRows(runId)),
        })),
      );
    },
    standing(runId) {
      const database = keeper.database();
      const stored = readRunSummary(database, runId);
      if (!stored) return failure(unknownRun(runId));
      const rule = readEarlyStopping(database, runId);
      return success(standings.read(database, runId, unsavedRows(runId), rule));
    },
    async saveNow(runId) {
      const run = residency.inEngine(runId);
      if (run?.inEngine !== 'open' || keeper.whyNotWritten()) return;
      const checkpoint = await engine.getCheckpoint(runId).catch(onlyLost);
      if (!checkpoint || residency.inEngine(runId) !== run) return;
      recorder.takeCheckpoint(run, checkpoint);
      await recorder.written(run);
    },
    stop: (runId) =>
      inTurn(runId, async () => {
        const run = residency.live(runId);
        if (run) await residency.closeAtRest(run, 'stop');
      }),
    running: () =>
      residency
        .allLive()
        .filter(({ wish }) => wish !== null)
        .map((run) => run.summary),
    events: recordEvents(residency, recorder, onRest),
    engineDied(death) {
      recovery.engineDied(death);
      onRest();
    },
    commitAll() {
      for (const run of residency.allLive()) recorder.commit(run);
    },
    async closeAll(how) {
      const closing = residency
        .allLive()
        .map((run) => inTurn(run.runId, () => residency.closeAtRest(run, how)));
      await Promise.all(closing);
      await recorder.close();
    },
  };
}

function showsNoShapes({ number }: RunSummary) {
  return problem('run-shows-no-shapes', '', `run ${number} trains; it shows no shapes`, { number });
}

/** Records the engine's reports. Reports on runs that it no longer has are ignored. */
function recordEvents(
  residency: Residency,
  recorder: RunRecorder<LiveRun>,
  onRest: () => void,
): EngineEvents {
  return {
    epochs({ runId, rows }) {
      const run = residency.inEngine(runId);
      if (run) recorder.takeEpochs(run, rows);
    },
    checkpoint({ runId, checkpoint }) {
      const run = residency.inEngine(runId);
      if (run) recorder.takeCheckpoint(run, checkpoint);
    },
    state({ runId, state, progress }) {
      const run = residency.inEngine(runId);
      if (!run) return;
      const trains = state.status === 'running' || state.status === 'queued';
      run.wish = trains && run.command && makesTrain(run.command) ? run.command : null;
      recorder.takeState(run, state, progress);
      if (!trains) onRest();
    },
  };
}
