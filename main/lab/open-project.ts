/** One project that is open in one or more windows: its file, its draft, its runs. */
import type { EngineApi, EngineEvents } from '../../engine/api.ts';
import type { Draft, DraftEdit } from '../../engine/data/draft.ts';
import { draftToExperiment } from '../../engine/data/draft-experiment.ts';
import { failure, LabError, type Problem, problem, type Result, success } from '../../engine/errors.ts';
import type {
  EditLabel,
  EditOutcome,
  ExportRequest,
  ExportWritten,
  LabEvents,
  ProjectView,
  RecentProject,
  RunSummary,
} from '../api.ts';
import { readLastCheckpoint } from '../project/checkpoint-store.ts';
import { readDraft } from '../project/draft-store.ts';
import { type Committed, commitEdit, commitRedo, commitUndo, readHistory } from '../project/history.ts';
import { inTransaction } from '../project/migrations.ts';
import { closeProjectFile, type ProjectFile, readProblem } from '../project/project-file.ts';
import { cutEpochsAfter, readEpochs, readRuns, sampleLosses, storeState } from '../project/run-store.ts';
import { writeExport } from './exports.ts';
import { createLiveRuns, type LiveRuns } from './live-runs.ts';

export interface OpenProject {
  readonly path: string;
  readonly file: ProjectFile;
  readonly runs: LiveRuns;
  /** Windows that show it. */
  readonly windows: Set<LabEvents>;
  /** Of the engine, for this project's runs. */
  readonly events: EngineEvents;
  draft(): Draft;
  view(): ProjectView;
  edit(edit: DraftEdit, label: EditLabel): Result<EditOutcome>;
  undo(): Result<EditOutcome>;
  redo(): Result<EditOutcome>;
  newRun(): Promise<Result<RunSummary>>;
  export(request: ExportRequest & { path: string; overwrite: boolean }): Promise<Result<ExportWritten>>;
  /** What the start screen shows of it. */
  recent(): RecentProject;
  close(): Promise<void>;
}

export function openProject(file: ProjectFile, engine: EngineApi): Result<OpenProject> {
  const { database, path } = file;
  const read = readDraft(database, path);
  if (!read.ok) return read;
  let draft = read.value;
  interruptRuns(file);

  const windows = new Set<LabEvents>();
  const runs = createLiveRuns({
    file,
    engine,
    tell: {
      runChanged(event) {
        for (const window of windows) window.runChanged(event);
      },
      epochsArrived(event) {
        for (const window of windows) window.epochsArrived(event);
      },
    },
  });

  /** Says success only after the commit; a change that the disk refused has not happened. */
  function commit(change: () => Committed | null, nothing: Problem): Result<EditOutcome> {
    try {
      const committed = change();
      if (!committed) return failure(nothing);
      draft = committed.draft;
      const outcome = { edit: committed.edit, history: committed.history };
      for (const window of windows) window.draftChanged(outcome);
      return success(outcome);
    } catch (error) {
      if (error instanceof LabError) return failure(error.problem);
      if ('errcode' in (error as object)) return failure(readProblem(path, error));
      throw error;
    }
  }

  return success({
    path,
    file,
    runs,
    windows,
    events: runs.events,
    draft: () => draft,
    view: () => ({ path, draft, history: readHistory(database), runs: currentRuns(), warnings: [] }),
    edit: (edit, label) =>
      commit(
        () => commitEdit(database, draft, edit, label),
        problem('nothing-changed', '', 'the edit changes nothing'),
      ),
    undo: () =>
      commit(() => commitUndo(database, draft), problem('nothing-to-undo', '', 'there is nothing to undo')),
    redo: () =>
      commit(() => commitRedo(database, draft), problem('nothing-to-redo', '', 'there is nothing to redo')),
    async newRun() {
      const experiment = draftToExperiment(draft);
      if (!experiment.ok) return experiment;
      const made = await runs.create(experiment.value);
      return made.ok ? success(made.value, [...experiment.warnings, ...made.warnings]) : made;
    },
    async export(request) {
      await runs.saveNow(request.runId);
      return writeExport(file, request);
    },
    recent: () => summariseForStart(file, draft, currentRuns()),
    async close() {
      await runs.close();
      closeProjectFile(file);
    },
  });

  function currentRuns(): RunSummary[] {
    return readRuns(database).map((stored) => {
      const live = runs.get(stored.id);
      return live.ok ? live.value.summary : stored;
    });
  }
}

/**
 * What the last process left behind when it did not end in order: runs that were going on are interrupted, at their
 * last checkpoint; epochs after it would be counted twice.
 */
function interruptRuns({ database }: ProjectFile): void {
  const left = readRuns(database).filter(({ state }) =>
    ['queued', 'running', 'paused'].includes(state.status),
  );
  if (left.length === 0) return;
  inTransaction(database, () => {
    for (const run of left) {
      const epoch = readLastCheckpoint(database, run.id)?.epoch ?? 0;
      cutEpochsAfter(database, run.id, epoch);
      if (run.state.status === 'paused' && run.progress.epoch === epoch) continue;
      const reason = 'the lab ended while it was running';
      storeState(database, run.id, { status: 'interrupted', reason }, { ...run.progress, epoch, batch: 0 });
    }
  });
}

const sparkPoints = 40;

function summariseForStart(file: ProjectFile, draft: Draft, runs: RunSummary[]): RecentProject {
  const last = runs.at(-1);
  const [row] = last ? readEpochs(file.database, last.id, Math.max(0, last.progress.epoch - 1), 1) : [];
  return {
    path: file.path,
    name: draft.name,
    openedAt: new Date().toISOString(),
    lastRun: last
      ? {
          status: last.state.status,
          epoch: last.progress.epoch,
          epochs: last.epochs,
          loss: last.lastLoss,
          losses: sampleLosses(file.database, last.id, sparkPoints),
          prediction: row?.predictions[0] ?? null,
          right: row?.accuracy === 1,
        }
      : null,
  };
}
