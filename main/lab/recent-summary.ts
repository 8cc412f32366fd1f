import type { Draft } from '../../engine/data/draft.ts';
import type { RecentProject, RunSummary } from '../api.ts';
import { readEpochs, sampleLosses } from '../project/run-store.ts';
import type { Keeper } from './keeper.ts';

const sparkPoints = 40;

/** What the start screen shows of a project; where its file was lost, of the copy that has it now. */
export function summariseForStart(keeper: Keeper, draft: Draft, runs: RunSummary[]): RecentProject {
  const { path, access } = keeper.status();
  const database = keeper.database();
  const last = runs.at(-1);
  const [row] = last ? readEpochs(database, last.id, Math.max(0, last.progress.epoch - 1), 1) : [];
  return {
    path: access.kind === 'adrift' ? access.keptAt : path,
    name: draft.name,
    openedAt: new Date().toISOString(),
    lastRun: last
      ? {
          status: last.state.status,
          epoch: last.progress.epoch,
          epochs: last.epochs,
          loss: last.lastLoss,
          losses: sampleLosses(database, last.id, sparkPoints),
          prediction: row?.predictions[0] ?? null,
          right: row?.accuracy === 1,
        }
      : null,
  };
}
