/**
 * Writes what the engine reports of open runs to the project file and tells the windows. Rows are committed with their
 * checkpoint and state, and at least twice a second; before the commit they can already be read. The bytes of a large
 * checkpoint are written ahead in parts; that the run rests there is committed and told with the last part.
 */
import type { EpochRow, RunCheckpoint, RunProgress, RunState } from '../../../engine/api.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { LabEvents, RunSummary } from '../../api.ts';
import {
  type CheckpointBlobs,
  storeCheckpoint,
  storeCheckpointBlobs,
} from '../../project/checkpoint-store.ts';
import type { Keeper } from '../../project/keeper.ts';
import { isShort, type LargeBytes } from '../../project/large-bytes.ts';
import { appendEpochs, readRunSummary, storeState } from '../../project/run-store.ts';

const commitEveryMs = 500;
/** Number of waiting rows that forces a commit, which takes some tens of milliseconds. */
const mostWaiting = 1000;

/**
 * Characters of predictions kept per row, in whole strings. The predictions of a hundred thousand samples would fill
 * any disk.
 */
const mostPredictedCharacters = 4000;

function withinReason(row: EpochRow): EpochRow {
  let characters = 0;
  const end = row.predictions.findIndex((text) => {
    characters += text.length;
    return characters > mostPredictedCharacters;
  });
  // The first prediction is always kept whole, because the board shows it.
  return end < 0 ? row : { ...row, predictions: row.predictions.slice(0, Math.max(1, end)) };
}

/** What is known of a run and is not in the file yet. */
export interface Unsaved {
  rows: EpochRow[];
  checkpoint: RunCheckpoint | null;
  state: boolean;
  /** The state in which the run came to rest; told once its large checkpoint is in the file. */
  rest: { state: RunState; progress: RunProgress } | null;
}

export const nothingUnsaved = (): Unsaved => ({ rows: [], checkpoint: null, state: false, rest: null });

/** The part of a live run that the recorder needs. */
export interface RecordedRun {
  readonly runId: string;
  summary: RunSummary;
  experiment: SequenceExperiment;
  unsaved: Unsaved;
}

export interface RunRecorder<Run extends RecordedRun = RecordedRun> {
  takeEpochs(run: Run, rows: EpochRow[]): void;
  takeCheckpoint(run: Run, checkpoint: RunCheckpoint): void;
  takeState(run: Run, state: RunState, progress: RunProgress): void;
  /**
   * Writes everything that is not in the file yet; a large checkpoint follows in parts. Returns false if the file
   * refuses, and the data waits.
   */
  commit(run: Run): boolean;
  /** Resolves when no checkpoint of the run is being written any more. */
  written(run: Run): Promise<void>;
  /** Gives up what is known of the run and is not in the file. */
  discard(run: Run): void;
  /** Ends commits by timer; resolves when no writing is under way. */
  close(): Promise<void>;
}

/** The writing of a large checkpoint in parts. */
interface Writing {
  isWanted: boolean;
  ended: Promise<void>;
}

export interface RecorderOptions<Run extends RecordedRun> {
  keeper: Keeper;
  largeBytes: LargeBytes;
  tell: Pick<LabEvents, 'runChanged' | 'epochsArrived'>;
  /** The file refused what the run reported. */
  onRefused(run: Run): void;
  /** Everything known of a run is in the file. */
  onCommitted(run: Run): void;
}

