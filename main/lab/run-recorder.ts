/**
 * What the engine reports of open runs, on its way into the project file and on to the windows. Rows are committed
 * with their checkpoint and state, and at least twice a second; between two commits they can already be read.
 */
import type { EpochRow, RunProgress, RunState } from '../../engine/api.ts';
import type { SequenceExperiment } from '../../engine/model/experiment.ts';
import type { LabEvents, RunSummary } from '../api.ts';
import { type PackedCheckpoint, storeCheckpoint } from '../project/checkpoint-store.ts';
import { appendEpochs, readRunSummary, storeState } from '../project/run-store.ts';
import type { Keeper } from './keeper.ts';

const commitEveryMs = 500;

/** Of a row's predictions so much is kept, in whole strings: a hundred thousand samples would fill any disk. */
const mostPredictedCharacters = 4000;

function withinReason(row: EpochRow): EpochRow {
  let characters = 0;
  const end = row.predictions.findIndex((text) => {
    characters += text.length;
    return characters > mostPredictedCharacters;
  });
  // The first is always whole: it is what a board shows.
  return end < 0 ? row : { ...row, predictions: row.predictions.slice(0, Math.max(1, end)) };
}

/** What is known of a run and not in the file yet. */
export interface Unsaved {
  rows: EpochRow[];
  checkpoint: PackedCheckpoint | null;
  state: boolean;
}

export const nothingUnsaved = (): Unsaved => ({ rows: [], checkpoint: null, state: false });

/** A run as far as its record goes. */
export interface RecordedRun {
  readonly runId: string;
  summary: RunSummary;
  experiment: SequenceExperiment;
  unsaved: Unsaved;
}

export interface RunRecorder {
  takeEpochs(run: RecordedRun, rows: EpochRow[]): void;
  takeCheckpoint(run: RecordedRun, checkpoint: PackedCheckpoint): void;
  takeState(run: RecordedRun, state: RunState, progress: RunProgress): void;
  /** Writes everything that is not in the file yet; false where the file does not take it, and it waits. */
  commit(run: RecordedRun): boolean;
  /** No more commits by themselves. */
  close(): void;
}

export interface RecorderOptions {
  keeper: Keeper;
  tell: Pick<LabEvents, 'runChanged' | 'epochsArrived'>;
  /** The file does not take what the run reports. */
  onRefused(run: RecordedRun): void;
  /** Everything of a run is in the file. */
  onCommitted(run: RecordedRun): void;
}

export function createRunRecorder({ keeper, tell, onRefused, onCommitted }: RecorderOptions): RunRecorder {
  const due = new Set<RecordedRun>();
  let timer: NodeJS.Timeout | null = null;

  function commit(run: RecordedRun): boolean {
    const { rows, checkpoint, state } = run.unsaved;
    due.delete(run);
    if (rows.length === 0 && !checkpoint && !state) return true;
    const { runId, summary } = run;
    const committed = keeper.write((database) => {
      appendEpochs(database, runId, rows);
      if (checkpoint) storeCheckpoint(database, runId, checkpoint);
      storeState(database, runId, summary.state, summary.progress);
      return checkpoint ? (readRunSummary(database, runId)?.checkpointBytes ?? 0) : summary.checkpointBytes;
    });
    if (!committed.ok) {
      onRefused(run);
      return false;
    }
    run.unsaved = nothingUnsaved();
    run.summary = { ...run.summary, checkpointBytes: committed.value };
    onCommitted(run);
    return true;
  }

  function commitSoon(run: RecordedRun): void {
    due.add(run);
    timer ??= setTimeout(() => {
      timer = null;
      for (const one of [...due]) commit(one);
    }, commitEveryMs);
  }

  return {
    commit,
    takeEpochs(run, rows) {
      const last = rows.at(-1);
      if (!last) return;
      for (const row of rows) run.unsaved.rows.push(withinReason(row));
      const { summary } = run;
      run.summary = {
        ...summary,
        // The state that follows says it again, with the batch; a window must never be behind the rows it can pull,
        // and a run that has reported what is not saved yet does not rest.
        state: { status: 'running' },
        progress: { ...summary.progress, epoch: last.epoch, batch: 0, trainedMs: last.trainedMs },
        lastLoss: last.loss,
        bestLoss: rows.reduce((best, { loss }) => Math.min(best, loss), summary.bestLoss ?? Infinity),
        firstRightEpoch: summary.firstRightEpoch ?? rows.find((row) => row.accuracy === 1)?.epoch ?? null,
      };
      // That it trains is known at once: a crash then is an interruption.
      if (summary.state.status === 'running') commitSoon(run);
      else commit(run);
      tell.epochsArrived({ runId: run.runId, epoch: last.epoch });
    },
    takeCheckpoint(run, checkpoint) {
      run.unsaved.checkpoint = checkpoint;
      commit(run);
    },
    takeState(run, state, progress) {
      const goesOn = state.status === 'running' && run.summary.state.status === 'running';
      run.summary = { ...run.summary, state, progress };
      run.unsaved.state = true;
      if (goesOn) commitSoon(run);
      else commit(run);
      tell.runChanged(run.summary);
    },
    close() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}
