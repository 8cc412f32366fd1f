/** One project that is open in one or more windows: its file, its draft, its runs. */
import type { DatabaseSync } from 'node:sqlite';
import type { RunMemory } from '../../../engine/api.ts';
import type { Draft } from '../../../engine/data/draft.ts';
import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
import { type Result, success } from '../../../engine/errors.ts';
import type {
  CopySaved,
  LabEvents,
  ProjectView,
  RecentProject,
  RunningAtClose,
  RunSummary,
} from '../../api.ts';
import { logDefect } from '../../defects.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import { isSameDraft, readDraft } from '../../project/draft-store.ts';
import { fileProblem } from '../../project/file-problems.ts';
import { readHistory } from '../../project/history.ts';
import { showInterrupted } from '../../project/interrupted-runs.ts';
import { closedProblem, type Keeper, keepProject } from '../../project/keeper.ts';
import { createLargeBytes } from '../../project/large-bytes.ts';
import type { ProjectFile } from '../../project/project-file.ts';
import { readRuns } from '../../project/run-store.ts';
import { createTimeMachine, type TimeMachine } from '../inspecting/time-machine.ts';
import { createLiveRuns, type LiveRuns } from '../runs/live-runs.ts';
import type { InTurn } from '../runs/turns.ts';
import { createProjectChanges, type DraftHolder, type ProjectChanges } from './project-changes.ts';
import { createProjectExports, type ProjectExports } from './project-exports.ts';
import { createProjectWindows } from './project-windows.ts';
import { summariseForStart } from './recent-summary.ts';
import { trackWork } from './work-under-way.ts';

export interface OpenProject extends Omit<ProjectChanges, 'tellRun'>, ProjectExports {
  /** Where the user keeps it. */
  path(): string;
  readonly keeper: Keeper;
  readonly runs: LiveRuns;
  /** The windows that show it. */
  readonly windows: Set<LabEvents>;
  /** Runs work that needs the file; the file stays open until it is done. Fails if the project is closing already. */
  use<T>(work: () => Promise<Result<T>>): Promise<Result<T>>;
  draft(): Draft;
  view(): ProjectView;
  planRun(): Promise<Result<RunMemory>>;
  /** Its runs as they were after any epoch. */
  readonly past: TimeMachine;
  saveCopy(path: string, overwrite: boolean): Promise<Result<CopySaved>>;
  /** Takes the file from a process that may or may not be alive; we cannot tell. */
  takeOver(): Result<ProjectView>;
  /** The project's entry on the start screen. */
  recent(): RecentProject;
  /**
   * Closes the project. `onRest` is told its start screen entry when its runs have come to rest, before the file
   * closes.
   */
  close(how: Exclude<RunningAtClose, 'background'>, onRest: (recent: RecentProject) => void): Promise<void>;
}

export interface OpenProjectOptions {
  file: ProjectFile;
  engine: EngineDoor;
  /** The engine that replays past epochs, one look at a time. */
  looking: EngineDoor;
  inTurn: InTurn;
  /** Folder for its copy if the file is lost. */
  rescueFolder: string;
  /** A run has stopped training. */
  onRest(): void;
  /** A run's status changed: it trains, rests, has ended or was removed. */
  onRunStatus(): void;
  /** The project's place or access may have changed. */
  onMoved(): void;
}

export function openProject(options: OpenProjectOptions): OpenProject {
  const { file, engine, looking, inTurn } = options;
  const windows = createProjectWindows(readRuns(file.database), options.onRunStatus);
  const draft: DraftHolder = { current: file.draft };
  const keeper = keepProject({
    file,
    rescueFolder: options.rescueFolder,
    onChange(status) {
      windows.projectChanged(status);
      options.onMoved();
    },
    draft: () => draft.current,
    isAsWritten: (database) => holdsWhatWasTold(database, draft.current, windows.told()),
    onRelease: () => runs.commitAll(),
    onRunsGone: forgetRuns,
    onReopen() {
      draft.current = file.draft;
    },
  });
  const largeBytes = createLargeBytes(keeper);
  const runs = createLiveRuns({ keeper, largeBytes, engine, tell: windows, onRest: options.onRest });
  const past = createTimeMachine({ keeper, largeBytes, runs, engine, looking, inTurn });
  const changes = createProjectChanges({ draft, keeper, largeBytes, runs, windows, past, looking, engine });
  const work = trackWork(() => closedProblem(file.path));

  /** Closes all runs in the engine, and tells windows which of them are no longer in the file. */
  function forgetRuns(): void {
    const before = runs.running();
    const gone = runs.closeAll('pause').then(() => {
      for (const { id } of before) changes.tellRun(id);
    });
    // The file is closed or damaged by now; a window that asks for it is told.
    gone.catch(logDefect);
  }

  const currentRuns = () => {
    const stored = readRuns(keeper.database()).map(runs.summary);
    const { access } = keeper.status();
    return access.kind === 'read-only' ? showInterrupted(stored, access.problem) : stored;
  };

  const view = (): ProjectView => ({
    ...keeper.status(),
    draft: draft.current,
    history: readHistory(keeper.database()),
    runs: currentRuns(),
    warnings: file.warnings,
  });

  const recent = () => summariseForStart(keeper, draft.current, orNone(file.path, currentRuns));
  const { edit, changeRun, undo, redo, newRun, branchRun, createKin } = changes;
  return {
    path: () => file.path,
    keeper,
    runs,
    windows: windows.all,
    use: work.use,
    draft: () => draft.current,
    view,
    ...{ edit, changeRun, undo, redo, newRun, branchRun, createKin },
    async planRun() {
      const experiment = draftToExperiment(draft.current);
      return experiment.ok ? engine.planRun(experiment.value) : experiment;
    },
    past,
    ...createProjectExports({ file, runs, past }),
    async saveCopy(path, overwrite) {
      for (const run of runs.running()) await runs.saveNow(run.id);
      return keeper.saveCopy(path, overwrite);
    },
    takeOver() {
      const taken = keeper.takeOver();
      return taken.ok ? success(view()) : taken;
    },
    recent,
    async close(how, onRest) {
      work.close();
      try {
        await runs.closeAll(how);
        await work.settled();
        // A call that was still under way may have begun another run.
        await runs.closeAll(how);
        onRest(recent());
        past.close();
      } finally {
        keeper.close();
      }
    },
  };
}

/** The runs, or none if the file is damaged; that damage is reported where it matters. */
function orNone(path: string, read: () => RunSummary[]): RunSummary[] {
  try {
    return read();
  } catch (error) {
    fileProblem(path, error);
    return [];
  }
}

/** Whether the file holds the draft and every run at least as far as windows were told it came to rest. */
function holdsWhatWasTold(database: DatabaseSync, draft: Draft, told: Iterable<RunSummary>): boolean {
  try {
    if (!isSameDraft(readDraft(database), draft)) return false;
    const stored = new Map(readRuns(database).map((run) => [run.id, run]));
    return [...told].every(({ id, state, progress }) => {
      const run = stored.get(id);
      return run && (state.status === 'running' || run.progress.epoch >= progress.epoch);
    });
  } catch (error) {
    fileProblem('', error);
    return false;
  }
}
