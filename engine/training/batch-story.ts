/** Explains what a run does with one batch: trains on it, and compares everything before and after. */
import type { BatchSequence, BatchStory, ExplainBatch, ParameterUpdate, SettingsChange } from '../api.ts';
import { splitSamples } from '../data/validation.ts';
import { failure, type Problem, problem, quote, type Result, success } from '../errors.ts';
import type { Backend } from '../kernels/backend.ts';
import type { SequenceExperiment } from '../model/experiment.ts';
import { createGenerator } from '../tensor/random.ts';
import { readCheckpoint } from './checkpoint.ts';
import { withLiveSettings } from './live-settings.ts';
import { createRun, type Run } from './run.ts';
import { learningRate } from './schedules.ts';
import { beginEpoch, trainBatch } from './step.ts';
import { updateColumns } from './update-story.ts';

/** Most numbers in the columns of one answer: 64 MiB as float32. */
const columnLimit = 2 ** 24;
/** About as many columns as Adam with clipping and decay has. */
const columnsOfParameter = 12;

export interface BatchSource extends Omit<ExplainBatch, 'experiment'> {
  experiment: SequenceExperiment;
}

/**
 * Explains one batch with exactly the bits of the run that continues from the checkpoint on the same kernels. Yields
 * where long work may be interrupted. Fails for a checkpoint, batch or key that does not fit, and where training
 * diverges.
 */
export function* explainBatchInPieces(
  source: BatchSource,
  backend: Backend,
): Generator<void, Result<BatchStory>> {
  const made = yield* createRun(source.experiment, backend);
  if (!made.ok) return made;
  const run = made.value;
  try {
    return yield* explain(run, source);
  } finally {
    run.kernels.program?.team?.stop();
  }
}

function* explain(run: Run, source: BatchSource): Generator<void, Result<BatchStory>> {
  const wrong = source.checkpoint === null ? [] : yield* readCheckpoint(run, source.checkpoint);
  if (wrong.length === 0) wrong.push(...checkRequest(run, source));
  if (wrong.length > 0) return failure(...wrong);
  const diverged = yield* trainUntil(run, source);
  if (diverged !== null) return failure(diverged);
  const before = snapshot(run);
  const lr = rateOf(run);
  // Clipping changes the gradients in place, so the unclipped ones come from a first pass over the same batch
  // without clipping.
  const { experiment } = run;
  run.experiment = withLiveSettings(experiment, { clipGradNorm: null });
  const bad = yield* trainBatch(run, run.batchesDone, lr);
  if (bad !== null) return failure(bad);
  const gradients = Float32Array.from(run.model.parameters.gradients);
  restore(run, before);
  run.experiment = experiment;
  const lossBefore = run.metrics.lossSum;
  const worse = yield* trainBatch(run, run.batchesDone, lr);
  if (worse !== null) return failure(worse);
  const lossSum = run.metrics.lossSum - lossBefore;
  const after = snapshot(run);
  const sequences = describeSequences(run);
  const { gradNorm } = run;
  const lossAfter = yield* lossWith(run, before, after);
  return success(
    describeStory(run, source, { before, after, gradients, gradNorm, lr, lossSum, lossAfter, sequences }),
  );
}

const rateOf = ({ experiment, progress }: Run) =>
  learningRate(experiment.training.scheduler, experiment.training.optimizer.lr, progress.epoch + 1);

function checkRequest(run: Run, { batch, keys }: BatchSource): Problem[] {
  const { batchesPerEpoch } = run.training;
  const { entries } = run.model.parameters;
  if (!(Number.isInteger(batch) && batch >= run.batchesDone && batch < batchesPerEpoch)) {
    const message = `batch is ${batch}; the epoch has batches ${run.batchesDone} to ${batchesPerEpoch - 1} from there on`;
    const details = { batch, first: run.batchesDone, last: batchesPerEpoch - 1 };
    return [problem('unknown-batch', 'batch', message, details)];
  }
  const unknown = (keys ?? []).find((key) => !entries.some((entry) => entry.key === key));
  const known = entries.map((entry) => entry.key).join(', ');
  if (unknown !== undefined) {
    const message = `keys holds ${quote(unknown)}, which the model does not have; it has ${known}`;
    return [problem('unknown-weight', 'keys', message, { key: unknown, known })];
  }
  const chosen = entries.filter(({ key }) => keys === null || keys.includes(key));
  const numbers = columnsOfParameter * chosen.reduce((sum, { value }) => sum + value.length, 0);
  if (numbers <= columnLimit) return [];
  const message = `the update of ${chosen.length} tensors holds about ${numbers} numbers, the lab shows at most ${columnLimit} at once; fewer keys need less`;
  return [problem('update-size', 'keys', message, { tensors: chosen.length, numbers, limit: columnLimit })];
}

