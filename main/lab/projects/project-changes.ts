/** The user's changes of a project: each is one step of its history, and every window is told once it is committed. */
import type { DatabaseSync } from 'node:sqlite';
import type { Draft, DraftEdit } from '../../../engine/data/draft.ts';
import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { BranchRequest, EditLabel, EditOutcome, RunChange, RunSummary } from '../../api.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import { insertBranch, readBranches } from '../../project/branch-store.ts';
import {
  type Committed,
  commitEdit,
  commitNewRun,
  commitRedo,
  commitUndo,
  nextEdit,
} from '../../project/history.ts';
import type { Keeper } from '../../project/keeper.ts';
import type { LargeBytes } from '../../project/large-bytes.ts';
import type { RunEdit } from '../../project/run-edits.ts';
import { readRunSummary } from '../../project/run-store.ts';
import { startBranch } from '../inspecting/branching.ts';
import type { LookOptions, TimeMachine } from '../inspecting/time-machine.ts';
import type { LiveRuns } from '../runs/live-runs.ts';
import type { ProjectWindows } from './project-windows.ts';

/** The draft as it was last committed. */
export interface DraftHolder {
  current: Draft;
}

export interface ProjectChanges {
  edit(edit: DraftEdit, label: EditLabel): Result<EditOutcome>;
  changeRun(runId: string, change: RunChange, label: EditLabel): Promise<Result<EditOutcome>>;
  undo(): Promise<Result<EditOutcome>>;
  redo(): Promise<Result<EditOutcome>>;
  newRun(): Promise<Result<RunSummary>>;
  branchRun(request: BranchRequest, look: LookOptions): Promise<Result<RunSummary>>;
  /** Tells the windows a run's current summary, or that it is no longer in the file. */
  tellRun(runId: string): void;
}

export interface ProjectChangesOptions {
  draft: DraftHolder;
  keeper: Keeper;
  largeBytes: LargeBytes;
  runs: LiveRuns;
  windows: ProjectWindows;
  past: TimeMachine;
  looking: EngineDoor;
}

export function createProjectChanges(options: ProjectChangesOptions): ProjectChanges {
  const { draft, keeper, largeBytes, runs, windows, past, looking } = options;

  /**
   * Commits a change and tells the windows. Reports success only after the commit: a change that the disk refused has
   * not happened.
   */
  function commit(
    change: (database: DatabaseSync) => Committed | null,
    nothing: Problem,
  ): Result<EditOutcome> {
    const done = keeper.write(change);
    if (!done.ok) return done;
    if (!done.value) return failure(nothing);
    const { runId, edit, history, repairs } = done.value;
    draft.current = done.value.draft;
    if (runId !== null) {
      tellRun(runId);
      // The summaries of its branches say whether their parent exists.
      for (const branch of readBranches(keeper.database(), runId)) tellRun(branch);
    }
    windows.draftChanged({ edit, history });
    return success({ edit, history }, repairs);
  }

  function tellRun(runId: string): void {
    const stored = readRunSummary(keeper.database(), runId);
    if (!stored) {
      windows.runRemoved({ runId });
      return;
    }
    runs.renamed(stored);
    windows.runChanged(runs.summary(stored));
  }

  async function changeRun(runId: string, change: RunChange, label: EditLabel): Promise<Result<EditOutcome>> {
    const unwritten = keeper.whyNotWritten();
    if (unwritten) return failure(unwritten);
    if (change.kind === 'delete') await runs.stop(runId);
    const edit = toRunEdit(runId, change);
    return commit((database) => commitEdit(database, draft.current, edit, label), nothingChanged);
  }

  async function travel(
    step: (database: DatabaseSync, before: Draft) => Committed | null,
    way: 'undo' | 'redo',
  ): Promise<Result<EditOutcome>> {
    const next = nextEdit(keeper.database(), way);
    if (next?.kind === 'run.delete') await runs.stop(next.runId);
    const nothing = problem(`nothing-to-${way}`, '', `there is nothing to ${way}`);
    return commit((database) => step(database, draft.current), nothing);
  }

  async function newRun(): Promise<Result<RunSummary>> {
    const unwritten = keeper.whyNotWritten();
    if (unwritten) return failure(unwritten);
    const experiment = draftToExperiment(draft.current);
    if (!experiment.ok) return experiment;
    const made = await runs.create(experiment.value);
    return made.ok ? success(made.value, [...experiment.warnings, ...made.warnings]) : made;
  }

  async function branchRun(request: BranchRequest, look: LookOptions): Promise<Result<RunSummary>> {
    const unwritten = keeper.whyNotWritten();
    if (unwritten) return failure(unwritten);
    const start = await startBranch(request, { past, runs, looking, draft: () => draft.current }, look);
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
          return commitNewRun(database, draft.current, runId, label);
        }, nothingChanged)
      : weights;
    for (const blob of [state, weights]) if (blob.ok) largeBytes.done(blob.value!);
    if (!made.ok) return made;
    return success(readRunSummary(keeper.database(), runId)!, start.warnings);
  }

  return {
    edit: (edit, label) =>
      commit((database) => commitEdit(database, draft.current, edit, label), nothingChanged),
    changeRun,
    undo: () => travel(commitUndo, 'undo'),
    redo: () => travel(commitRedo, 'redo'),
    newRun,
    branchRun,
    tellRun,
  };
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
