/** Checkpoints in the project file: where a run goes on from, bit for bit. */
import type { DatabaseSync } from 'node:sqlite';
import { readSafetensors } from '../../engine/formats/safetensors.ts';
import type { WeightsDocument } from '../../engine/formats/weights.ts';
import { damaged } from './cells.ts';

/** As the engine process packs it. */
export interface PackedCheckpoint {
  /** Whole epochs done. */
  epoch: number;
  /** For the engine. */
  state: Uint8Array;
  /** A safetensors file. */
  weights: Uint8Array;
}

/** Of one run, beside its best and its last checkpoint: so many of them, and so many bytes. */
const mostCheckpoints = 40;
const mostBytes = 64 * 1024 * 1024;

/** Stores a checkpoint, in place of one of the same epoch, and thins the others. Its epoch's row must be stored. */
export function storeCheckpoint(database: DatabaseSync, runId: string, checkpoint: PackedCheckpoint): void {
  database
    .prepare(
      `INSERT OR REPLACE INTO checkpoint (run_id, epoch, made_at, loss, state, weights) VALUES (?1, ?2, ?3,
         (SELECT coalesce(validation_loss, loss) FROM epoch WHERE run_id = ?1 AND epoch = ?2), ?4, ?5)`,
    )
    .run(Number(runId), checkpoint.epoch, new Date().toISOString(), checkpoint.state, checkpoint.weights);
  const remove = database.prepare('DELETE FROM checkpoint WHERE run_id = ? AND epoch = ?');
  for (const epoch of surplus(listCheckpoints(database, runId))) remove.run(Number(runId), epoch);
}

interface Listed {
  epoch: number;
  loss: number | null;
  bytes: number;
}

function listCheckpoints(database: DatabaseSync, runId: string): Listed[] {
  return database
    .prepare(
      `SELECT epoch, loss, length(state) + length(weights) AS bytes
       FROM checkpoint WHERE run_id = ? ORDER BY epoch`,
    )
    .all(Number(runId)) as unknown as Listed[];
}

/**
 * The epochs whose checkpoints are to go. Never the last, where the run goes on from, nor the one of least loss; of
 * the others, again and again the one that leaves the smallest gap, so that what stays is spread over the run.
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
  state: Uint8Array;
  /** Training time behind it. */
  trainedMs: number;
}

/** The newest checkpoint; null where the run has none. */
export function readLastCheckpoint(database: DatabaseSync, runId: string): ResumePoint | null {
  const row = database
    .prepare(
      `SELECT epoch, state, (SELECT trained_ms FROM epoch WHERE run_id = ?1 AND epoch = checkpoint.epoch) AS trained_ms
       FROM checkpoint WHERE run_id = ?1 ORDER BY epoch DESC LIMIT 1`,
    )
    .get(Number(runId));
  if (!row) return null;
  return {
    epoch: Number(row.epoch),
    state: row.state as Uint8Array,
    trainedMs: Number(row.trained_ms ?? 0),
  };
}

/** 0 where the run has no checkpoint. */
export function lastCheckpointEpoch(database: DatabaseSync, runId: string): number {
  const row = database
    .prepare('SELECT max(epoch) AS epoch FROM checkpoint WHERE run_id = ?')
    .get(Number(runId));
  return Number(row?.epoch ?? 0);
}

/**
 * The newest checkpoint's weights as a weights file would hold them; the initial ones before any checkpoint; null
 * where the run has none. Throws a LabError where they are damaged.
 */
export function readLastWeights(database: DatabaseSync, runId: string): WeightsDocument | null {
  const row = database
    .prepare(
      `SELECT coalesce(
         (SELECT weights FROM checkpoint WHERE run_id = ?1 ORDER BY epoch DESC LIMIT 1),
         (SELECT initial_weights FROM run WHERE id = ?1)) AS weights`,
    )
    .get(Number(runId));
  if (!row?.weights) return null;
  const file = readSafetensors(row.weights as Uint8Array);
  if (!file.ok) throw damaged(`run ${runId}, weights`, file.problems[0]!.message);
  if (file.value.kind === 'map') throw damaged(`run ${runId}, weights`, 'nothing says what they belong to');
  return file.value.document;
}
