/** Runs in the project file: frozen experiments, states, epochs. */
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { EpochRow, RunProgress, RunState, ShapesReport } from '../../engine/api.ts';
import { LabError, type Problem, problem } from '../../engine/errors.ts';
import type {
  EarlyStopping,
  ExperimentDocument,
  TrainingSpec,
  WeightsJson,
} from '../../engine/model/experiment.ts';
import type { RunSettings, RunSummary } from '../api.ts';
import { keepBlob } from './blob-store.ts';
import { branchChangeSchema, weightPatches } from './branch-schema.ts';
import { addToCurves, cutCurvesAfter } from './curve-store.ts';
import { freeze, readFrozen } from './frozen-store.ts';
import { readCell } from './json-cells.ts';
import { keepingObject } from './keeping.ts';
import { epochCells, jsonNumbers, progressSchema, shapesSchema, stateSchema } from './run-schema.ts';
import { flatSettings } from './run-settings.ts';

export interface StoredRun {
  summary: RunSummary;
  /** The frozen experiment, with the changes made while it ran. */
  experiment: ExperimentDocument;
  /** The training settings with which it began. */
  frozenTraining: TrainingSpec;
}

const startProgress: RunProgress = {
  epoch: 0,
  batch: 0,
  batchesPerEpoch: 0,
  trainedMs: 0,
  tokensPerSecond: null,
};

