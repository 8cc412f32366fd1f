/** A run that the engine has open: what the user wants of it, and which events are still to be sent. */
import type { EpochRow, RunCommand, RunState } from '../api.ts';
import type { Trainer } from '../training/trainer.ts';

export interface OpenRun {
  readonly runId: string;
  /** Identifies this opening: another opening of the same run may reach other weights. */
  readonly opening: symbol;
  readonly trainer: Trainer;
  /** The batch under way; null between two batches. */
  batch: ReturnType<Trainer['batchInPieces']> | null;
  /** What the user wants of the run. The trainer knows whether the run has ended. */
  wish: 'pause' | 'stop' | 'steps' | 'run';
  /**
   * Steps still to be done while `wish` is `steps`, in order. Commands that arrive faster than they are done all get
   * done.
   */
  steps: ('epoch' | 'batch')[];
  epochsPerSecond: number | null;
  /** When the next epoch may begin: a speed limit sets it, and so does the bound that keeps rows from piling up. */
  nextEpochAt: number;
  /** How many tasks need the run to stand between two batches. */
  holds: number;
  /** Whether the engine has forgotten the run. */
  isClosed: boolean;
  news: News;
}

/** What is still to be sent about a run, and when something was last sent. */
export interface News {
  rows: EpochRow[];
  checkpointDue: boolean;
  stateDue: boolean;
  toldAt: number;
  isScheduled: boolean;
  telling: Promise<void> | null;
  /** Checkpoints sent so far: the first ones come sooner. */
  checkpoints: number;
  checkpointAt: number;
  checkpointCostMs: number;
}

/** A run that was just made; it is paused. `time` is now, in milliseconds of the monotonic clock. */
export function newOpenRun(runId: string, trainer: Trainer, time: number): OpenRun {
  return {
    runId,
    opening: Symbol(runId),
    trainer,
    batch: null,
    wish: 'pause',
    steps: [],
    epochsPerSecond: null,
    nextEpochAt: 0,
    holds: 0,
    isClosed: false,
    news: {
      rows: [],
      checkpointDue: false,
      stateDue: false,
      toldAt: -Infinity,
      isScheduled: false,
      telling: null,
      checkpoints: 0,
      checkpointAt: time,
      checkpointCostMs: 0,
    },
  };
}

/** A batch under way is always finished: a run pauses and stops between two batches. */
const isWanted = (run: OpenRun) => run.batch !== null || (run.wish !== 'pause' && run.wish !== 'stop');

/** Whether the scheduler should work on the run. */
export const isRunning = (run: OpenRun): boolean =>
  !run.isClosed && isWanted(run) && run.trainer.state().status === 'paused';

/** The state that the user sees: a run being worked on is `running`, a run that was stopped is `stopped`. */
export function stateOf(run: OpenRun): RunState {
  const state = run.trainer.state();
  if (state.status !== 'paused') return state;
  if (isWanted(run)) return { status: 'running' };
  return { status: run.wish === 'stop' ? 'stopped' : 'paused' };
}

/** Notes what a command asks for; `time` is now. A change of settings goes to the trainer instead. */
export function wishFor(run: OpenRun, command: Exclude<RunCommand, { kind: 'change' }>, time: number): void {
  run.news.stateDue = true;
  switch (command.kind) {
    case 'run':
      run.wish = 'run';
      run.epochsPerSecond = command.epochsPerSecond;
      run.nextEpochAt = time;
      break;
    case 'step-epoch':
    case 'step-batch':
      if (run.wish !== 'steps') run.steps = [];
      run.wish = 'steps';
      run.steps.push(command.kind === 'step-epoch' ? 'epoch' : 'batch');
      break;
    case 'pause':
    case 'stop':
      run.wish = command.kind;
      run.news.checkpointDue = true;
      break;
  }
}