/**
 * Trains the batches before this one as the run did, with the settings that changed among them. Returns the problem
 * where one of them diverges.
 */
function* trainUntil(run: Run, { batch, changes }: BatchSource): Generator<void, Problem | null> {
  const due = [...changes];
  const takeDue = () => {
    while (due.length > 0 && isDue(due[0]!, run))
      run.experiment = withLiveSettings(run.experiment, due.shift()!.settings);
  };
  for (takeDue(); run.batchesDone < batch; takeDue()) {
    if (run.batchesDone === 0) beginEpoch(run);
    const diverged = yield* trainBatch(run, run.batchesDone, rateOf(run));
    if (diverged !== null) return diverged;
    run.batchesDone++;
  }
  if (run.batchesDone === 0) beginEpoch(run);
  return null;
}

const isDue = ({ epoch, batch }: SettingsChange, { progress, batchesDone }: Run) =>
  epoch < progress.epoch || (epoch === progress.epoch && batch <= batchesDone);

/** Everything that a batch changes, except counters that only report. */
interface Snapshot {
  values: Float32Array; // [P]
  /** Optimizer state by name, the parts of the parameters one after another. */
  optimizer: Map<string, Float32Array>; // [P] each
  steps: number[];
  states: { h: Float32Array; c: Float32Array }[];
  dropout: ReturnType<Run['dropout']['state']>;
}

const directionsOf = ({ model }: Run) => model.recurrent.layers.flatMap(({ directions }) => directions);

function snapshot(run: Run): Snapshot {
  const P = run.model.parameters.values.length;
  const optimizer = new Map<string, Float32Array>();
  let at = 0;
  for (const { optimizer: part, values } of run.optimizers) {
    for (const { name, values: state } of part.state) {
      if (!optimizer.has(name)) optimizer.set(name, new Float32Array(P));
      optimizer.get(name)!.set(state, at);
    }
    at += values.length;
  }
  const { words, ...random } = run.dropout.state();
  return {
    values: Float32Array.from(run.model.parameters.values),
    optimizer,
    steps: run.optimizers.map((part) => part.optimizer.steps),
    states: directionsOf(run).map(({ hState, cState }) => ({
      h: Float32Array.from(hState),
      c: Float32Array.from(cState),
    })),
    dropout: { words: words.slice(), ...random },
  };
}

function restore(run: Run, { values, optimizer, steps, states, dropout }: Snapshot): void {
  run.model.parameters.values.set(values);
  let at = 0;
  for (const [i, { optimizer: part, values: own }] of run.optimizers.entries()) {
    for (const { name, values: state } of part.state)
      state.set(optimizer.get(name)!.subarray(at, at + own.length));
    part.steps = steps[i]!;
    at += own.length;
  }
  for (const [i, { hState, cState }] of directionsOf(run).entries()) {
    hState.set(states[i]!.h);
    cState.set(states[i]!.c);
  }
  run.dropout = createGenerator({ ...dropout, words: dropout.words.slice() });
  run.fused?.weightsChanged();
}

/**
 * Loss of the same batch with the weights after the update: the batch is trained once more with a learning rate of
 * 0. null where that step diverges.
 */
function* lossWith(run: Run, before: Snapshot, after: Snapshot): Generator<void, number | null> {
  restore(run, { ...before, values: after.values });
  const lossBefore = run.metrics.lossSum;
  const bad = yield* trainBatch(run, run.batchesDone, 0);
  return bad === null ? run.metrics.lossSum - lossBefore : null;
}

/** The order in which the epoch trains on the samples, by their indices in the dataset. */
function describeOrder({ experiment, training, order }: Run): Int32Array | null {
  if (training.window !== null) return null;
  const { dataset } = experiment;
  const samples = splitSamples(dataset).training;
  const places = new Map(dataset.samples.map((sample, i) => [sample, i]));
  return order.map((s) => places.get(samples[s]!)!);
}

