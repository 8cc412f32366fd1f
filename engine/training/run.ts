/**
 * A run's memory: everything it computes with, made from its document. Its size is computed before any of it is
 * made.
 */

import { type Batch, type BatchPlan, createBatch, planSamples, planWindows } from '../data/batches.ts';
import { dataSizes } from '../data/check-experiment.ts';
import { encodeSamples, encodeText } from '../data/sequences.ts';
import { splitSamples, splitText, validationStreams } from '../data/validation.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { Backend } from '../kernels/backend.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Capacity } from '../layers/direction.ts';
import { initialise } from '../layers/init.ts';
import type { SequenceExperiment, TrainingSpec } from '../model/experiment.ts';
import { createModel, type Model, modelSize } from '../model/model.ts';
import { checkModel, directions, parameterCount } from '../model/spec.ts';
import { loadStateDict } from '../model/weights.ts';
import type { Floats } from '../tensor/floats.ts';
import { createGenerator, type RandomGenerator } from '../tensor/random.ts';
import { createFused, type Fused } from './fused.ts';
import { createMetrics, type EpochMetrics } from './metrics.ts';
import { optimizerSize } from './optimizers.ts';
import { createPartOptimizers, type PartOptimizer } from './part-optimizers.ts';
import { noProgress, type Progress } from './stop-rules.ts';

/** A run that needs more memory is refused. */
export const memoryLimitBytes = 2 * 2 ** 30;

export interface Run {
  experiment: SequenceExperiment;
  kernels: Kernels;
  model: Model;
  optimizers: PartOptimizer[];
  /** Computes whole batches in one call; null: the layers compute them. */
  fused: Fused | null;
  training: BatchPlan;
  /** null: no data is held back. */
  validation: BatchPlan | null;
  batch: Batch;
  /** Number of the batch of `training` that is loaded; −1: none. */
  loaded: number;
  probabilities: Floats; // [outputs, V]
  predictions: Int32Array; // [outputs]
  /** The weights before the update under way. */
  valuesBefore: Floats; // [P]
  /** The best epoch's weights so far; null where they are not to be restored. */
  best: Floats | null; // [P]
  /** PyTorch's random stream: initial weights, then one permutation per epoch. */
  generator: RandomGenerator;
  dropout: RandomGenerator;
  /** Order of the sequences in this epoch. */
  order: Int32Array; // [sequences]
  metrics: EpochMetrics;
  progress: Progress;
  /** Batches done of the epoch under way. */
  batchesDone: number;
  /** The last batch's gradient norm, before clipping. */
  gradNorm: number;
  memoryBytes: number;
}

/** The sizes of a run, computed before any of it is made. */
export interface RunPlan {
  plans: Plans;
  capacity: Capacity;
  /** Multiply-adds of a batch. */
  work: number;
  /** Bytes in the kernels' memory. */
  plannedBytes: number;
  /** Bytes altogether: with the best weights, the data and the loaded batch. */
  memoryBytes: number;
}

/**
 * Computes a run's sizes, even where it needs more than memoryLimitBytes. Fails where the model or the data cannot
 * be trained.
 */
export function planRun(experiment: SequenceExperiment, backend: Backend): Result<RunPlan> {
  const { model: spec } = experiment;
  const sizes = dataSizes(experiment);
  const modelProblems = checkModel(spec, sizes);
  if (modelProblems.length > 0) return failure(...modelProblems);
  const plans = planBatches(experiment);
  if (!plans.ok) return plans;
  const capacity = capacityOf(plans.value);
  const work = capacity.rows * parameterCount(spec, sizes);
  const planner = backend.plan(work);
  if (planner !== null) layOut(experiment, plans.value, capacity, planner.kernels);
  const plannedBytes = planner === null ? memoryNeeded(experiment, capacity) : planner.bytes();
  const bestBytes = experiment.training.restoreBest ? 4 * parameterCount(spec, sizes) : 0;
  const memoryBytes = plannedBytes + bestBytes + integersNeeded(plans.value, capacity);
  return success({ plans: plans.value, capacity, work, plannedBytes, memoryBytes });
}

