/** The user's changes of a project: each is one step of its history, and every window is told once it is committed. */
import type { DatabaseSync } from 'node:sqlite';
import { isSequenceExperiment } from '../../../engine/data/check-experiment.ts';
import type { Draft, DraftEdit } from '../../../engine/data/draft.ts';
import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { BranchRequest, EditLabel, EditOutcome, KinRequest, RunChange, RunSummary } from '../../api.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import { insertBranch, readBranches } from '../../project/branch-store.ts';
import {
  type Committed,
  commitEdit,
  commitNewRuns,
  commitRedo,
  commitUndo,
  nextEdit,
} from '../../project/history.ts';
import type { Keeper } from '../../project/keeper.ts';
import type { LargeBytes } from '../../project/large-bytes.ts';
import { readSettings } from '../../project/past-store.ts';
import { isRunEdit, type RunEdit, runEditsOf } from '../../project/run-edits.ts';
import { damageOf, insertRun, readRun, readRunSummary } from '../../project/run-store.ts';
import { startBranch } from '../inspecting/branching.ts';
import type { LookOptions, TimeMachine } from '../inspecting/time-machine.ts';
import { answered } from '../runs/answered.ts';
import { putSettings, unknownRun } from '../runs/command-rules.ts';
import type { LiveRuns } from '../runs/live-runs.ts';
import { kinDocuments, kinTooLarge } from './kin.ts';
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
  createKin(request: KinRequest): Promise<Result<RunSummary[]>>;
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
  /** The engine that trains. */
  engine: EngineDoor;
}

export function createProjectChanges(options: ProjectChangesOptions): ProjectChanges {
  const { draft, keeper, largeBytes, runs, windows, past, looking, engine } = options;

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
    const { runIds, edit, history, repairs } = done.value;
    draft.current = done.value.draft;
    for (const runId of runIds) {
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
    const gone = next !== null && isRunEdit(next) ? runEditsOf(next) : [];
    for (const { kind, runId } of gone) if (kind === 'run.delete') await runs.stop(runId);
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
          return commitNewRuns(database, draft.current, [runId], label);
        }, nothingChanged)
      : weights;
    for (const blob of [state, weights]) if (blob.ok) largeBytes.done(blob.value!);
    if (!made.ok) return made;
    return success(readRunSummary(keeper.database(), runId)!, start.warnings);
  }

  /** Documents that the engine can run, or why there is none. */
  async function planKin({ runId, cells }: KinRequest): Promise<Result<SequenceExperiment[]>> {
    const stored = readRun(keeper.database(), runId);
    if (!stored) return failure(unknownRun(runId));
    const summary = runs.summary(stored.summary);
    const damage = damageOf(summary);
    if (damage) return failure(damage);
    const { experiment, frozenTraining } = stored;
    if (!isSequenceExperiment(experiment)) return failure(hasNoEpochs(summary));
    // Settings changed before the first batch are those it trained with; later changes are not made again.
    const training = readSettings(keeper.database(), runId)
      .filter(({ epoch, batch }) => epoch === 0 && batch === 0)
      .reduce((before, { settings }) => putSettings(before, settings), frozenTraining);
    const kin = kinDocuments(summary, experiment, training, cells);
    if (!kin.ok) return kin;
    for (const document of kin.value) {
      const planned = await engine.planRun(document);
      if (!planned.ok) return planned;
      const { memoryBytes, limitBytes } = planned.value;
      if (memoryBytes > limitBytes) return failure(kinTooLarge(document.model.cell, memoryBytes, limitBytes));
    }
    return kin;
  }

  async function createKin(request: KinRequest): Promise<Result<RunSummary[]>> {
    const unwritten = keeper.whyNotWritten();
    if (unwritten) return failure(unwritten);
    const kin = await answered(() => planKin(request));
    if (!kin.ok) return kin;
    let made: string[] = [];
    const committed = commit((database) => {
      made = kin.value.map((document) => insertRun(database, document));
      return made.length === 0 ? null : commitNewRuns(database, draft.current, made, request.label);
    }, nothingChanged);
    if (!committed.ok) return committed;
    const refused: Problem[] = [];
    for (const runId of made) {
      const begun = await runs.control(runId, { kind: 'run', epochsPerSecond: null });
      if (!begun.ok) refused.push(...begun.problems);
    }
    const summaries = made.map((runId) => runs.summary(readRunSummary(keeper.database(), runId)!));
    return success(summaries, refused);
  }

  return {
    edit: (edit, label) =>
      commit((database) => commitEdit(database, draft.current, edit, label), nothingChanged),
    changeRun,
    undo: () => travel(commitUndo, 'undo'),
    redo: () => travel(commitRedo, 'redo'),
    newRun,
    branchRun,
    createKin,
    tellRun,
  };
}

function hasNoEpochs({ number }: RunSummary): Problem {
  return problem('run-has-no-epochs', '', `run ${number} shows shapes; it has no epochs`, { number });
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
