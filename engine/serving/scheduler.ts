/** Which run's slice is next: open runs are worked on in turn, in slices between which messages are handled. */
import { type Clock, sliceMs } from './clock.ts';
import { isRunning, type OpenRun } from './open-run.ts';

/** Most epochs a millisecond: as many as a project file takes in without holding up other requests. */
const rowsPerMs = 50;
/**
 * Rows that may wait for their receiver before the run waits, too: a window must show the present, not a backlog.
 */
const mostWaiting = 3000;
/**
 * Most milliseconds between two checkpoints of a long run. The first ones come sooner; all together take at most
 * about a twentieth of its time.
 */
const checkpointGapMs = 5000;
const firstCheckpointGapMs = 500;
/** A nap is short so that a command never has to wait. */
const longestNapMs = 20;

export interface Scheduler {
  /** Works on all running runs in turn until none is left. One call serves all runs. */
  work(): Promise<void>;
  /**
   * Does a task that needs the run to stand between two batches. While a batch is under way, `work` finishes it
   * first.
   */
  betweenBatches<T>(run: OpenRun, task: () => Promise<T>): Promise<T>;
}

export function createScheduler(
  runs: ReadonlyMap<string, OpenRun>,
  clock: Clock,
  tell: (run: OpenRun) => void,
): Scheduler {
  const { now, sleep, yieldToMessages } = clock;
  let working = false;

  return {
    async work() {
      if (working) return;
      working = true;
      for (let running = [...runs.values()].filter(isRunning); running.length > 0; ) {
        let worked = false;
        for (const run of running) {
          if (!canWork(run)) continue;
          worked = workOnSlice(run, now) || worked;
          tell(run);
          await yieldToMessages();
        }
        running = [...runs.values()].filter(isRunning);
        const wakeAt = Math.min(...running.map((run) => run.nextEpochAt));
        if (!worked && running.length > 0) {
          await sleep(Math.min(Math.max(wakeAt - now(), 1), longestNapMs));
        }
      }
      working = false;
    },
    async betweenBatches(run, task) {
      run.holds++;
      try {
        while (run.batch !== null) await yieldToMessages();
        return await task();
      } finally {
        run.holds--;
      }
    },
  };
}

const canWork = (run: OpenRun) =>
  isRunning(run) && (run.batch !== null || (run.holds === 0 && run.news.rows.length < mostWaiting));

/** Works for up to `sliceMs`; false where the speed limit allowed no work. */
function workOnSlice(run: OpenRun, now: Clock['now']): boolean {
  const until = now() + sliceMs;
  let worked = false;
  for (let time = now(); time < until && canWork(run) && !mustWait(run, time); time = now()) {
    worked = true;
    if (trainMany(run, time, until)) break;
    trainPiece(run, time);
  }
  if (worked) run.news.stateDue = true;
  if (worked && (!isRunning(run) || now() - run.news.checkpointAt >= checkpointGap(run))) {
    run.news.checkpointDue = true;
  }
  return worked;
}

/**
 * Trains as many epochs as fit into the rest of the slice, in as few calls as possible; false where the run cannot
 * train many epochs at once now.
 */
function trainMany(run: OpenRun, time: number, until: number): boolean {
  if (run.wish !== 'run' || run.epochsPerSecond !== null || run.batch !== null) return false;
  const rows = run.trainer.manyEpochs(until - time, sliceMs * rowsPerMs);
  if (rows === null) return false;
  for (const row of rows) run.news.rows.push(row);
  // The rows make up for a nap that was too long.
  run.nextEpochAt = Math.max(run.nextEpochAt, time - 2 * sliceMs) + rows.length / rowsPerMs;
  if (run.trainer.state().status !== 'paused') run.wish = 'pause';
  return true;
}

/** Trains a piece of a batch; after the last piece, records the epoch or the step that it completed. */
function trainPiece(run: OpenRun, time: number): void {
  run.batch ??= run.trainer.batchInPieces();
  const piece = run.batch.next();
  if (!piece.done) return;
  run.batch = null;
  const row = piece.value;
  if (row !== null) run.news.rows.push(row);
  if (row !== null && run.epochsPerSecond !== null) {
    run.nextEpochAt = Math.max(run.nextEpochAt + 1000 / run.epochsPerSecond, time);
  }
  if (run.wish === 'steps') {
    if (run.steps[0] === 'batch' || row !== null) run.steps.shift();
    if (run.steps.length === 0) run.wish = 'pause';
  }
  if (run.trainer.state().status !== 'paused') run.wish = 'pause';
}

function checkpointGap({ news }: OpenRun): number {
  const usualGap = Math.min(checkpointGapMs, firstCheckpointGapMs * 2 ** news.checkpoints);
  return Math.max(usualGap, 20 * news.checkpointCostMs);
}

/** Whether an epoch that would begin now must wait until its time has come. */
function mustWait({ wish, batch, trainer, nextEpochAt }: OpenRun, time: number): boolean {
  if (wish !== 'run' || batch !== null) return false;
  return time < nextEpochAt && trainer.progress().batch === 0;
}
