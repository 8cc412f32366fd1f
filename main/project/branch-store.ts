/** Branches in the project file: runs that begin with a copy of another run's state. */
import type { DatabaseSync } from 'node:sqlite';
import type { WeightPatch } from '../../engine/api.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import type { BranchChange } from '../api.ts';
import { keepBlob } from './blob-store.ts';
import { insertRun, readRunSummary, storeState } from './run-store.ts';

export interface NewBranch {
  experiment: ExperimentDocument;
  parent: string;
  epoch: number;
  change: BranchChange;
  handEdited: readonly WeightPatch[];
  /** The branch's own blobs: the state with which it begins, and the weights of that state. */
  state: number;
  weights: number;
}

/** Inserts the branch as a new run, paused where it begins, and returns its id. In the caller's transaction. */
export function insertBranch(
  database: DatabaseSync,
  { experiment, parent, epoch, change, handEdited, state, weights }: NewBranch,
): string {
  const runId = insertRun(database, experiment);
  keepBlob(database, state);
  keepBlob(database, weights);
  database
    .prepare(
      `UPDATE run SET parent = ?, parent_epoch = ?, branch_change = ?, hand_edited = ?, start_state = ?,
         initial_weights = ? WHERE id = ?`,
    )
    .run(
      Number(parent),
      epoch,
      JSON.stringify(change),
      handEdited.length === 0 ? null : JSON.stringify(handEdited),
      state,
      weights,
      Number(runId),
    );
  const { progress } = readRunSummary(database, runId)!;
  storeState(database, runId, { status: 'paused' }, { ...progress, epoch });
  return runId;
}

/** Ids of the runs, not deleted, that branched off from this run, in order of their numbers. */
export function readBranches(database: DatabaseSync, runId: string): string[] {
  return database
    .prepare('SELECT id FROM run WHERE parent = ? AND deleted_by IS NULL ORDER BY number')
    .all(Number(runId))
    .map(({ id }) => String(id));
}
