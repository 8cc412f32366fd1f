/** Runs in the project file: each frozen experiment, where it stands, its epochs. */
import type { DatabaseSync } from 'node:sqlite';
import type { EpochRow, RunProgress, RunState, ShapesReport } from '../../engine/api.ts';
import { writeSafetensors } from '../../engine/formats/safetensors.ts';
import { weightsDocument } from '../../engine/formats/weights.ts';
import type {
  ExperimentDocument,
  SequenceExperiment,
  TrainingSpec,
  WeightsJson,
} from '../../engine/model/experiment.ts';
import type { RunSummary } from '../api.ts';

export interface StoredRun {
  summary: RunSummary;
  /** As frozen, with the changes made while it ran. */
  experiment: ExperimentDocument;
}

const startProgress: RunProgress = {
  epoch: 0,
  batch: 0,
  batchesPerEpoch: 0,
  trainedMs: 0,
  tokensPerSecond: null,
};

/** A new run, queued, with the next number. */
export function insertRun(database: DatabaseSync, experiment: ExperimentDocument): string {
  const next = database.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM run').get()!.number;
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO run (number, created_at, experiment, training, status, state, progress)
       VALUES (?, ?, ?, ?, 'queued', '{"status":"queued"}', ?)`,
    )
    .run(
      next!,
      new Date().toISOString(),
      JSON.stringify(experiment),
      JSON.stringify(experiment.training),
      JSON.stringify(startProgress),
    );
  return String(lastInsertRowid);
}

export function storeInitialWeights(
  database: DatabaseSync,
  runId: string,
  experiment: SequenceExperiment,
  weights: WeightsJson,
): void {
  const bytes = writeSafetensors(weightsDocument(experiment, weights, null));
  database.prepare('UPDATE run SET initial_weights = ? WHERE id = ?').run(bytes, Number(runId));
}

export function storeState(
  database: DatabaseSync,
  runId: string,
  state: RunState,
  progress: RunProgress,
): void {
  database
    .prepare('UPDATE run SET status = ?, state = ?, progress = ? WHERE id = ?')
    .run(state.status, JSON.stringify(state), JSON.stringify(progress), Number(runId));
}

export function storeTraining(database: DatabaseSync, runId: string, training: TrainingSpec): void {
  database.prepare('UPDATE run SET training = ? WHERE id = ?').run(JSON.stringify(training), Number(runId));
}

export function storeShapes(database: DatabaseSync, runId: string, report: ShapesReport): void {
  database.prepare('UPDATE run SET shapes = ? WHERE id = ?').run(JSON.stringify(report), Number(runId));
}

/** Appends epochs in order; one that is there already is the same, and stays. */
export function appendEpochs(database: DatabaseSync, runId: string, rows: readonly EpochRow[]): void {
  if (rows.length === 0) return;
  const insert = database.prepare(
    `INSERT OR IGNORE INTO epoch (run_id, epoch, loss, lr, grad_norm, accuracy, validation_loss,
       validation_accuracy, predictions, probabilities, trained_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const row of rows) {
    insert.run(
      Number(runId),
      row.epoch,
      row.loss,
      row.lr,
      row.gradNorm,
      row.accuracy,
      row.validationLoss,
      row.validationAccuracy,
      JSON.stringify(row.predictions),
      row.probabilities === null ? null : JSON.stringify(row.probabilities),
      row.trainedMs,
    );
  }
  database
    .prepare(
      `UPDATE run SET last_loss = ?1, best_loss = min(coalesce(best_loss, ?2), ?2),
         first_right_epoch = coalesce(first_right_epoch, ?3) WHERE id = ?4`,
    )
    .run(
      rows.at(-1)!.loss,
      Math.min(...rows.map((row) => row.loss)),
      rows.find((row) => row.accuracy === 1)?.epoch ?? null,
      Number(runId),
    );
}

/** Rows of epochs > since, in order. */
export function readEpochs(database: DatabaseSync, runId: string, since: number, limit: number): EpochRow[] {
  return database
    .prepare('SELECT * FROM epoch WHERE run_id = ? AND epoch > ? ORDER BY epoch LIMIT ?')
    .all(Number(runId), since, limit)
    .map((row) => ({
      epoch: Number(row.epoch),
      loss: Number(row.loss),
      lr: Number(row.lr),
      gradNorm: Number(row.grad_norm),
      accuracy: Number(row.accuracy),
      validationLoss: row.validation_loss as number | null,
      validationAccuracy: row.validation_accuracy as number | null,
      predictions: JSON.parse(String(row.predictions)),
      probabilities: row.probabilities === null ? null : JSON.parse(String(row.probabilities)),
      trainedMs: Number(row.trained_ms),
    }));
}

/** Forgets the epochs after a checkpoint that the run goes on from, so that none is counted twice. */
export function cutEpochsAfter(database: DatabaseSync, runId: string, epoch: number): void {
  const id = Number(runId);
  database.prepare('DELETE FROM epoch WHERE run_id = ? AND epoch > ?').run(id, epoch);
  database
    .prepare(
      `UPDATE run SET
         last_loss = (SELECT loss FROM epoch WHERE run_id = ?1 ORDER BY epoch DESC LIMIT 1),
         best_loss = (SELECT min(loss) FROM epoch WHERE run_id = ?1),
         first_right_epoch = (SELECT min(epoch) FROM epoch WHERE run_id = ?1 AND accuracy = 1)
       WHERE id = ?1`,
    )
    .run(id);
}

export function readRun(database: DatabaseSync, runId: string): StoredRun | null {
  const row = database.prepare('SELECT * FROM run WHERE id = ?').get(Number(runId));
  return row ? toStoredRun(row) : null;
}

export function readRuns(database: DatabaseSync): RunSummary[] {
  return database
    .prepare('SELECT * FROM run ORDER BY number')
    .all()
    .map((row) => toStoredRun(row).summary);
}

/** A spark line's points: at most `count` losses, evenly over the run. */
export function sampleLosses(database: DatabaseSync, runId: string, count: number): number[] {
  const id = Number(runId);
  const { epochs } = database.prepare('SELECT count(*) AS epochs FROM epoch WHERE run_id = ?').get(id) as {
    epochs: number;
  };
  const step = Math.max(1, Math.ceil(epochs / count));
  return database
    .prepare('SELECT loss FROM epoch WHERE run_id = ? AND (epoch - 1) % ? = 0 ORDER BY epoch')
    .all(id, step)
    .map((row) => Number(row.loss));
}

type RunRow = Record<string, unknown>;

function toStoredRun(row: RunRow): StoredRun {
  const experiment = JSON.parse(String(row.experiment)) as ExperimentDocument;
  const training = JSON.parse(String(row.training)) as TrainingSpec;
  return {
    experiment: { ...experiment, training },
    summary: {
      id: String(row.id),
      number: Number(row.number),
      name: experiment.name,
      createdAt: String(row.created_at),
      state: JSON.parse(String(row.state)),
      progress: JSON.parse(String(row.progress)),
      epochs: training.epochs,
      lastLoss: row.last_loss as number | null,
      bestLoss: row.best_loss as number | null,
      firstRightEpoch: row.first_right_epoch as number | null,
      shapes: row.shapes === null ? null : JSON.parse(String(row.shapes)),
    },
  };
}
