import type {
  EngineApi,
  EngineEvents,
  EpochRow,
  InspectionApi,
  LiveSettings,
  OpenRun,
  RunCheckpoint,
  RunCommand,
  RunOpened,
  RunState,
} from './api.ts';
import { failure, LabError, problem, type Result, success } from './errors.ts';
import { checkExperiment } from './formats/experiment.ts';
import { generateInPieces } from './inspect/generate.ts';
import { findGradientsInPieces, mapGradientsInPieces } from './inspect/gradients.ts';
import { predictInPieces } from './inspect/predict.ts';
import { showShapes } from './inspect/shapes.ts';
import { traceInPieces } from './inspect/trace.ts';
import { type Backend, bestBackend } from './kernels/backend.ts';
import type { SequenceExperiment } from './model/experiment.ts';
import { createTrainer, type Trainer } from './training/trainer.ts';

/** The same as package.json's; a test holds them together. */
export const engineVersion = '1.0.0';

export interface ServiceOptions {
  /** Resolves after the messages that have arrived meanwhile were taken. */
  yieldToMessages: () => Promise<void>;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
  /** Resolves after about so many milliseconds. */
  sleep?: (ms: number) => Promise<void>;
  /** Which kernels compute; else the fastest of this machine. */
  backend?: Backend;
}

/** Work between two looks at the messages. */
const sliceMs = 25;
/** Epochs of a slice: twenty thousand a second, as many as a project file takes in without holding up its window. */
const mostRows = 500;
/** 20 events a second of each kind and run. */
const eventGapMs = 50;
/** A long run's checkpoints are at least so far apart, and take at most a twentieth of its time. */
const checkpointGapMs = 5000;

interface OpenedRun {
  runId: string;
  trainer: Trainer;
  /** The batch under way, between two slices. */
  batch: ReturnType<Trainer['batchInPieces']> | null;
  /** What the user wants of it; the trainer knows whether it has ended. */
  wish: 'pause' | 'stop' | 'epoch' | 'batch' | 'run';
  epochsPerSecond: number | null;
  /** When the next epoch may begin under a speed limit. */
  nextEpochAt: number;
  /** What is still to be told. */
  rows: EpochRow[];
  checkpointDue: boolean;
  stateDue: boolean;
  toldAt: number;
  tellScheduled: boolean;
  checkpointAt: number;
  checkpointCostMs: number;
}

