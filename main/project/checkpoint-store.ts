/** Checkpoints in the project file: the states from which a run continues, bit for bit. */
import type { DatabaseSync } from 'node:sqlite';
import type { RunCheckpoint } from '../../engine/api.ts';
import { readSafetensors } from '../../engine/formats/safetensors.ts';
import type { WeightsDocument } from '../../engine/formats/weights.ts';
import { insertBlob, keepBlob, readBlob } from './blob-store.ts';
import { damaged } from './json-cells.ts';

/** The largest number and size of the checkpoints that a run keeps besides its best and its last. */
const mostCheckpoints = 40;
const mostBytes = 64 * 1024 * 1024;

/** A checkpoint whose bytes are already blobs of the file; `state` and `weights` are their ids. */
export interface CheckpointBlobs {
  epoch: number;
  state: number;
  weights: number;
}

/**
 * Stores a checkpoint, replacing one of the same epoch, and thins out the others. The row of its epoch must be stored
 * already.
 */
export function storeCheckpoint(
  database: DatabaseSync,
  runId: string,
  { epoch, state, weights }: RunCheckpoint,
): void {
  const blobs = { epoch, state: insertBlob(database, state), weights: insertBlob(database, weights) };
  storeCheckpointBlobs(database, runId, blobs);
}

/** Stores a checkpoint, as `storeCheckpoint` does, whose bytes are in the file already. */
export function storeCheckpointBlobs(
  database: DatabaseSync,
  runId: string,
  { epoch, state, weights }: CheckpointBlobs,
): void {
  const remove = database.prepare('DELETE FROM checkpoint WHERE run_id = ? AND epoch = ?');
  remove.run(Number(runId), epoch);
  keepBlob(database, state);
  keepBlob(database, weights);
  database
    .prepare(
      `INSERT INTO checkpoint (run_id, epoch, made_at, loss, state, weights) VALUES ($run, $epoch, $madeAt,
         (SELECT coalesce(validation_loss, loss) FROM epoch WHERE run_id = $run AND epoch = $epoch), $state, $weights)`,
    )
    .run({ run: Number(runId), epoch, madeAt: new Date().toISOString(), state, weights });
  for (const old of surplus(listCheckpoints(database, runId))) remove.run(Number(runId), old);
}

interface Listed {
  epoch: number;
  loss: number | null;
  bytes: number;
}

function listCheckpoints(database: DatabaseSync, runId: string): Listed[] {
  return database
    .prepare(
      `SELECT epoch, loss, (SELECT sum(bytes) FROM blob WHERE id IN (state, weights)) AS bytes
       FROM checkpoint WHERE run_id = ? ORDER BY epoch`,
    )
    .all(Number(runId)) as unknown as Listed[];
}

/**
 * The epochs whose checkpoints are to be removed. The last checkpoint, from which the run continues, and the one with
 * the least loss always stay. Of the others, the one whose removal leaves the smallest gap is removed again and again,
 * so that the rest are spread over the run.
 */
export function surplus(checkpoints: readonly Listed[]): number[] {
  const kept = [...checkpoints];
  const losses = kept.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const best = kept.findLast(({ loss }) => loss === Math.min(...losses));
  const gone: number[] = [];
  const isTooMuch = () =>
    kept.length > mostCheckpoints || kept.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytes;
  while (isTooMuch()) {
    let at = -1;
    let smallest = Infinity;
    for (let i = 0; i < kept.length - 1; i++) {
      const gap = kept[i + 1]!.epoch - (kept[i - 1]?.epoch ?? 0);
      if (kept[i] === best || gap >= smallest) continue;
      smallest = gap;
      at = i;
    }
    if (at < 0) break;
    gone.push(...kept.splice(at, 1).map(({ epoch }) => epoch));
  }
  return gone;
}

export interface ResumePoint {
  epoch: number;
  /** The blob of the state. */
  state: number;
  /** Training time until then, in milliseconds. */
  trainedMs: number;
}

/** The newest checkpoint; for a branch without one, the state from which it starts; null if the run begins anew. */
export function readLastCheckpoint(database: DatabaseSync, runId: string): ResumePoint | null {
  const row = database
    .prepare(
      `SELECT epoch, state, (SELECT trained_ms FROM epoch
         WHERE run_id = checkpoint.run_id AND epoch = checkpoint.epoch) AS trained_ms
       FROM checkpoint WHERE run_id = ? ORDER BY epoch DESC LIMIT 1`,
    )
    .get(Number(runId));
  if (!row) return readBranchStart(database, runId);
  return {
    epoch: Number(row.epoch),
    state: Number(row.state),
    trainedMs: Number(row.trained_ms ?? 0),
  };
}

/** The state from which a branch starts. Its training time is 0, because its parent's does not count. */
function readBranchStart(database: DatabaseSync, runId: string): ResumePoint | null {
  const row = database
    .prepare('SELECT parent_epoch AS epoch, start_state AS state FROM run WHERE id = ?')
    .get(Number(runId));
  if (!row || row.epoch === null || row.state === null) return null;
  return { epoch: Number(row.epoch), state: Number(row.state), trainedMs: 0 };
}

/** The epoch from which a run continues: its last checkpoint's, else the parent's epoch for a branch, else 0. */
export function lastCheckpointEpoch(database: DatabaseSync, runId: string): number {
  const row = database
    .prepare(
      `SELECT coalesce((SELECT max(epoch) FROM checkpoint WHERE run_id = run.id), parent_epoch, 0) AS epoch
       FROM run WHERE id = ?`,
    )
    .get(Number(runId));
  return Number(row?.epoch ?? 0);
}

/**
 * The newest checkpoint's weights as a weights file would hold them, or the initial weights before the first
 * checkpoint; null if the run has none. Throws a LabError if they are damaged.
 */
export function readLastWeights(database: DatabaseSync, runId: string): WeightsDocument | null {
  const row = database
    .prepare(
      `SELECT coalesce(
         (SELECT weights FROM checkpoint WHERE run_id = $run ORDER BY epoch DESC LIMIT 1),
         (SELECT initial_weights FROM run WHERE id = $run)) AS weights`,
    )
    .get({ run: Number(runId) });
  if (!row?.weights) return null;
  return readStoredWeights(readBlob(database, Number(row.weights)), `run ${runId}, weights`);
}

/**
 * The contents of a safetensors file in the project, as a weights file would hold them. Throws a LabError that names
 * the place (`where`) if it is damaged.
 */
export function readStoredWeights(bytes: Uint8Array, where: string): WeightsDocument {
  const file = readSafetensors(bytes);
  if (!file.ok) throw damaged(where, file.problems[0]!.message);
  if (file.value.kind === 'map') throw damaged(where, 'nothing says what they belong to');
  return file.value.document;
}
