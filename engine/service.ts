import type {
  EngineApi,
  EngineEvents,
  EpochRow,
  InspectionApi,
  LiveSettings,
  OpenRun,
  RunCheckpoint,
  RunCommand,
  RunMemory,
  RunOpened,
  RunState,
} from './api.ts';
import { failure, LabError, problem, type Result, success } from './errors.ts';
import { checkExperiment } from './formats/experiment.ts';
import { writeSafetensorsInPieces } from './formats/safetensors.ts';
import { type TrainedBy, weightsDocument } from './formats/weights.ts';
import { generateInPieces } from './inspect/generate.ts';
import { findGradientsInPieces, mapGradientsInPieces } from './inspect/gradients.ts';
import { predictInPieces } from './inspect/predict.ts';
import { showShapes } from './inspect/shapes.ts';
import { traceInPieces } from './inspect/trace.ts';
import { type Backend, bestBackend } from './kernels/backend.ts';
import type { ExperimentDocument, SequenceExperiment } from './model/experiment.ts';
import { memoryLimitBytes, planRun } from './training/run.ts';
import { createTrainerInPieces, type Trainer } from './training/trainer.ts';

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

/** Work between two looks at the messages. A call and its answer take a few looks, and are to take less than 100 ms. */
const sliceMs = 10;
/** Epochs a millisecond, as many as a project file takes in without holding up what else is asked of it. */
const rowsPerMs = 50;
/** Rows that may wait for their receiver; then the run waits, too. */
const mostWaiting = 20_000;
/** 20 events a second of each kind and run. */
const eventGapMs = 50;
/** A long run's checkpoints are at most so far apart, the first ones less, but take at most a twentieth of its time. */
const checkpointGapMs = 5000;
const firstCheckpointGapMs = 500;

