/** The order of a run's events: rows, then the checkpoint that includes them, then the state that they led to. */
import type { EngineEvents, RunCheckpoint } from '../api.ts';
import type { Clock } from './clock.ts';
import { isRunning, type OpenRun, stateOf } from './open-run.ts';

/** Milliseconds between two events: 20 events a second of each kind and run. */
const eventGapMs = 50;

export interface Outbox {
  /** Sends what is due, or schedules it for when the gap between two events is over. */
  tell(run: OpenRun): void;
  /** Resolves when nothing is left to be sent. */
  tellAll(run: OpenRun): Promise<void>;
  /** Resolves when every row made so far has been sent; whoever keeps a checkpoint must have the rows before it. */
  tellRows(run: OpenRun): Promise<void>;
}

/**
 * `takeCheckpoint` copies a checkpoint when the run stands between two batches, and calls `isTaken` at that moment.
 */
export function createOutbox(
  events: EngineEvents,
  { now, sleep }: Clock,
  takeCheckpoint: (run: OpenRun, isTaken: () => void) => Promise<RunCheckpoint>,
): Outbox {
  function tell(run: OpenRun): void {
    if (!hasNews(run) || run.news.telling !== null) return;
    const wait = run.news.toldAt + eventGapMs - now();
    if (wait <= 0) void tellNow(run);
    else if (!run.news.isScheduled) {
      run.news.isScheduled = true;
      void sleep(wait).then(() => {
        run.news.isScheduled = false;
        if (!run.isClosed) tell(run);
      });
    }
  }

  function tellNow(run: OpenRun): Promise<void> {
    run.news.telling ??= tellInOrder(run).then(() => {
      run.news.telling = null;
      tell(run);
    });
    return run.news.telling;
  }

  async function tellInOrder(run: OpenRun): Promise<void> {
    const { news } = run;
    news.toldAt = now();
    if (news.checkpointDue) await tellCheckpoint(run);
    else await tellWaitingRows(run);
    // Once the run has come to rest, rows and a checkpoint that came meanwhile go before the state.
    const comesFirst = news.checkpointDue || (news.rows.length > 0 && !isRunning(run));
    if (!news.stateDue || comesFirst) return;
    news.stateDue = false;
    events.state({ runId: run.runId, state: stateOf(run), progress: run.trainer.progress() });
  }

  async function tellCheckpoint(run: OpenRun): Promise<void> {
    const { runId, news } = run;
    const started = now();
    news.checkpointAt = started;
    const checkpoint = await takeCheckpoint(run, () => {
      news.checkpointDue = false;
    });
    await tellWaitingRows(run);
    await events.checkpoint({ runId, checkpoint });
    news.checkpoints++;
    news.checkpointAt = now();
    news.checkpointCostMs = news.checkpointAt - started;
  }

  async function tellWaitingRows({ runId, news }: OpenRun): Promise<void> {
    const { rows } = news;
    news.rows = [];
    if (rows.length > 0) await events.epochs({ runId, rows });
  }

  return {
    tell,
    async tellAll(run) {
      while (run.news.telling !== null || hasNews(run)) await tellNow(run);
    },
    async tellRows(run) {
      while (run.news.telling !== null || run.news.rows.length > 0) await tellNow(run);
    },
  };
}

const hasNews = ({ news }: OpenRun) => news.rows.length > 0 || news.checkpointDue || news.stateDue;