/**
 * Makes a run at epoch 0, before any update, or returns every problem that keeps the document from being run. Yields
 * between pieces: the largest models take seconds.
 */
export function* createRun(experiment: SequenceExperiment, backend: Backend): Generator<void, Result<Run>> {
  const planned = planRun(experiment, backend);
  if (!planned.ok) return planned;
  const { plans, capacity, work, plannedBytes, memoryBytes } = planned.value;
  const memoryProblems = checkMemory(memoryBytes);
  if (memoryProblems.length > 0) return failure(...memoryProblems);

  yield;
  const { model: spec, training } = experiment;
  const kernels = backend.create(work, plannedBytes);
  const buffers = layOut(experiment, plans, capacity, kernels);
  const { model } = buffers;
  const generator = createGenerator(training.seed);
  yield* initialise(model.parameters, spec.hiddenSize, directions(spec), generator);
  if (experiment.initialWeights !== null) {
    const problems = loadStateDict(model.parameters, experiment.initialWeights, 'initialWeights');
    if (problems.length > 0) return failure(...problems);
  }
  const { training: plan, validation } = plans;
  const run: Run = {
    experiment,
    kernels,
    ...buffers,
    training: plan,
    validation,
    batch: createBatch(validation === null ? [plan] : [plan, validation]),
    loaded: -1,
    best: training.restoreBest ? new Float32Array(model.parameters.values.length) : null,
    generator,
    dropout: createGenerator((training.seed ^ dropoutStream) >>> 0),
    order: Int32Array.from({ length: plan.sequences.count }, (_, s) => s),
    metrics: createMetrics(plan.sequences, plan.window !== null, dataSizes(experiment).outputSize),
    progress: noProgress(),
    batchesDone: 0,
    gradNorm: 0,
    memoryBytes,
  };
  return success(run, warningsOf(run));
}

/** Warnings about settings that have no effect on this document. */
function warningsOf({ experiment, training }: Run): Problem[] {
  if (!experiment.training.shuffle || training.window === null) return [];
  const message =
    'training.shuffle is true, dataset.text is read in its order; only samples are shuffled, so it changes nothing';
  return [problem('shuffle-text', 'training.shuffle', message)];
}

type RunBuffers = Pick<
  Run,
  'model' | 'optimizers' | 'probabilities' | 'predictions' | 'valuesBefore' | 'fused'
>;

/** Allocates everything that is computed with in the memory of these kernels. */
function layOut(
  experiment: SequenceExperiment,
  plans: Plans,
  capacity: Capacity,
  kernels: Kernels,
): RunBuffers {
  const { model: spec, training } = experiment;
  const sizes = dataSizes(experiment);
  const model = createModel(spec, sizes, readsOf(experiment), capacity, kernels);
  const outputs = model.reads === 'last-step' ? capacity.sequences : capacity.rows;
  const buffers = {
    model,
    optimizers: createPartOptimizers(training.optimizer, model.parameters, kernels),
    probabilities: kernels.allocate(outputs * sizes.outputSize),
    predictions: kernels.program?.integers(outputs) ?? new Int32Array(outputs),
    valuesBefore: kernels.allocate(parameterCount(spec, sizes)),
  };
  const { optimizer: optimizerSpec, loss } = training;
  const fixedBatches = hasFixedBatches(experiment, plans) ? plans.training : null;
  const fused = createFused({ ...buffers, kernels, optimizerSpec, loss, capacity, fixedBatches });
  return { ...buffers, fused };
}

/** Whether epochs are short and only the weights and the learning rate change from one epoch to the next. */
function hasFixedBatches(experiment: SequenceExperiment, plans: Plans): boolean {
  const { training, model } = experiment;
  const { sequences, window } = plans.training;
  const shuffles = training.shuffle && window === null;
  const work = sequences.tokens.length * parameterCount(model, dataSizes(experiment));
  return !shuffles && model.dropout === 0 && plans.validation === null && work <= shortEpoch;
}