/** Inserts a queued run with the next number and returns its id. In the caller's transaction. */
export function insertRun(database: DatabaseSync, experiment: ExperimentDocument): string {
  const { dataset, initialWeights, ...rest } = experiment;
  const next = database.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM run').get()!.number;
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO run (number, name, created_at, kind, status, state, progress, training, experiment, dataset,
         given_weights) VALUES (?, ?, ?, ?, 'queued', '{"status":"queued"}', ?, ?, ?, ?, ?)`,
    )
    .run(
      next!,
      experiment.name,
      new Date().toISOString(),
      dataset.task === 'shapes' ? 'shapes' : 'training',
      JSON.stringify(startProgress),
      JSON.stringify(experiment.training),
      JSON.stringify(rest),
      freeze(database, dataset),
      initialWeights === null ? null : freeze(database, initialWeights),
    );
  return String(lastInsertRowid);
}

/** Deletes a run for good; only for one that no window has been told of. */
export function removeRun(database: DatabaseSync, runId: string): void {
  database.prepare('DELETE FROM run WHERE id = ?').run(Number(runId));
}

/** Stores a run's weights before its first update; `weights` is the blob of a safetensors file. */
export function storeInitialWeights(database: DatabaseSync, runId: string, weights: number): void {
  keepBlob(database, weights);
  database.prepare('UPDATE run SET initial_weights = ? WHERE id = ?').run(weights, Number(runId));
}

/** Stores a run's state and progress. */
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

/** Stores a run's training settings after a live change; the frozen experiment keeps those it began with. */
export function storeTraining(database: DatabaseSync, runId: string, training: TrainingSpec): void {
  database.prepare('UPDATE run SET training = ? WHERE id = ?').run(JSON.stringify(training), Number(runId));
}

/** Stores the report of a shapes run. */
export function storeShapes(database: DatabaseSync, runId: string, report: ShapesReport): void {
  const json = JSON.stringify(report, (_, value) =>
    value instanceof Float32Array ? jsonNumbers(value) : value,
  );
  database.prepare('UPDATE run SET shapes = ? WHERE id = ?').run(json, Number(runId));
}

/** A run's shapes; null if it shows none. Throws a LabError if they are damaged. */
export function readShapes(database: DatabaseSync, runId: string): ShapesReport | null {
  const { shapes } = database.prepare('SELECT shapes FROM run WHERE id = ?').get(Number(runId)) ?? {};
  if (typeof shapes !== 'string') return null;
  return readCell(shapes, `run ${runId}, shapes`, shapesSchema);
}

/**
 * Appends epochs, in order, and adds them to the run's curves. An epoch that is already stored is the same, and stays.
 */
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
  addToCurves(database, runId, rows);
  database
    .prepare(
      `UPDATE run SET last_loss = $last, best_loss = min(coalesce(best_loss, $best), $best),
         first_right_epoch = coalesce(first_right_epoch, $right) WHERE id = $run`,
    )
    .run({
      last: rows.at(-1)!.loss,
      best: rows.reduce((best, { loss }) => Math.min(best, loss), Infinity),
      right: rows.find((row) => row.accuracy === 1)?.epoch ?? null,
      run: Number(runId),
    });
}

/** Rows of epochs > since, in order, at most limit. Throws a LabError if a cell is damaged. */
export function readEpochs(database: DatabaseSync, runId: string, since: number, limit: number): EpochRow[] {
  return database
    .prepare('SELECT * FROM epoch WHERE run_id = ? AND epoch > ? ORDER BY epoch LIMIT ?')
    .all(Number(runId), since, limit)
    .map((row) => {
      const where = `run ${runId}, epoch ${row.epoch}`;
      return {
        epoch: Number(row.epoch),
        loss: Number(row.loss),
        lr: Number(row.lr),
        gradNorm: Number(row.grad_norm),
        accuracy: Number(row.accuracy),
        validationLoss: row.validation_loss as number | null,
        validationAccuracy: row.validation_accuracy as number | null,
        predictions: readCell(row.predictions, where, epochCells.predictions),
        probabilities:
          row.probabilities === null ? null : readCell(row.probabilities, where, epochCells.probabilities),
        trainedMs: Number(row.trained_ms),
      };
    });
}

/** Deletes the epochs after the checkpoint from which the run resumes, so that none is stored twice. */
export function cutEpochsAfter(database: DatabaseSync, runId: string, epoch: number): void {
  const id = Number(runId);
  const cut = database.prepare('DELETE FROM epoch WHERE run_id = ? AND epoch > ?').run(id, epoch);
  if (cut.changes === 0) return;
  cutCurvesAfter(database, runId, epoch);
  database
    .prepare(
      `UPDATE run SET
         last_loss = (SELECT loss FROM epoch WHERE run_id = run.id ORDER BY epoch DESC LIMIT 1),
         best_loss = (SELECT min(loss) FROM epoch WHERE run_id = run.id),
         first_right_epoch = (SELECT min(epoch) FROM epoch WHERE run_id = run.id AND accuracy = 1)
       WHERE id = ?`,
    )
    .run(id);
}

// The columns are named, because a list of a thousand runs must not read their documents' weights and shapes.
const summaryColumns = `id, kind, number, name, notes, created_at, state, progress, training, experiment, dataset,
  given_weights, last_loss, best_loss,
  first_right_epoch, (SELECT sum(bytes) FROM checkpoint JOIN blob ON blob.id IN (state, weights)
  WHERE run_id = run.id) AS checkpoint_bytes, parent_epoch, branch_change, hand_edited,
  (SELECT id FROM run AS other WHERE other.id = run.parent AND other.deleted_by IS NULL) AS parent`;

/** A run's summary; null if there is no such run or it is deleted. If its row is damaged, the state says so. */
export function readRunSummary(database: DatabaseSync, runId: string): RunSummary | null {
  return summaryReader(database)(runId);
}

function summaryReader(database: DatabaseSync): (runId: string) => RunSummary | null {
  const read = database.prepare(`SELECT ${summaryColumns} FROM run WHERE id = ? AND deleted_by IS NULL`);
  return (runId) => {
    try {
      const row = read.get(Number(runId));
      return row ? toSummary(row) : null;
    } catch (error) {
      return damagedRun(database, runId, error);
    }
  };
}

/**
 * The summary of a run whose row cannot be read. Other errors are defects, or damage of the whole file, and are thrown.
 */
function damagedRun(database: DatabaseSync, runId: string, error: unknown): RunSummary {
  const isOutOfRange = (error as { code?: string }).code === 'ERR_OUT_OF_RANGE';
  if (!(error instanceof LabError) && !isOutOfRange) throw error;
  const what = error instanceof LabError ? String(error.problem.details.what) : 'a number in it is too large';
  const cells = database
    .prepare('SELECT kind, min(number, 1000000000) AS number, name, notes, created_at FROM run WHERE id = ?')
    .get(Number(runId))!;
  const number = Number(cells.number);
  const message = `run ${number} is damaged (${what}); it cannot go on, and the other runs are as they were`;
  const damage = problem('run-damaged', '', message, { number, what });
  return {
    id: runId,
    kind: kindOf(cells),
    number,
    name: String(cells.name),
    notes: String(cells.notes),
    createdAt: String(cells.created_at),
    state: { status: 'interrupted', reason: message, problem: damage },
    progress: startProgress,
    epochs: 0,
    lastLoss: null,
    bestLoss: null,
    firstRightEpoch: null,
    checkpointBytes: 0,
    ...noParent,
    settings: {},
  };
}

/** Why a run with a damaged row accepts no commands; null if the row is whole. */
export function damageOf({ state }: RunSummary): Problem | null {
  return state.status === 'interrupted' && state.problem?.code === 'run-damaged' ? state.problem : null;
}

/** All runs, in order of their numbers. A damaged run is listed as damaged, so that the others can be read. */
export function readRuns(database: DatabaseSync): RunSummary[] {
  const read = summaryReader(database);
  const ids = database.prepare('SELECT id FROM run WHERE deleted_by IS NULL ORDER BY number').all();
  return ids.map(({ id }) => read(String(id))!);
}

/**
 * A run with its document; null if there is no such run or it is deleted. Throws a LabError if a cell of its document
 * is damaged.
 */
export function readRun(database: DatabaseSync, runId: string): StoredRun | null {
  const summary = readRunSummary(database, runId);
  if (!summary) return null;
  const row = database
    .prepare('SELECT experiment, training, dataset, given_weights FROM run WHERE id = ?')
    .get(Number(runId))!;
  const frozen = readCell(row.experiment, `run ${runId}, experiment`, keepingObject({}));
  const { model, training: frozenTraining, ...head } = frozen;
  const experiment = {
    ...head,
    dataset: readFrozen(database, Number(row.dataset)),
    model,
    training: readTraining(row.training, runId),
    initialWeights:
      row.given_weights === null ? null : (readFrozen(database, Number(row.given_weights)) as WeightsJson),
  } as ExperimentDocument;
  return { summary, experiment, frozenTraining: frozenTraining as TrainingSpec };
}

/** A run's early stopping rule; null if it has none or there is no such run. */
export function readEarlyStopping(database: DatabaseSync, runId: string): EarlyStopping | null {
  const row = database.prepare('SELECT training FROM run WHERE id = ?').get(Number(runId));
  return row ? readTraining(row.training, runId).earlyStopping : null;
}

/** Points of a sparkline: at most `count` losses, spread evenly over the run. */
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

function readTraining(text: unknown, runId: string): TrainingSpec {
  const schema = keepingObject({ epochs: v.number() });
  return readCell(text, `run ${runId}, training`, schema) as unknown as TrainingSpec;
}

function toSummary(row: Record<string, unknown>): RunSummary {
  const id = String(row.id);
  return {
    id,
    kind: kindOf(row),
    number: Number(row.number),
    name: String(row.name),
    notes: String(row.notes),
    createdAt: String(row.created_at),
    state: readCell(row.state, `run ${id}, state`, stateSchema),
    progress: readCell(row.progress, `run ${id}, progress`, progressSchema),
    epochs: readTraining(row.training, id).epochs,
    lastLoss: row.last_loss as number | null,
    bestLoss: row.best_loss as number | null,
    firstRightEpoch: row.first_right_epoch as number | null,
    checkpointBytes: Number(row.checkpoint_bytes ?? 0),
    ...(row.parent_epoch === null ? noParent : originOf(row, id)),
    settings: settingsOf(row, id),
  };
}

function settingsOf(
  { experiment, training, dataset, given_weights: given }: Record<string, unknown>,
  id: string,
): RunSettings {
  const {
    format: _,
    version: __,
    ...document
  } = readCell(experiment, `run ${id}, experiment`, keepingObject({}));
  return {
    ...flatSettings({ ...document, training: readTraining(training, id) }),
    dataset: Number(dataset),
    initialWeights: given === null ? null : Number(given),
  };
}

type Origin = Pick<RunSummary, 'parent' | 'change' | 'handEdited'>;

const noParent: Origin = { parent: null, change: null, handEdited: 0 };

function originOf(
  { parent, parent_epoch: epoch, branch_change: change, hand_edited: edited }: Record<string, unknown>,
  id: string,
): Origin {
  return {
    parent: { runId: parent === null ? null : String(parent), epoch: Number(epoch) },
    change:
      change === null ? { kind: 'none' } : readCell(change, `run ${id}, branch_change`, branchChangeSchema),
    handEdited: edited === null ? 0 : readCell(edited, `run ${id}, hand_edited`, weightPatches).length,
  };
}

const kindOf = ({ kind }: Record<string, unknown>): RunSummary['kind'] =>
  kind === 'shapes' ? 'shapes' : 'training';
