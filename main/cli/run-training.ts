import { once } from 'node:events';
import type { EpochRow, RunState } from '../../engine/api.ts';
import type { SequenceExperiment, WeightsJson } from '../../engine/model/experiment.ts';
import { createTrainer } from '../../engine/training/trainer.ts';
import { openBackend } from '../engine-process/kernel-backend.ts';
import { automaticThreads } from '../engine-process/kernel-threads.ts';
import { prepareKernels } from './kernel-choice.ts';
import { unwrap } from './refusal.ts';
import { isStandardOutputFull, say } from './terminal.ts';

export interface TrainedRun {
  state: Extract<RunState, { status: 'finished' | 'stopped' | 'diverged' }>;
  epochs: number;
  lastLoss: number | null;
  /**
   * The training that the weights went through; `restoredEpoch`: the epoch whose weights were restored at the end, if
   * any.
   */
  trainedBy: { epochs: number; loss: number | null };
  restoredEpoch: number | null;
  initialWeights: WeightsJson;
  weights: WeightsJson;
  /** Time spent training, by the monotonic clock. */
  seconds: number;
}

/** Milliseconds between two checks for an interrupt. */
const breathMs = 50;

export interface TrainingOptions {
  /** The experiment's place, for sentences. */
  place: string;
  onRow(row: EpochRow): void;
  /** A promise to wait for before training goes on, because the reader of the rows is slow; null: there is none. */
  backlog?(): Promise<unknown> | null;
  threads?: number | null;
  /** The epoch after which training stops; null: the run's end. */
  until?: number | null;
}

/** Signals that stop a run in order: Ctrl-C, a request to end, a closed terminal. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Trains to the run's end, to the epoch `until`, or to the next batch after an interrupt, which stops the run in order.
 */
export async function runTraining(
  experiment: SequenceExperiment,
  { place, onRow, backlog = () => null, threads = null, until = null }: TrainingOptions,
): Promise<TrainedRun> {
  await prepareKernels();
  const trainer = unwrap(
    createTrainer(experiment, null, { backend: openBackend(() => threads ?? automaticThreads(0)) }),
    place,
  );
  const initialWeights = trainer.weights();
  let stopped = false;
  let stop = () => {};
  const interrupt = new Promise<void>((resolve) => {
    stop = () => {
      stopped = true;
      resolve();
    };
  });
  for (const signal of stopSignals) process.on(signal, stop);
  let lastLoss: number | null = null;
  let breath = performance.now();
  let state = trainer.state();
  try {
    const left = () => (until ?? Infinity) - trainer.progress().epoch;
    while (state.status === 'paused' && !stopped && left() > 0) {
      for (const row of trainer.manyEpochs(breathMs, left()) ?? [trainer.stepBatch()]) {
        if (row === null) continue;
        lastLoss = row.loss;
        onRow(row);
      }
      if (performance.now() - breath > breathMs) {
        await new Promise((resolve) => setImmediate(resolve));
        // Training waits for slow readers, because unread lines would pile up in memory.
        const unread = [isStandardOutputFull() ? drained() : null, backlog()];
        for (const wait of unread) if (wait) await Promise.race([wait, interrupt]);
        breath = performance.now();
      }
      state = trainer.state();
    }
  } finally {
    for (const signal of stopSignals) process.off(signal, stop);
    trainer.close();
  }
  const { epoch, trainedMs } = trainer.progress();
  return {
    state: state.status === 'finished' || state.status === 'diverged' ? state : { status: 'stopped' },
    epochs: epoch,
    lastLoss,
    trainedBy: trainer.trainedBy(),
    restoredEpoch: trainer.restoredEpoch(),
    initialWeights,
    weights: trainer.weights(),
    seconds: trainedMs / 1000,
  };
}

/** Resolves when standard output has been read, or its reader is gone. */
const drained = () => once(process.stdout, 'drain').catch(() => {});

/** Prints to standard error how the run ended, and returns the exit code. */
export function reportEnd({ state, epochs, lastLoss, seconds, restoredEpoch }: TrainedRun): number {
  const loss = lastLoss === null ? '' : `, loss ${lastLoss.toPrecision(7)}`;
  const after = `after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${seconds.toPrecision(3)} s${loss}`;
  const restored =
    restoredEpoch === null ? '' : `; the weights are those of epoch ${restoredEpoch}, the best`;
  switch (state.status) {
    case 'finished':
      say(`finished (${reasons[state.reason]}) ${after}${restored}`);
      return 0;
    case 'stopped':
      say(`stopped ${after}`);
      return 1;
    case 'diverged':
      say(`${state.problem.code === 'diverged' ? 'diverged' : 'failed'} ${after}: ${state.problem.message}`);
      return 1;
  }
}

const reasons = {
  epochs: 'all epochs',
  'loss-below': 'the loss is low enough',
  'right-for': 'right for long enough',
  patience: 'no improvement for long enough',
} satisfies Record<Extract<RunState, { status: 'finished' }>['reason'], string>;