export function createRunRecorder<Run extends RecordedRun>({
  keeper,
  largeBytes,
  tell,
  onRefused,
  onCommitted,
}: RecorderOptions<Run>): RunRecorder<Run> {
  const due = new Set<Run>();
  const writings = new Map<Run, Writing>();
  /** All writings that have not ended, including those that were given up. */
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | null = null;

  function commit(run: Run): boolean {
    const { rows, checkpoint, state, rest } = run.unsaved;
    due.delete(run);
    if (rows.length === 0 && !checkpoint && !state && !rest) return true;
    if (!checkpoint || isSmall(checkpoint)) return commitWith(run, checkpoint);
    if (!writings.has(run)) startWriting(run);
    return commitWith(run, null);
  }

  function commitWith(run: Run, checkpoint: RunCheckpoint | CheckpointBlobs | null): boolean {
    const { runId, unsaved } = run;
    const isHere = checkpoint !== null && isInFile(checkpoint);
    const later = unsaved.checkpoint && !isSmall(unsaved.checkpoint) ? unsaved.checkpoint : null;
    const isWriting = later !== null || (writings.has(run) && !isHere);
    const rest = isWriting ? null : unsaved.rest;
    const summary = { ...run.summary, ...rest };
    const committed = keeper.write((database) => {
      appendEpochs(database, runId, unsaved.rows);
      if (isHere) storeCheckpointBlobs(database, runId, checkpoint);
      else if (checkpoint) storeCheckpoint(database, runId, checkpoint);
      storeState(database, runId, summary.state, summary.progress);
      largeBytes.removeSome(database);
      return checkpoint ? (readRunSummary(database, runId)?.checkpointBytes ?? 0) : summary.checkpointBytes;
    });
    if (!committed.ok) {
      refuse(run);
      return false;
    }
    run.unsaved = { rows: [], checkpoint: later, state: false, rest: isWriting ? unsaved.rest : null };
    run.summary = { ...summary, checkpointBytes: committed.value };
    if (rest) tell.runChanged(run.summary);
    if (!isWriting) onCommitted(run);
    return true;
  }

  /**
   * Handles a refusal: a rest that waited for its checkpoint is told at once, because the file may accept nothing for
   * long.
   */
  function refuse(run: Run): void {
    const { rest } = run.unsaved;
    onRefused(run);
    if (!rest) return;
    run.unsaved = { ...run.unsaved, state: true, rest: null };
    run.summary = { ...run.summary, ...rest };
    tell.runChanged(run.summary);
  }

  function startWriting(run: Run): void {
    const writing: Writing = { isWanted: true, ended: Promise.resolve() };
    writings.set(run, writing);
    writing.ended = writeAll(run, writing).finally(() => {
      underWay.delete(writing.ended);
      if (writings.get(run) === writing) writings.delete(run);
    });
    underWay.add(writing.ended);
  }

  /** Writes the newest checkpoint, then any that arrived meanwhile. */
  async function writeAll(run: Run, writing: Writing): Promise<void> {
    while (writing.isWanted && run.unsaved.checkpoint) {
      const { checkpoint } = run.unsaved;
      run.unsaved.checkpoint = null;
      const isWritten = await writeOne(run, checkpoint, writing);
      if (isWritten || !writing.isWanted) continue;
      // The checkpoint waits until the file accepts changes again.
      run.unsaved.checkpoint ??= checkpoint;
      return;
    }
  }

  async function writeOne(run: Run, checkpoint: RunCheckpoint, writing: Writing): Promise<boolean> {
    const isWanted = () => writing.isWanted;
    const state = await largeBytes.write(checkpoint.state, isWanted);
    const weights = state.ok ? await largeBytes.write(checkpoint.weights, isWanted) : state;
    if (!state.ok || !weights.ok) {
      if (state.ok && state.value !== null) largeBytes.done(state.value);
      refuse(run);
      return false;
    }
    const [stateBlob, weightsBlob] = [state.value, weights.value];
    const isWhole = stateBlob !== null && weightsBlob !== null && isWanted();
    const { epoch } = checkpoint;
    const isCommitted = isWhole && commitWith(run, { epoch, state: stateBlob, weights: weightsBlob });
    for (const blob of [stateBlob, weightsBlob]) if (blob !== null) largeBytes.done(blob);
    return isCommitted;
  }

  function commitSoon(run: Run): void {
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
        // The next state report repeats this with the batch. But a window must never be behind the rows that it can
        // pull, and a run that has reported rows not saved yet is not at rest.
        state: { status: 'running' },
        progress: { ...summary.progress, epoch: last.epoch, batch: 0, trainedMs: last.trainedMs },
        lastLoss: last.loss,
        bestLoss: rows.reduce((best, { loss }) => Math.min(best, loss), summary.bestLoss ?? Infinity),
        firstRightEpoch: summary.firstRightEpoch ?? rows.find((row) => row.accuracy === 1)?.epoch ?? null,
      };
      // The rows can be read already, so windows need not wait for the disk.
      tell.epochsArrived({ runId: run.runId, epoch: last.epoch, loss: last.loss });
      // A run that begins to train is committed at once, so that a crash then counts as an interruption.
      if (summary.state.status !== 'running' || run.unsaved.rows.length >= mostWaiting) commit(run);
      else commitSoon(run);
    },
    takeCheckpoint(run, checkpoint) {
      run.unsaved.checkpoint = checkpoint;
      commit(run);
    },
    takeState(run, state, progress) {
      run.unsaved.rest = writings.has(run) && state.status !== 'running' ? { state, progress } : null;
      if (run.unsaved.rest) return;
      const goesOn = state.status === 'running' && run.summary.state.status === 'running';
      run.summary = { ...run.summary, state, progress };
      run.unsaved.state = true;
      if (goesOn) commitSoon(run);
      else commit(run);
      tell.runChanged(run.summary);
    },
    async written(run) {
      for (let writing = writings.get(run); writing; writing = writings.get(run)) await writing.ended;
    },
    discard(run) {
      run.unsaved = nothingUnsaved();
      const writing = writings.get(run);
      if (writing) writing.isWanted = false;
      writings.delete(run);
    },
    async close() {
      if (timer) clearTimeout(timer);
      timer = null;
      for (const writing of writings.values()) writing.isWanted = false;
      await Promise.all(underWay);
    },
  };
}

const isSmall = ({ state, weights }: RunCheckpoint): boolean => isShort(state) && isShort(weights);

const isInFile = (checkpoint: RunCheckpoint | CheckpointBlobs): checkpoint is CheckpointBlobs =>
  typeof checkpoint.state === 'number';
