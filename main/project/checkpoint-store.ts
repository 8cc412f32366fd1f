/** Checkpoints in the project file: where a run goes on from, bit for bit. */
import type { DatabaseSync } from 'node:sqlite';
import type { RunCheckpoint } from '../../engine/api.ts';
import { readSafetensors, writeSafetensors } from '../../engine/formats/safetensors.ts';
import { type WeightsDocument, weightsDocument } from '../../engine/formats/weights.ts';
import type { SequenceExperiment } from '../../engine/model/experiment.ts';

/** The newest of a run that are kept. */
const keptCheckpoints = 8;

/** Stores a checkpoint, in place of one of the same epoch, and thins the older ones. */
export function storeCheckpoint(
  database: DatabaseSync,
  runId: string,
  experiment: SequenceExperiment,
  checkpoint: RunCheckpoint,
  loss: number | null,
): void {
  const id = Number(runId);
  const trained = { epochs: checkpoint.epoch, loss, seed: experiment.training.seed };
  const weights = writeSafetensors(weightsDocument(experiment, checkpoint.weights, trained));
  database
    .prepare(
      'INSERT OR REPLACE INTO checkpoint (run_id, epoch, made_at, state, weights) VALUES (?, ?, ?, ?, ?)',
    )
    .run(id, checkpoint.epoch, new Date().toISOString(), checkpoint.bytes, weights);
  database
    .prepare(
      `DELETE FROM checkpoint WHERE run_id = ?1 AND epoch <
         (SELECT min(epoch) FROM (SELECT epoch FROM checkpoint WHERE run_id = ?1 ORDER BY epoch DESC LIMIT ?2))`,
    )
    .run(id, keptCheckpoints);
}

export interface StoredCheckpoint {
  epoch: number;
  /** For the engine. */
  state: Uint8Array;
}

/** The newest; null where the run has none. */
export function readLastCheckpoint(database: DatabaseSync, runId: string): StoredCheckpoint | null {
  const row = database
    .prepare('SELECT epoch, state FROM checkpoint WHERE run_id = ? ORDER BY epoch DESC LIMIT 1')
    .get(Number(runId));
  return row ? { epoch: Number(row.epoch), state: row.state as Uint8Array } : null;
}

/** The newest checkpoint's weights as a weights file would hold them; the initial ones before any checkpoint. */
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
  if (!file.ok)
    throw new Error(`run ${runId}: ${file.problems.map((problem) => problem.message).join('; ')}`);
  return file.value.kind === 'document' ? file.value.document : null;
}