interface OpenedRun {
  runId: string;
  trainer: Trainer;
  /** The batch under way, between two slices. */
  batch: ReturnType<Trainer['batchInPieces']> | null;
  /** What the user wants of it; the trainer knows whether it has ended. */
  wish: 'pause' | 'stop' | 'epoch' | 'batch' | 'run';
  epochsPerSecond: number | null;
  /** When the next epoch may begin: under a speed limit, or so that its rows do not pile up. */
  nextEpochAt: number;
  /** What is still to be told. */
  rows: EpochRow[];
  checkpointDue: boolean;
  stateDue: boolean;
  toldAt: number;
  tellScheduled: boolean;
  telling: Promise<void> | null;
  /** How many want it to stand between two batches. */
  holds: number;
  checkpoints: number;
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
  const opening = new Set<string>();
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
  const canWork = (run: OpenedRun) =>
    isRunning(run) && (run.batch !== null || (run.holds === 0 && run.rows.length < mostWaiting));

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
        if (!canWork(run)) continue;
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
    for (let time = now(); time < until && canWork(run) && !mustWait(run, time); time = now()) {
      worked = true;
      const many = run.wish === 'run' && run.epochsPerSecond === null && run.batch === null;
      const rows = many ? run.trainer.manyEpochs(until - time, sliceMs * rowsPerMs) : null;
      if (rows !== null) {
        for (const row of rows) run.rows.push(row);
        // A nap that was too long is made up for.
        run.nextEpochAt = Math.max(run.nextEpochAt, time - 2 * sliceMs) + rows.length / rowsPerMs;
        if (run.trainer.state().status !== 'paused') run.wish = 'pause';
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
    const usualGap = Math.min(checkpointGapMs, firstCheckpointGapMs * 2 ** run.checkpoints);
    const gap = Math.max(usualGap, 20 * run.checkpointCostMs);
    if (worked && (!isRunning(run) || now() - run.checkpointAt >= gap)) run.checkpointDue = true;
    return worked;
  }

  /** An epoch begins when its time has come. */
  function mustWait({ wish, batch, trainer, nextEpochAt }: OpenedRun, time: number): boolean {
    if (wish !== 'run' || batch !== null) return false;
    return time < nextEpochAt && trainer.progress().batch === 0;
  }

  const hasNews = (run: OpenedRun) => run.rows.length > 0 || run.checkpointDue || run.stateDue;

  /** Sends what is due, or sees to it that it is sent when the gap between two events is over. */
  function tell(run: OpenedRun): void {
    if (!hasNews(run) || run.telling !== null) return;
    const wait = run.toldAt + eventGapMs - now();
    if (wait <= 0) void tellNow(run);
    else if (!run.tellScheduled) {
      run.tellScheduled = true;
      void sleep(wait).then(() => {
        run.tellScheduled = false;
        if (runs.get(run.runId) === run) tell(run);
      });
    }
  }

  function tellNow(run: OpenedRun): Promise<void> {
    run.telling ??= tellInOrder(run).then(() => {
      run.telling = null;
      tell(run);
    });
    return run.telling;
  }

  /** Rows, the checkpoint that includes them, the state that they led to. */
  async function tellInOrder(run: OpenedRun): Promise<void> {
    const { runId } = run;
    run.toldAt = now();
    if (run.checkpointDue) {
      const started = now();
      run.checkpointAt = started;
      const checkpoint = await betweenBatches(run, () => {
        run.checkpointDue = false;
        return copyCheckpoint(run);
      });
      await tellRows(run);
      await events.checkpoint({ runId, checkpoint });
      run.checkpoints++;
      run.checkpointAt = now();
      run.checkpointCostMs = run.checkpointAt - started;
    } else await tellRows(run);
    // Where it has come to rest, what came meanwhile goes before the state.
    const comesFirst = run.checkpointDue || (run.rows.length > 0 && !isRunning(run));
    if (!run.stateDue || comesFirst) return;
    run.stateDue = false;
    events.state({ runId, state: stateOf(run), progress: run.trainer.progress() });
  }

  async function tellRows(run: OpenedRun): Promise<void> {
    const { runId, rows } = run;
    run.rows = [];
    if (rows.length > 0) await events.epochs({ runId, rows });
  }

  /** Does what needs the run to stand between two batches. While a batch is under way, `work` is finishing it. */
  async function betweenBatches<T>(run: OpenedRun, task: () => Promise<T>): Promise<T> {
    run.holds++;
    try {
      while (run.batch !== null) await yieldToMessages();
      return await task();
    } finally {
      run.holds--;
    }
  }

  async function copyCheckpoint({ trainer }: OpenedRun): Promise<RunCheckpoint> {
    const { epoch } = trainer.progress();
    const { seed } = trainer.experiment.training;
    const weights = await packWeights(trainer, { epochs: epoch, loss: trainer.lastLoss(), seed });
    return { epoch, state: await inSlices(trainer.checkpointInPieces()), weights };
  }

  function packWeights({ experiment, parameters }: Trainer, trained: TrainedBy | null): Promise<Uint8Array> {
    return inSlices(writeSafetensorsInPieces(weightsDocument(experiment, {}, trained), parameters));
  }

  async function open(request: OpenRun): Promise<Result<RunOpened>> {
    const { runId } = request;
    if (runs.has(runId) || opening.has(runId)) {
      return failure(problem('run-open', 'runId', `run ${runId} is open already`));
    }
    opening.add(runId);
    try {
      return await make(request);
    } finally {
      opening.delete(runId);
    }
  }

  /** The document of a run, or why it is none. */
  function readTrainable(experiment: ExperimentDocument): Result<SequenceExperiment> {
    const checked = checkExperiment(experiment);
    if (!checked.ok) return checked;
    if (checked.value.dataset.task !== 'shapes') {
      return success(checked.value as SequenceExperiment, checked.warnings);
    }
    const message = 'dataset.task is shapes; such an experiment is shown, not trained';
    return failure(problem('not-trainable', 'dataset.task', message));
  }

  async function planMemory(experiment: ExperimentDocument): Promise<Result<RunMemory>> {
    const read = readTrainable(experiment);
    const planned = read.ok ? planRun(read.value, backend) : read;
    if (!planned.ok) return planned;
    return success({ memoryBytes: planned.value.memoryBytes, limitBytes: memoryLimitBytes });
  }

  async function make({ runId, experiment, checkpoint, trainedMs }: OpenRun): Promise<Result<RunOpened>> {
    const checked = readTrainable(experiment);
    if (!checked.ok) return checked;
    const options = { now, trainedMs, backend };
    const made = await inSlices(createTrainerInPieces(checked.value, checkpoint, options));
    if (!made.ok) return made;
    const trainer = made.value;
    const initialWeights = checkpoint === null ? await packWeights(trainer, null) : null;
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
      telling: null,
      holds: 0,
      checkpoints: 0,
      checkpointAt: now(),
      checkpointCostMs: 0,
    });
    const { parameterCount, memoryBytes } = trainer;
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
    // With the change: what goes on after a crash should train with it no more than was trained with it.
    if (isRunning(run)) run.checkpointDue = true;
  }

  return {
    describe: async () => ({
      version: engineVersion,
      kernels: backend.name,
      kernelLimit: backend.limit,
      threads: backend.threads,
    }),
    openRun: open,
    planRun: planMemory,
    controlRun: async (runId, command) => control(find(runId), command),
    async getCheckpoint(runId) {
      const run = find(runId);
      return betweenBatches(run, async () => {
        // Whoever keeps it must have the rows before it.
        while (run.telling !== null || run.rows.length > 0) await tellNow(run);
        return copyCheckpoint(run);
      });
    },
    async closeRun(runId) {
      const run = find(runId);
      // One that is finishing its batch before it pauses comes to that.
      if (run.wish !== 'pause' && isRunning(run)) control(run, { kind: 'stop' });
      await betweenBatches(run, async () => {
        while (run.telling !== null || hasNews(run)) await tellNow(run);
        runs.delete(runId);
      });
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
