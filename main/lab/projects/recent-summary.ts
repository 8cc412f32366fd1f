import type { Draft } from '../../../engine/data/draft.ts';
import type { RecentProject, RunSummary } from '../../api.ts';
import { fileProblem } from '../../project/file-problems.ts';
import type { Keeper } from '../../project/keeper.ts';
import { readEpochs, sampleLosses } from '../../project/run-store.ts';

const sparkPoints = 40;

/** A project's start screen entry. If its file was lost, the entry is of the copy that replaces it. */
export function summariseForStart(keeper: Keeper, draft: Draft, runs: RunSummary[]): RecentProject {
  const { path, access } = keeper.status();
  const last = runs.at(-1);
  return {
    path: access.kind === 'adrift' ? access.keptAt : path,
    name: draft.name,
    openedAt: new Date().toISOString(),
    lastRun: last ? summariseRun(keeper, last) : null,
  };
}

function summariseRun(keeper: Keeper, run: RunSummary): RecentProject['lastRun'] {
  const { state, progress, epochs, lastLoss } = run;
  const summary = { status: state.status, epoch: progress.epoch, epochs, loss: lastLoss };
  try {
    const [row] = readEpochs(keeper.database(), run.id, Math.max(0, progress.epoch - 1), 1);
    return {
      ...summary,
      losses: sampleLosses(keeper.database(), run.id, sparkPoints),
      prediction: row?.predictions[0] ?? null,
      right: row?.accuracy === 1,
    };
  } catch (error) {
    // A damaged epoch is reported where that epoch is looked at; the project opens and closes all the same.
    fileProblem(keeper.file.path, error);
    return { ...summary, losses: [], prediction: null, right: false };
  }
}