/** Parameters times tokens of an epoch that takes a few milliseconds at most. */
const shortEpoch = 20_000_000;

/** XORed with the seed, so that dropout masks come from another stream than the seed's own. */
const dropoutStream = 0x9e3779b9;

interface Plans {
  training: BatchPlan;
  validation: BatchPlan | null;
}

function planBatches({ dataset, training }: SequenceExperiment): Result<Plans> {
  const { batchSize } = training;
  if (dataset.task === 'language-model' && dataset.text !== undefined) return planText(dataset, training);
  const parts = splitSamples(dataset);
  const validation =
    parts.validation.length === 0 ? null : planSamples(encodeSamples(dataset, parts.validation), batchSize);
  if (parts.training.length === 0) {
    const message = 'dataset.samples leaves no sample to train on; it needs at least 1';
    return failure(problem('no-samples', 'dataset.samples', message));
  }
  return success({ training: planSamples(encodeSamples(dataset, parts.training), batchSize), validation });
}

function planText(
  dataset: SequenceExperiment['dataset'],
  { batchSize, carryState }: TrainingSpec,
): Result<Plans> {
  const parts = splitText(dataset);
  const length = dataset.sequenceLength!;
  const plan = (tokens: readonly string[], streams: number) =>
    planWindows(encodeText(dataset, tokens, streams), length, carryState !== false);
  const training = plan(parts.training, batchSize);
  if (training.sequences.tokens.length === 0) {
    const message = `dataset.text is too short for ${batchSize} streams; each needs 2 tokens or more`;
    return failure(problem('text-too-short', 'dataset.text', message, { batchSize }));
  }
  if (parts.validation.length === 0) return success({ training, validation: null });
  const streams = validationStreams(parts.validation.length, batchSize, length);
  return success({ training, validation: plan(parts.validation, streams) });
}

function capacityOf({ training, validation }: Plans): Capacity {
  const largest = (size: (plan: BatchPlan) => number) =>
    Math.max(size(training), validation === null ? 0 : size(validation));
  return {
    steps: largest((plan) => plan.steps),
    sequences: largest((plan) => plan.largestBatch),
    rows: largest((plan) => plan.rows),
    training: true,
  };
}

/** Bytes of parameters, gradients, optimizer state and activations, without the kernels' own. */
function memoryNeeded(experiment: SequenceExperiment, capacity: Capacity): number {
  const { model } = experiment;
  const sizes = dataSizes(experiment);
  const reads = readsOf(experiment);
  const P = parameterCount(model, sizes);
  const outputs = reads === 'last-step' ? capacity.sequences : capacity.rows;
  const floats =
    modelSize(model, sizes, reads, capacity) +
    optimizerSize(experiment.training.optimizer, P) +
    P + // valuesBefore
    outputs * sizes.outputSize; // probabilities
  return 4 * (floats + outputs); // predictions
}

/** Bytes of the data itself and of the loaded batch. */
function integersNeeded(plans: Plans, capacity: Capacity): number {
  const integers = [plans.training, plans.validation].reduce(
    (sum, plan) =>
      sum + (plan === null ? 0 : plan.sequences.tokens.length + 2 * plan.sequences.targets.length),
    3 * capacity.rows,
  );
  return 4 * integers;
}

function checkMemory(bytes: number): Problem[] {
  if (bytes <= memoryLimitBytes) return [];
  const megabytes = (count: number) => `${Math.round(count / 2 ** 20)} MB`;
  const message =
    `the run needs ${megabytes(bytes)} of memory, the lab takes at most ${megabytes(memoryLimitBytes)}; ` +
    'a smaller hiddenSize, batchSize or sequence length needs less';
  return [problem('memory', '', message, { bytes, limit: memoryLimitBytes })];
}

function readsOf({ dataset }: SequenceExperiment): Model['reads'] {
  return dataset.task === 'label' ? 'last-step' : 'every-step';
}
