/** Whose slice is next: open runs are worked on in turn, in slices between which messages are taken. */
import { type Clock, sliceMs } from './clock.ts';
import { isRunning, type OpenRun } from './open-run.ts';

/** Epochs a millisecond, as many as a project file takes in without holding up what else is asked of it. */
const rowsPerMs = 50;
/** Rows that may wait for their receiver; then the run waits, too: a window is to show what is, not what was. */
const mostWaiting = 3000;
/** A long run's checkpoints are at most so far apart, the first ones less, but take at most a twentieth of its time. */
const checkpointGapMs = 5000;
const firstCheckpointGapMs = 500;
/** A nap is short, so that a command is never kept waiting. */
const longestNapMs = 20;

export interface Scheduler {
  /** Works on all running runs in turn until none is left; one call is enough for all. */
  work(): Promise<void>;
  /** Does what needs the run to stand between two batches. While one is under way, `work` is finishing it. */
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

/** false where the speed limit let nothing be done. */
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

/** As many epochs as the rest of the slice holds, in as few calls as possible; false where the run is not, or no longer, such a run. */
function trainMany(run: OpenRun, time: number, until: number): boolean {
  if (run.wish !== 'run' || run.epochsPerSecond !== null || run.batch !== null) return false;
  const rows = run.trainer.manyEpochs(until - time, sliceMs * rowsPerMs);
  if (rows === null) return false;
  for (const row of rows) run.news.rows.push(row);
  // A nap that was too long is made up for.
  run.nextEpochAt = Math.max(run.nextEpochAt, time - 2 * sliceMs) + rows.length / rowsPerMs;
  if (run.trainer.state().status !== 'paused') run.wish = 'pause';
  return true;
}

/** A piece of a batch; where it is the last, what was reached by it. */
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

/** An epoch begins when its time has come. */
function mustWait({ wish, batch, trainer, nextEpochAt }: OpenRun, time: number): boolean {
  if (wish !== 'run' || batch !== null) return false;
  return time < nextEpochAt && trainer.progress().batch === 0;
}
