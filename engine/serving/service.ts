/** Implements `engine/api.ts` over runs in memory. */
import type {
  EngineApi,
  EngineEvents,
  InspectionApi,
  LiveSettings,
  OpenRun as OpenRunRequest,
  ReplayApi,
  RunCheckpoint,
  RunCommand,
  RunMemory,
  RunOpened,
  RunPlace,
  WeightsSource,
} from '../api.ts';
import { failure, LabError, problem, type Result, success } from '../errors.ts';
import { checkExperiment } from '../formats/experiment.ts';
import { writeSafetensorsInPieces } from '../formats/safetensors.ts';
import { type TrainedBy, weightsDocument } from '../formats/weights.ts';
import { askInPieces } from '../inspect/question.ts';
import { showShapes } from '../inspect/shapes.ts';
import type { TrainedModel } from '../inspect/trained.ts';
import { type Backend, bestBackend } from '../kernels/backend.ts';
import type { ExperimentDocument, SequenceExperiment } from '../model/experiment.ts';
import { explainBatchInPieces } from '../training/batch-story.ts';
import { memoryLimitBytes, planRun } from '../training/run.ts';
import { createTrainerInPieces, type Trainer } from '../training/trainer.ts';
import { version } from '../version.ts';
import { type Clock, inSlices } from './clock.ts';
import { isRunning, newOpenRun, type OpenRun, wishFor } from './open-run.ts';
import { createOutbox } from './outbox.ts';
import { createReplays, trainedBy } from './replays.ts';
import { createScheduler } from './scheduler.ts';
import { createWeightsSources } from './weights-sources.ts';

export interface ServiceOptions extends Omit<Clock, 'sleep'> {
  sleep?: Clock['sleep'];
  /** Kernels that compute; the fastest of this machine where left out. */
  backend?: Backend;
}

/**
 * Holds runs in memory and trains them in slices. Messages are handled between slices, so that every call is
 * answered at once.
 */
