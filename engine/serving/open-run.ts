/** A run that the engine has open: what is wanted of it, and what is still to be told. */
import type { EpochRow, RunCommand, RunState } from '../api.ts';
import type { Trainer } from '../training/trainer.ts';

export interface OpenRun {
  readonly runId: string;
  /** Of this opening: another one of the same run may come to other weights. */
  readonly opening: symbol;
  readonly trainer: Trainer;
  /** The batch under way, between two slices. */
  batch: ReturnType<Trainer['batchInPieces']> | null;
  /** What the user wants of it; the trainer knows whether it has ended. */
  wish: 'pause' | 'stop' | 'steps' | 'run';
  /** What is still owed under `steps`, in order: commands that come faster than they are done are all done. */
  steps: ('epoch' | 'batch')[];
  epochsPerSecond: number | null;
  /** When the next epoch may begin: under a speed limit, or so that its rows do not pile up. */
  nextEpochAt: number;
  /** How many want it to stand between two batches. */
  holds: number;
  /** The engine has forgotten it. */
  isClosed: boolean;
  news: News;
}

/** What is still to be told of a run, and when something was told last. */
export interface News {
  rows: EpochRow[];
  checkpointDue: boolean;
  stateDue: boolean;
  toldAt: number;
  isScheduled: boolean;
  telling: Promise<void> | null;
  /** Checkpoints made so far: the first ones come sooner. */
  checkpoints: number;
  checkpointAt: number;
  checkpointCostMs: number;
}

/** A run that was just made; it waits. `time` is now, in milliseconds of the monotonic clock. */
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

/** A batch under way is always finished: a run pauses and stops between two. */
const isWanted = (run: OpenRun) => run.batch !== null || (run.wish !== 'pause' && run.wish !== 'stop');

/** Whether it is to be worked on. */
export const isRunning = (run: OpenRun): boolean =>
  !run.isClosed && isWanted(run) && run.trainer.state().status === 'paused';

/** The state that the user sees: a run being worked on is `running`, one that was stopped is `stopped`. */
export function stateOf(run: OpenRun): RunState {
  const state = run.trainer.state();
  if (state.status !== 'paused') return state;
  if (isWanted(run)) return { status: 'running' };
  return { status: run.wish === 'stop' ? 'stopped' : 'paused' };
}

/** Notes what a command asks for; `time` is now. A change of settings is the trainer's own. */
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
