/** One project that is open in one or more windows: its file, its draft, its runs. */
import type { DatabaseSync } from 'node:sqlite';
import type { RunMemory } from '../../../engine/api.ts';
import type { Draft, DraftEdit } from '../../../engine/data/draft.ts';
import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type {
  BranchRequest,
  CopySaved,
  EditLabel,
  EditOutcome,
  ExportPreview,
  ExportRequest,
  ExportWritten,
  LabEvents,
  ProjectView,
  RecentProject,
  RunChange,
  RunningAtClose,
  RunSummary,
} from '../../api.ts';
import { logDefect } from '../../defects.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import { insertBranch, readBranches } from '../../project/branch-store.ts';
import { isSameDraft, readDraft } from '../../project/draft-store.ts';
import { fileProblem } from '../../project/file-problems.ts';
import {
  type Committed,
  commitEdit,
  commitNewRun,
  commitRedo,
  commitUndo,
  nextEdit,
  readHistory,
} from '../../project/history.ts';
import { showInterrupted } from '../../project/interrupted-runs.ts';
import { closedProblem, type Keeper, keepProject } from '../../project/keeper.ts';
import { createLargeBytes } from '../../project/large-bytes.ts';
import type { ProjectFile } from '../../project/project-file.ts';
import type { RunEdit } from '../../project/run-edits.ts';
import { readRunSummary, readRuns } from '../../project/run-store.ts';
import { type ExportedMoment, previewExport, writeExport } from '../files/exports.ts';
import { startBranch } from '../inspecting/branching.ts';
import { createTimeMachine, type LookOptions, type TimeMachine } from '../inspecting/time-machine.ts';
import { createLiveRuns, type LiveRuns } from '../runs/live-runs.ts';
import type { InTurn } from '../runs/turns.ts';
import { summariseForStart } from './recent-summary.ts';

/** A copy of a large project to a slow disk takes its time. */
const mostSettlingMs = 30_000;

export interface OpenProject {
  /** Where the user has it. */
  path(): string;
  readonly keeper: Keeper;
  readonly runs: LiveRuns;
  /** Windows that show it. */
  readonly windows: Set<LabEvents>;
  /** Work that needs the file, which is closed when it is done. Refused where it is being closed already. */
  use<T>(work: () => Promise<Result<T>>): Promise<Result<T>>;
  draft(): Draft;
  view(): ProjectView;
  edit(edit: DraftEdit, label: EditLabel): Result<EditOutcome>;
  changeRun(runId: string, change: RunChange, label: EditLabel): Promise<Result<EditOutcome>>;
  undo(): Promise<Result<EditOutcome>>;
  redo(): Promise<Result<EditOutcome>>;
  newRun(): Promise<Result<RunSummary>>;
  branchRun(request: BranchRequest, look: LookOptions): Promise<Result<RunSummary>>;
  planRun(): Promise<Result<RunMemory>>;
  /** Its runs as they were at any epoch. */
  readonly past: TimeMachine;
  previewExport(request: ExportRequest, look: LookOptions): Promise<Result<ExportPreview>>;
  export(
    request: ExportRequest & { path: string; overwrite: boolean },
    look: LookOptions,
  ): Promise<Result<ExportWritten>>;
  saveCopy(path: string, overwrite: boolean): Promise<Result<CopySaved>>;
  /** Takes the file from a process that may or may not be alive: we cannot tell. */
  takeOver(): Result<ProjectView>;
  /** What the start screen shows of it. */
  recent(): RecentProject;
  /** `onRest` hears what it is like when its runs have come to rest, before the file closes. */
  close(how: Exclude<RunningAtClose, 'background'>, onRest: (recent: RecentProject) => void): Promise<void>;
}

export interface OpenProjectOptions {
  file: ProjectFile;
  engine: EngineDoor;
  /** That replays what is over, one look at a time. */
  looking: EngineDoor;
  inTurn: InTurn;
  /** Where its copy goes when the file is lost. */
  rescueFolder: string;
  /** A run trains no longer. */
  onRest(): void;
  /** A run stands otherwise than before: it trains, rests, has ended, is gone. */
  onRunStatus(): void;
  /** It is kept elsewhere. */
  onMoved(): void;
}