export function createEngineService(
  events: EngineEvents,
  {
    yieldToMessages,
    now,
    sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    backend = bestBackend(),
  }: ServiceOptions,
): EngineApi & InspectionApi & ReplayApi {
  const clock: Clock = { yieldToMessages, now, sleep };
  const runs = new Map<string, OpenRun>();
  const opening = new Set<string>();
  const answer = <T>(work: Generator<void, T>) => inSlices(work, clock);
  const scheduler = createScheduler(runs, clock, (run) => outbox.tell(run));
  const outbox = createOutbox(events, clock, (run, isTaken) =>
    scheduler.betweenBatches(run, () => {
      isTaken();
      return copyCheckpoint(run);
    }),
  );

  const { weightsOf, ...replays } = createReplays(readTrainable, backend, clock);
  const sources = createWeightsSources(runs, weightsOf, scheduler, clock);

  /** Answers a question about weights. Warnings about the source come with the answer. */
  async function ask<T>(
    source: WeightsSource,
    work: (trained: TrainedModel) => Generator<void, Result<T>>,
  ): Promise<Result<T>> {
    const opened = await sources.open(source);
    if (!opened.ok) return opened;
    const answered = await answer(work(opened.value));
    sources.trim();
    return answered.ok ? success(answered.value, [...opened.warnings, ...answered.warnings]) : answered;
  }

  function find(runId: string): OpenRun {
    const run = runs.get(runId);
    if (run === undefined) throw new LabError(problem('unknown-run', 'runId', `run ${runId} is not open`));
    return run;
  }

  async function copyCheckpoint({ trainer }: OpenRun): Promise<RunCheckpoint> {
    const { epoch } = trainer.progress();
    const weights = await packWeights(trainer, trainedBy(trainer));
    return { epoch, state: await answer(trainer.checkpointInPieces()), weights };
  }

  /** The run's weights as a safetensors file. */
  function packWeights({ experiment, parameters }: Trainer, trained: TrainedBy | null): Promise<Uint8Array> {
    return answer(writeSafetensorsInPieces(weightsDocument(experiment, {}, trained), parameters));
  }

  async function open(request: OpenRunRequest): Promise<Result<RunOpened>> {
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

  async function make({
    runId,
    experiment,
    checkpoint,
    trainedMs,
  }: OpenRunRequest): Promise<Result<RunOpened>> {
    const checked = readTrainable(experiment);
    if (!checked.ok) return checked;
    const options = { now, trainedMs, backend };
    const made = await answer(createTrainerInPieces(checked.value, checkpoint, options));
    if (!made.ok) return made;
    const trainer = made.value;
    const initialWeights = checkpoint === null ? await packWeights(trainer, null) : null;
    runs.set(runId, newOpenRun(runId, trainer, now()));
    const { parameterCount, memoryBytes } = trainer;
    const { epoch, batch } = trainer.progress();
    const warnings = [...checked.warnings, ...made.warnings];
    return success({ parameterCount, memoryBytes, epoch, batch, initialWeights }, warnings);
  }

  async function planMemory(experiment: ExperimentDocument): Promise<Result<RunMemory>> {
    const read = readTrainable(experiment);
    const planned = read.ok ? planRun(read.value, backend) : read;
    if (!planned.ok) return planned;
    return success({ memoryBytes: planned.value.memoryBytes, limitBytes: memoryLimitBytes });
  }

  function control(run: OpenRun, command: RunCommand): RunPlace {
    const place = run.trainer.nextPlace();
    if (command.kind === 'change') change(run, command.settings);
    else wishFor(run, command, now());
    // A run that is about to work sends its state after its first slice, so that a step's outcome comes as one
    // event.
    if (isRunning(run)) void scheduler.work();
    else outbox.tell(run);
    return place;
  }

  function change(run: OpenRun, settings: LiveSettings): void {
    run.news.stateDue = true;
    const restored = run.trainer.restoredEpoch();
    const [first] = run.trainer.change(settings);
    if (first !== undefined) throw new LabError(first);
    // A checkpoint goes with the change: from an older one, a run resumed after a crash would train batches with the
    // new settings that the run itself trained with the old ones. Restored best weights show in a checkpoint alone.
    if (isRunning(run) || run.trainer.restoredEpoch() !== restored) run.news.checkpointDue = true;
  }

  async function close(run: OpenRun): Promise<void> {
    // A run that was asked to pause finishes its batch and stays `paused`.
    if (run.wish !== 'pause' && isRunning(run)) control(run, { kind: 'stop' });
    await scheduler.betweenBatches(run, async () => {
      await outbox.tellAll(run);
      runs.delete(run.runId);
      run.isClosed = true;
    });
    sources.forget(run);
    run.trainer.close();
  }

  return {
    describe: async () => ({
      version,
      kernels: backend.name,
      kernelLimit: backend.limit,
      threads: backend.threads,
    }),
    openRun: open,
    planRun: planMemory,
    controlRun: async (runId, command) => control(find(runId), command),
    async getCheckpoint(runId) {
      const run = find(runId);
      return scheduler.betweenBatches(run, async () => {
        await outbox.tellRows(run);
        return copyCheckpoint(run);
      });
    },
    closeRun: async (runId) => close(find(runId)),
    ask: (source, question) => ask(source, (trained) => askInPieces(trained, question)),
    async explainBatch({ experiment, ...request }) {
      const read = readTrainable(experiment);
      if (!read.ok) return read;
      return answer(explainBatchInPieces({ ...request, experiment: read.value }, backend));
    },
    showShapes: async (experiment) => showShapes(experiment),
    ...replays,
  };
}

/** The document of a run, or the reason why it cannot be trained. */
function readTrainable(experiment: ExperimentDocument): Result<SequenceExperiment> {
  const checked = checkExperiment(experiment);
  if (!checked.ok) return checked;
  if (checked.value.dataset.task !== 'shapes') {
    return success(checked.value as SequenceExperiment, checked.warnings);
  }
  const message = 'dataset.task is shapes; such an experiment is shown, not trained';
  return failure(problem('not-trainable', 'dataset.task', message));
}