/** Describes the batch that was trained last, its sequences in packed order. */
function describeSequences(run: Run): BatchSequence[] {
  const { batch, model, experiment, probabilities, predictions } = run;
  const { packing } = batch;
  const { dataset } = experiment;
  const V = model.sizes.outputSize;
  const isText = run.training.window !== null;
  const samples = isText ? [] : splitSamples(dataset).training;
  const places = new Map(dataset.samples.map((sample, i) => [sample, i]));
  return Array.from({ length: packing.B }, (_, b) => {
    const rows: number[] = [];
    for (let t = 0; t < packing.T; t++)
      if (packing.starts[t + 1]! - packing.starts[t]! > b) rows.push(packing.starts[t]! + b);
    const outputs = model.reads === 'last-step' ? [b] : rows;
    const ofTarget = (row: number) => probabilities[row * V + batch.targets[row]!]!;
    return {
      sample: isText ? null : places.get(samples[batch.chosen[b]!]!)!,
      stream: isText ? b : null,
      inputTokens: rows.map((row) => dataset.vocabulary[batch.tokens[row]!]!),
      targetTokens: outputs.map((row) => dataset.targetVocabulary[batch.targets[row]!]!),
      loss: outputs.reduce((sum, row) => sum - Math.log(ofTarget(row)), 0),
      right: outputs.filter((row) => predictions[row] === batch.targets[row]).length,
    };
  });
}

interface Told {
  before: Snapshot;
  after: Snapshot;
  gradients: Float32Array;
  gradNorm: number;
  lr: number;
  lossSum: number;
  lossAfter: number | null;
  sequences: BatchSequence[];
}

function describeStory(run: Run, { keys }: BatchSource, told: Told): BatchStory {
  const { lr, gradNorm, lossSum, lossAfter, sequences } = told;
  const { training, dataset } = run.experiment;
  const { clipGradNorm, optimizer, loss } = training;
  const clip = clipGradNorm === null ? 1 : Math.min(1, clipGradNorm / (gradNorm + 1e-6));
  const tokens = run.batch.outputs;
  const reduced = (sum: number) => (loss === 'mean' ? sum / tokens : sum);
  return {
    ...{
      epoch: run.progress.epoch + 1,
      batch: run.batchesDone,
      batchesPerEpoch: run.training.batchesPerEpoch,
    },
    ...{ task: dataset.task, order: describeOrder(run), sequences, tokens, reduction: loss },
    ...{ loss: reduced(lossSum), lossAfter: lossAfter === null ? null : reduced(lossAfter) },
    ...{ lr, gradNorm, maxGradNorm: clipGradNorm, clip, optimizer },
    parameters: run.model.parameters.entries.map((entry) =>
      describeParameter(run, entry, told, clip, keys === null || keys.includes(entry.key)),
    ),
  };
}

function describeParameter(
  run: Run,
  { key, shape, at, value }: Run['model']['parameters']['entries'][number],
  { before, after, gradients, lr }: Told,
  clip: number,
  wanted: boolean,
): ParameterUpdate {
  const end = at + value.length;
  const of = (values: Float32Array) => values.slice(at, end);
  const states = (all: Map<string, Float32Array>) =>
    Object.fromEntries([...all].map(([name, values]) => [name, of(values)]));
  const [gradient, valueBefore, valueAfter] = [of(gradients), of(before.values), of(after.values)];
  // The count of the part in which the parameter begins: all parts that are updated have done equally many updates.
  let part = 0;
  for (let first = 0; first + run.optimizers[part]!.values.length <= at; part++)
    first += run.optimizers[part]!.values.length;
  const steps = after.steps[part]!;
  const isUpdated = steps > before.steps[part]!;
  const operands = {
    ...{ lr, steps, clip, value: valueBefore, gradient, valueAfter },
    ...{ before: states(before.optimizer), after: states(after.optimizer) },
  };
  let largest = 0;
  let [squares, changed] = [0, 0];
  for (let i = 0; i < gradient.length; i++) {
    const delta = valueAfter[i]! - valueBefore[i]!;
    squares += gradient[i]! * gradient[i]!;
    changed += delta * delta;
    if (Math.abs(delta) > Math.abs(valueAfter[largest]! - valueBefore[largest]!)) largest = i;
  }
  return {
    ...{ key, shape: [...shape], isUpdated, steps },
    gradientNorm: Math.sqrt(squares),
    changeNorm: Math.sqrt(changed),
    largest: { index: largest, change: valueAfter[largest]! - valueBefore[largest]! },
    columns: wanted && isUpdated ? updateColumns(run.experiment.training.optimizer, operands) : [],
  };
}