export function openProject(options: OpenProjectOptions): Result<OpenProject> {
  const { file } = options;
  const windows = new Set<LabEvents>();
  /** As it was told of last. */
  const told = new Map(readRuns(file.database).map((run) => [run.id, run]));
  const toAll: Pick<LabEvents, 'runChanged' | 'epochsArrived' | 'projectChanged'> = {
    runChanged: (event) => {
      if (told.get(event.id)?.state.status !== event.state.status) options.onRunStatus();
      told.set(event.id, event);
      for (const window of windows) window.runChanged(event);
    },
    epochsArrived: (event) => {
      for (const window of windows) window.epochsArrived(event);
    },
    projectChanged: (event) => {
      for (const window of windows) window.projectChanged(event);
    },
  };
  let { draft } = file;
  const keeper = keepProject({
    file,
    rescueFolder: options.rescueFolder,
    onChange(status) {
      toAll.projectChanged(status);
      options.onMoved();
    },
    draft: () => draft,
    isAsWritten: (database) => holdsWhatWasTold(database, draft, told.values()),
    onRelease: () => runs.commitAll(),
    onRunsGone: forgetRuns,
    onReopen() {
      ({ draft } = file);
    },
  });
  const { engine, looking, inTurn, onRest } = options;
  const largeBytes = createLargeBytes(keeper);
  const runs = createLiveRuns({ keeper, largeBytes, engine, tell: toAll, onRest });
  const past = createTimeMachine({ keeper, largeBytes, runs, engine, looking, inTurn });

  /** Says success only after the commit; a change that the disk refused has not happened. */
  function commit(
    change: (database: DatabaseSync) => Committed | null,
    nothing: Problem,
  ): Result<EditOutcome> {
    const done = keeper.write(change);
    if (!done.ok) return done;
    if (!done.value) return failure(nothing);
    const { runId, edit, history, repairs } = done.value;
    draft = done.value.draft;
    if (runId !== null) {
      tellRun(runId);
      tellBranches(runId);
    }
    for (const window of windows) window.draftChanged({ edit, history });
    return success({ edit, history }, repairs);
  }

  function tellRun(runId: string): void {
    const stored = readRunSummary(keeper.database(), runId);
    if (stored) {
      runs.renamed(stored);
      toAll.runChanged(runs.summary(stored));
      return;
    }
    told.delete(runId);
    for (const window of windows) window.runRemoved({ runId });
  }

  /** Its branches say whether it is there. */
  function tellBranches(runId: string): void {
    for (const branch of readBranches(keeper.database(), runId)) tellRun(branch);
  }

  /** The engine lets go of them; windows are told of those that are not in the file any more. */
  function forgetRuns(): void {
    const before = runs.running();
    const gone = runs.closeAll('pause').then(() => {
      for (const { id } of before) tellRun(id);
    });
    // It is closed by now, or spoilt; a window that asks is told.
    gone.catch(logDefect);
  }

  const atWork = new Set<Promise<unknown>>();
  let isClosing = false;
  async function use<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    if (isClosing) return failure(closedProblem(file.path));
    const done = work();
    atWork.add(done);
    try {
      return await done;
    } finally {
      atWork.delete(done);
    }
  }

  /** A call that never ends, of an engine or a disk that hangs, must not keep the lab from ending. */
  async function settled(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, mostSettlingMs);
    });
    await Promise.race([Promise.allSettled(atWork), patience]);
    clearTimeout(timer);
  }

  async function changeRun(runId: string, change: RunChange, label: EditLabel): Promise<Result<EditOutcome>> {
    const unwritten = keeper.whyNotWritten();
    if (unwritten) return failure(unwritten);
    if (change.kind === 'delete') await runs.stop(runId);
    const edit = toRunEdit(runId, change);
    return commit((database) => commitEdit(database, draft, edit, label), nothingChanged);
  }

  async function travel(
    step: (database: DatabaseSync, before: Draft) => Committed | null,
    way: 'undo' | 'redo',
  ): Promise<Result<EditOutcome>> {
    const next = nextEdit(keeper.database(), way);
    if (next?.kind === 'run.delete') await runs.stop(next.runId);
    const nothing = problem(`nothing-to-${way}`, '', `there is nothing to ${way}`);
    return commit((database) => step(database, draft), nothing);
  }

  async function branchRun(request: BranchRequest, look: LookOptions): Promise<Result<RunSummary>> {
    const unwritten = keeper.whyNotWritten();
    if (unwritten) return failure(unwritten);
    const start = await startBranch(request, { past, runs, looking, draft: () => draft }, look);
    if (!start.ok) return start;
    const { checkpoint, ...branch } = start.value;
    const state = await largeBytes.write(checkpoint.state);
    if (!state.ok) return state;
    const weights = await largeBytes.write(checkpoint.weights);
    let runId = '';
    const made = weights.ok
      ? commit((database) => {
          const blobs = { state: state.value!, weights: weights.value! };
          const { change, weights: handEdited = [], label } = request;
          runId = insertBranch(database, { ...branch, change, handEdited, ...blobs });
          return commitNewRun(database, draft, runId, label);
        }, nothingChanged)
      : weights;
    for (const blob of [state, weights]) if (blob.ok) largeBytes.done(blob.value!);
    if (!made.ok) return made;
    return success(readRunSummary(keeper.database(), runId)!, start.warnings);
  }

  const recent = () => summariseForStart(keeper, draft, readableRuns());
  /** None where the file is spoilt, which is said where it matters. */
  function readableRuns(): RunSummary[] {
    try {
      return currentRuns();
    } catch (error) {
      fileProblem(file.path, error);
      return [];
    }
  }
  const currentRuns = () => {
    const stored = readRuns(keeper.database()).map(runs.summary);
    const { access } = keeper.status();
    return access.kind === 'read-only' ? showInterrupted(stored, access.problem) : stored;
  };

  const view = (): ProjectView => ({
    ...keeper.status(),
    draft,
    history: readHistory(keeper.database()),
    runs: currentRuns(),
    warnings: file.warnings,
  });

  /** As it stands, with what its engine has; or a moment of its past, which changes nothing in the file. */
  async function withExported<T>(
    { runId, at = 'now' }: ExportRequest,
    look: LookOptions,
    write: (moment: ExportedMoment | null) => Result<T> | Promise<Result<T>>,
  ): Promise<Result<T>> {
    if (at === 'now') {
      await runs.saveNow(runId);
      return write(null);
    }
    const state = await past.state(runId, at, look);
    if (!state.ok) return state;
    const { epoch, checkpoint } = state.value;
    return write({ epoch, weights: checkpoint.weights });
  }

  return success({
    path: () => file.path,
    keeper,
    runs,
    windows,
    use,
    draft: () => draft,
    view,
    edit: (edit, label) => commit((database) => commitEdit(database, draft, edit, label), nothingChanged),
    changeRun,
    undo: () => travel(commitUndo, 'undo'),
    redo: () => travel(commitRedo, 'redo'),
    async newRun() {
      const unwritten = keeper.whyNotWritten();
      if (unwritten) return failure(unwritten);
      const experiment = draftToExperiment(draft);
      if (!experiment.ok) return experiment;
      const made = await runs.create(experiment.value);
      return made.ok ? success(made.value, [...experiment.warnings, ...made.warnings]) : made;
    },
    branchRun,
    async planRun() {
      const experiment = draftToExperiment(draft);
      return experiment.ok ? options.engine.planRun(experiment.value) : experiment;
    },
    past,
    previewExport: (request, look) =>
      withExported(request, look, (weights) => previewExport(file, request, weights)),
    export: (request, look) => withExported(request, look, (weights) => writeExport(file, request, weights)),
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
      isClosing = true;
      try {
        await runs.closeAll(how);
        await settled();
        // What was still asked for may have begun something.
        await runs.closeAll(how);
        onRest(recent());
        past.close();
      } finally {
        keeper.close();
      }
    },
  });
}

/** Whether the file has the draft, and all runs where they came to rest. */
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

const nothingChanged = problem('nothing-changed', '', 'the edit changes nothing');

function toRunEdit(runId: string, change: RunChange): RunEdit {
  switch (change.kind) {
    case 'rename':
      return { kind: 'run.change', runId, name: change.name };
    case 'notes':
      return { kind: 'run.change', runId, notes: change.notes };
    case 'delete':
      return { kind: 'run.delete', runId };
  }
}
