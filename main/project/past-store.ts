/** The data from which a run's past is replayed: its beginning, its settings at each place, and its checkpoints. */
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { LiveSettings, RunPlace, SettingsChange } from '../../engine/api.ts';
import { checkpointHeadBytes, checkpointPlace } from '../../engine/formats/checkpoint-place.ts';
import type { TrainingSpec } from '../../engine/model/experiment.ts';
import { stopRules } from './draft-schema.ts';
import { readCell } from './json-cells.ts';

export const settingsSchema = v.strictObject({
  lr: v.optional(v.number()),
  clipGradNorm: v.optional(v.nullable(v.number())),
  epochs: v.optional(v.number()),
  stopWhen: v.optional(stopRules),
}) as unknown as v.GenericSchema<unknown, LiveSettings>;

/** Settings changed while the run trained, in the order of their places. */
export function readSettings(database: DatabaseSync, runId: string): SettingsChange[] {
  return database
    .prepare('SELECT epoch, batch, settings FROM setting WHERE run_id = ? ORDER BY epoch, batch, id')
    .all(Number(runId))
    .map((row) => ({
      epoch: Number(row.epoch),
      batch: Number(row.batch),
      settings: readCell(row.settings, `run ${runId}, setting at epoch ${row.epoch}`, settingsSchema),
    }));
}

/** Stores a change of settings that the run's engine has applied. */
export function storeSettings(
  database: DatabaseSync,
  runId: string,
  { epoch, batch }: RunPlace,
  settings: LiveSettings,
): void {
  database
    .prepare('INSERT INTO setting (run_id, epoch, batch, settings) VALUES (?, ?, ?, ?)')
    .run(Number(runId), epoch, batch, JSON.stringify(settings));
}

/**
 * Records that an engine begins at this place with these settings. Changes recorded at later places are deleted, as
 * their epochs are. Settings that differ from those recorded until here (they were changed while no engine had the run)
 * are recorded at this place.
 */
export function settingsBeginAt(
  database: DatabaseSync,
  runId: string,
  place: RunPlace,
  frozen: TrainingSpec,
  now: TrainingSpec,
): void {
  database
    .prepare('DELETE FROM setting WHERE run_id = ? AND (epoch, batch) > (?, ?)')
    .run(Number(runId), place.epoch, place.batch);
  const known = liveSettings(frozen);
  for (const { settings } of readSettings(database, runId)) Object.assign(known, settings);
  const wanted = liveSettings(now);
  const changed = (Object.keys(wanted) as (keyof LiveSettings)[]).filter(
    (key) => JSON.stringify(wanted[key]) !== JSON.stringify(known[key]),
  );
  if (changed.length === 0) return;
  const settings = Object.fromEntries(changed.map((key) => [key, wanted[key]]));
  storeSettings(database, runId, place, settings as LiveSettings);
}

function liveSettings({ optimizer, clipGradNorm, epochs, stopWhen }: TrainingSpec): Required<LiveSettings> {
  return { lr: optimizer.lr, clipGradNorm, epochs, stopWhen };
}

export interface StoredCheckpoint extends RunPlace {
  madeAt: string;
  loss: number | null;
  bytes: number;
  /** Ids of the blobs. */
  state: number;
  weights: number;
}

/** Checkpoints in the order of their epochs. Those whose exact place cannot be told are left out. */
export function readCheckpoints(database: DatabaseSync, runId: string): StoredCheckpoint[] {
  return database
    .prepare(
      `SELECT epoch, made_at, loss, state, weights,
         (SELECT sum(bytes) FROM blob WHERE id IN (state, weights)) AS bytes,
         (SELECT substr(bytes, 1, ${checkpointHeadBytes}) FROM blob_part WHERE blob_id = state AND part = 0) AS head
       FROM checkpoint WHERE run_id = ? ORDER BY epoch`,
    )
    .all(Number(runId))
    .flatMap((row) => {
      const place = row.head instanceof Uint8Array ? checkpointPlace(row.head) : null;
      if (place === null || place.epoch !== Number(row.epoch)) return [];
      return [
        {
          ...place,
          madeAt: String(row.made_at),
          loss: row.loss as number | null,
          bytes: Number(row.bytes),
          state: Number(row.state),
          weights: Number(row.weights),
        },
      ];
    });
}

export interface RunOrigin {
  /** The blob of the weights before the first update: a safetensors file. */
  weights: number | null;
  /** For a branch: the epoch at which it begins, its parent, and the blob of its first state. */
  branch: { epoch: number; parent: string | null; state: number | null } | null;
}

/** Where a run began. `parent` is null if that run is deleted. */
export function readOrigin(database: DatabaseSync, runId: string): RunOrigin {
  const row = database
    .prepare(
      `SELECT run.initial_weights, run.parent_epoch, run.start_state, parent.id AS parent
       FROM run LEFT JOIN run AS parent ON parent.id = run.parent AND parent.deleted_by IS NULL WHERE run.id = ?`,
    )
    .get(Number(runId));
  const orNull = (value: unknown) => (value === null || value === undefined ? null : Number(value));
  const epoch = orNull(row?.parent_epoch);
  return {
    weights: orNull(row?.initial_weights),
    branch:
      epoch === null
        ? null
        : {
            epoch,
            parent: row!.parent === null ? null : String(row!.parent),
            state: orNull(row!.start_state),
          },
  };
}

/**
 * The epoch whose weights `training.restoreBest` would restore, the first of equals; null before the first epoch. It is
 * judged by the early stopping metric, else by the validation loss, else by the loss.
 */
export function readBestEpoch(
  database: DatabaseSync,
  runId: string,
  { earlyStopping }: TrainingSpec,
): number | null {
  const metric = earlyStopping?.metric === 'loss' ? 'loss' : 'coalesce(validation_loss, loss)';
  const row = database
    .prepare(`SELECT epoch FROM epoch WHERE run_id = ? ORDER BY ${metric}, epoch LIMIT 1`)
    .get(Number(runId));
  return row ? Number(row.epoch) : null;
}