/** Runs in memory, trained in slices between which messages are taken, so that every call is answered at once. */
export function createEngineService(
  events: EngineEvents,
  {
    yieldToMessages,
    now,
    sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    backend = bestBackend(),
  }: ServiceOptions,
): EngineApi & InspectionApi {
  const runs = new Map<string, OpenedRun>();
  let working = false;

  function find(runId: string): OpenedRun {
    const run = runs.get(runId);
    if (run === undefined) throw new LabError(problem('unknown-run', 'runId', `run ${runId} is not open`));
    return run;
  }

  /** A batch under way is always finished: a run pauses and stops between two. */
  const isWanted = (run: OpenedRun) => run.batch !== null || (run.wish !== 'pause' && run.wish !== 'stop');
  const isRunning = (run: OpenedRun) =>
    runs.get(run.runId) === run && isWanted(run) && run.trainer.state().status === 'paused';

  function stateOf(run: OpenedRun): RunState {
    const state = run.trainer.state();
    if (state.status !== 'paused') return state;
    if (isWanted(run)) return { status: 'running' };
    return { status: run.wish === 'stop' ? 'stopped' : 'paused' };
  }

  /** Works on all running runs in turn until none is left. */
  async function work(): Promise<void> {
    if (working) return;
    working = true;
    for (let running = [...runs.values()].filter(isRunning); running.length > 0; ) {
      let worked = false;
      for (const run of running) {
        if (!isRunning(run)) continue;
        worked = workOnSlice(run) || worked;
        tell(run);
        await yieldToMessages();
      }
      running = [...runs.values()].filter(isRunning);
      const wakeAt = Math.min(...running.map((run) => run.nextEpochAt));
      // Short naps, so that a command is never kept waiting.
      if (!worked && running.length > 0) await sleep(Math.min(Math.max(wakeAt - now(), 1), 20));
    }
    working = false;
  }

  /** Work that answers a question, with a look at the messages between slices. */
  async function inSlices<T>(work: Generator<void, T>): Promise<T> {
    let until = now() + sliceMs;
    let piece = work.next();
    for (; !piece.done; piece = work.next()) {
      if (now() < until) continue;
      await yieldToMessages();
      until = now() + sliceMs;
    }
    return piece.value;
  }

  /** false where the speed limit let nothing be done. */
  function workOnSlice(run: OpenedRun): boolean {
    const until = now() + sliceMs;
    let worked = false;
    for (let time = now(); time < until && isRunning(run) && !mustWait(run, time); time = now()) {
      worked = true;
      const many = run.wish === 'run' && run.epochsPerSecond === null && run.batch === null;
      const rows = many ? run.trainer.manyEpochs(until - time, mostRows) : null;
      if (rows !== null) {
        for (const row of rows) run.rows.push(row);
        if (run.trainer.state().status !== 'paused') run.wish = 'pause';
        // The receiver has to write all these rows down.
        break;
      }
      run.batch ??= run.trainer.batchInPieces();
      const piece = run.batch.next();
      if (!piece.done) continue;
      run.batch = null;
      const row = piece.value;
      if (row !== null) run.rows.push(row);
      if (row !== null && run.epochsPerSecond !== null) {
        run.nextEpochAt = Math.max(run.nextEpochAt + 1000 / run.epochsPerSecond, time);
      }
      const isGoalReached = run.wish === 'batch' || (run.wish === 'epoch' && row !== null);
      if (isGoalReached || run.trainer.state().status !== 'paused') run.wish = 'pause';
    }
    if (worked) run.stateDue = true;
    const gap = Math.max(checkpointGapMs, 20 * run.checkpointCostMs);
    if (worked && (!isRunning(run) || now() - run.checkpointAt >= gap)) run.checkpointDue = true;
    return worked;
  }

  /** Under a speed limit an epoch begins when its time has come. */
  function mustWait(
    { wish, epochsPerSecond, batch, trainer, nextEpochAt }: OpenedRun,
    time: number,
  ): boolean {
    if (wish !== 'run' || epochsPerSecond === null || batch !== null) return false;
    return time < nextEpochAt && trainer.progress().batch === 0;
  }

  /** Sends what is due, or sees to it that it is sent when the gap between two events is over. */
  function tell(run: OpenedRun): void {
    const canCheckpoint = run.checkpointDue && run.batch === null;
    if (run.rows.length === 0 && !canCheckpoint && !run.stateDue) return;
    const wait = run.toldAt + eventGapMs - now();
    if (wait <= 0) tellNow(run);
    else if (!run.tellScheduled) {
      run.tellScheduled = true;
      void sleep(wait).then(() => {
        run.tellScheduled = false;
        if (runs.get(run.runId) === run) tell(run);
      });
    }
  }

  function tellNow(run: OpenedRun): void {
    const { runId } = run;
    run.toldAt = now();
    if (run.rows.length > 0) events.epochs({ runId, rows: run.rows });
    run.rows = [];
    if (run.checkpointDue && run.batch === null) {
      events.checkpoint({ runId, checkpoint: takeCheckpoint(run) });
      run.checkpointDue = false;
    }
    if (run.stateDue) events.state({ runId, state: stateOf(run), progress: run.trainer.progress() });
    run.stateDue = false;
  }

  /** While a batch is under way, `work` is finishing it. */
  async function betweenBatches(run: OpenedRun): Promise<void> {
    while (run.batch !== null) await yieldToMessages();
  }

  function takeCheckpoint(run: OpenedRun): RunCheckpoint {
    const { trainer } = run;
    const started = now();
    const checkpoint = {
      epoch: trainer.progress().epoch,
      bytes: trainer.checkpoint(),
      weights: trainer.weights(),
    };
    run.checkpointAt = now();
    run.checkpointCostMs = run.checkpointAt - started;
    return checkpoint;
  }

  function open({ runId, experiment, checkpoint, trainedMs }: OpenRun): Result<RunOpened> {
    if (runs.has(runId)) return failure(problem('run-open', 'runId', `run ${runId} is open already`));
    const checked = checkExperiment(experiment);
    if (!checked.ok) return checked;
    if (checked.value.dataset.task === 'shapes') {
      const message = 'dataset.task is shapes; such an experiment is shown, not trained';
      return failure(problem('not-trainable', 'dataset.task', message));
    }
    const made = createTrainer(checked.value as SequenceExperiment, checkpoint, {
      now,
      trainedMs,
      backend,
    });
    if (!made.ok) return made;
    const trainer = made.value;
    runs.set(runId, {
      runId,
      trainer,
      batch: null,
      wish: 'pause',
      epochsPerSecond: null,
      nextEpochAt: 0,
      rows: [],
      checkpointDue: false,
      stateDue: false,
      toldAt: -Infinity,
      tellScheduled: false,
      checkpointAt: now(),
      checkpointCostMs: 0,
    });
    const { parameterCount, memoryBytes, initialWeights } = trainer;
    const { epoch } = trainer.progress();
    return success({ parameterCount, memoryBytes, epoch, initialWeights }, [
      ...checked.warnings,
      ...made.warnings,
    ]);
  }

  function control(run: OpenedRun, command: RunCommand): void {
    run.stateDue = true;
    switch (command.kind) {
      case 'run':
        run.wish = 'run';
        run.epochsPerSecond = command.epochsPerSecond;
        run.nextEpochAt = now();
        break;
      case 'step-epoch':
        run.wish = 'epoch';
        break;
      case 'step-batch':
        run.wish = 'batch';
        break;
      case 'pause':
      case 'stop':
        run.wish = command.kind;
        run.checkpointDue = true;
        break;
      case 'change':
        change(run, command.settings);
        break;
    }
    // A run that is about to work tells of it after its first slice: a step's outcome then comes as one event.
    if (isRunning(run)) void work();
    else tell(run);
  }

  function change(run: OpenedRun, settings: LiveSettings): void {
    const [first] = run.trainer.change(settings);
    if (first !== undefined) throw new LabError(first);
  }

  return {
    describe: async () => ({ version: engineVersion, kernels: backend.name, threads: backend.threads }),
    openRun: async (request) => open(request),
    controlRun: async (runId, command) => control(find(runId), command),
    async getCheckpoint(runId) {
      const run = find(runId);
      await betweenBatches(run);
      return takeCheckpoint(run);
    },
    async closeRun(runId) {
      const run = find(runId);
      if (isRunning(run)) control(run, { kind: 'stop' });
      await betweenBatches(run);
      tellNow(run);
      runs.delete(runId);
      run.trainer.close();
    },
    predict: (request) => inSlices(predictInPieces(request)),
    trace: (request) => inSlices(traceInPieces(request)),
    findGradients: (request) => inSlices(findGradientsInPieces(request)),
    mapGradients: (request) => inSlices(mapGradientsInPieces(request)),
    generate: (request) => inSlices(generateInPieces(request)),
    showShapes: async (experiment) => showShapes(experiment),
  };
}
