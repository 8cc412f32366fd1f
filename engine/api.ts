/**
 * The door to the engine process: types only. `engine/serving/service.ts` implements it, `main/engine-process/` calls it.
 *
 * The engine knows no file, no window and no project: experiment documents and bytes go in, events and bytes come
 * out. Everything here is plain data that structured clone carries. It may die at any time; what it has reported
 * is main's, and a checkpoint starts it again bit for bit.
 */
import type { Problem, Result } from './errors.ts';
import type { KernelLimit, KernelName } from './kernels/kernels.ts';
import type {
  ExperimentDocument,
  OptimizerSpec,
  SequenceDataset,
  ShapesExperiment,
  StopRules,
} from './model/experiment.ts';
import type { AnswerTo, Question, QuestionKind } from './questions.ts';

export interface EngineApi {
  describe(): Promise<EngineDescription>;
  /**
   * Makes a run ready at epoch 0, or where its checkpoint stands. It is then `paused`.
   * The answer is a problem, not a throw, for a document or checkpoint that cannot be run.
   */
  openRun(request: OpenRun): Promise<Result<RunOpened>>;
  /** What such a run would hold while it is open; also where that is more than one may. Makes nothing. */
  planRun(experiment: ExperimentDocument): Promise<Result<RunMemory>>;
  /**
   * Answers within 100 ms; what came of it arrives as a `state` event. A change of settings takes effect at the place that
   * is answered: where the run stands, or comes to when its batch under way is done.
   */
  controlRun(runId: string, command: RunCommand): Promise<RunPlace>;
  /** The run between two batches, as it is now; the rows before it have been sent by then. */
  getCheckpoint(runId: string): Promise<RunCheckpoint>;
  /** Frees the run's memory; a running run is stopped first, one that was asked to pause is paused. All is told before. */
  closeRun(runId: string): Promise<void>;
  /** The tutorial's programs 1 and 2: shapes and values of every tensor. */
  showShapes(experiment: ShapesExperiment): Promise<Result<ShapesReport>>;
}

/** Closer looks at trained weights; the engine process answers these beside `EngineApi`. */
export interface InspectionApi {
  /**
   * A question to weights (`engine/questions.ts`). What a source has to say for itself (a run that is not open, a file that
   * cannot be read, a value that cannot be set) comes back as the answer's problems; a file's warnings come with each answer
   * from it.
   */
  ask<Kind extends QuestionKind>(
    source: WeightsSource,
    question: Extract<Question, { kind: Kind }>,
  ): Promise<Result<AnswerTo<Kind>>>;
  /**
   * What a run does with one batch, from its gradients to its weights: those of the run that goes on from there, to the bit on
   * the same kernels. Nothing of it is kept.
   */
  explainBatch(request: ExplainBatch): Promise<Result<BatchStory>>;
}

export interface ExplainBatch {
  /** With the settings that it had where the checkpoint stands. */
  experiment: ExperimentDocument;
  /** null: the start. */
  checkpoint: Uint8Array | null;
  /** Made after the checkpoint; those of later batches are left aside. */
  changes: SettingsChange[];
  /** From 0, of the epoch in which the checkpoint stands, and not before it. */
  batch: number;
  /** Whose columns are wanted; null: all. */
  keys: string[] | null;
}

export interface BatchStory {
  /** From 1. */
  epoch: number;
  /** From 0. */
  batch: number;
  batchesPerEpoch: number;
  task: SequenceDataset['task'];
  /** In the order in which they are packed: by falling length. */
  sequences: BatchSequence[];
  /** Real tokens that have a loss: what a mean is divided by. */
  tokens: number;
  reduction: 'mean' | 'sum';
  /** Reduced; with dropout, of the pass that was trained. */
  loss: number;
  /** The same pass with the weights after the update; null where it is no finite number. */
  lossAfter: number | null;
  /** By the schedule. */
  lr: number;
  /** Over all parameters, before clipping. */
  gradNorm: number;
  /** training.clipGradNorm. */
  maxGradNorm: number | null;
  /** min(1, maxGradNorm / (gradNorm + 1e-6)); 1 where nothing is clipped. */
  clip: number;
  optimizer: OptimizerSpec;
  /** In the order of the state dict. */
  parameters: ParameterUpdate[];
}

export interface BatchSequence {
  /** Place in dataset.samples; null in a text. */
  sample: number | null;
  /** Of a text's streams, from 0; null for samples. */
  stream: number | null;
  inputTokens: string[];
  targetTokens: string[];
  /** Summed over its tokens, not divided. */
  loss: number;
  /** Of its tokens. */
  right: number;
}

export interface ParameterUpdate {
  key: string;
  shape: number[];
  /** false: a learned initial state in a later window of a text, which has no gradient there. */
  isUpdated: boolean;
  /** Updates behind it, this one included: the t of Adam's corrections. */
  steps: number;
  /** Before clipping. */
  gradientNorm: number;
  /** Of the weights after less those before. */
  changeNorm: number;
  largest: { index: number; change: number };
  /** In the order in which they are computed; empty where they are not wanted, or nothing is updated. */
  columns: UpdateColumn[];
}

export interface UpdateColumn {
  quantity: UpdateQuantity;
  /** In the parameter's shape. */
  data: Float32Array;
}

/** θ and g of torch.optim's update rules, and what comes between. */
export type UpdateQuantity =
  | 'value' // θ
  | 'gradient' // g
  | 'clipped' // g · clip, where clip < 1
  | 'shrunk' // θ (1 − lr λ): AdamW with weight decay λ
  | 'decayed' // g + λ θ: the others with weight decay
  | 'mBefore' // Adam's, as v
  | 'vBefore'
  | 'm' // β₁ m + (1 − β₁) g
  | 'v' // β₂ v + (1 − β₂) g²
  | 'mHat' // m / (1 − β₁ᵗ)
  | 'vHat' // v / (1 − β₂ᵗ)
  | 'squaresBefore' // RMSprop's
  | 'squares' // α s + (1 − α) g²
  | 'scaled' // g / (√s + ε)
  | 'bufferBefore' // of momentum: SGD's and RMSprop's
  | 'buffer' // SGD μ b + g, at the first update g; RMSprop μ b + scaled
  | 'direction' // g + μ b: nesterov
  | 'delta' // what is added to θ (AdamW: to shrunk): SGD −lr (g, buffer or direction), Adam −lr m̂ / (√v̂ + ε), RMSprop −lr (scaled or buffer)
  | 'valueAfter';

/**
 * A run's states at epochs that are over, replayed from a checkpoint or from its start, to the bits that it had. One replay is
 * open at a time; the states that it came to are kept, within a bound of bytes, those asked longest ago going first.
 */
export interface ReplayApi {
  /** From where the least is to be replayed, of what is kept or open here; null: of nothing that is. */
  findPast(past: Past): Promise<PastFound | null>;
  /** Stands then where it begins. Takes the place of the one before. */
  openReplay(request: OpenReplay): Promise<Result<RunPlace>>;
  /** For about so many milliseconds, at most to the epoch's end, where its state is kept. */
  replay(request: { runId: string; epoch: number; milliseconds: number }): Promise<Result<Replayed>>;
  /** A kept state as the run's own checkpoint there would be. */
  getPast(past: { runId: string; epoch: number }): Promise<Result<RunCheckpoint>>;
  /** Where a run begins that goes on from such a state with something changed; makes no run. */
  makeBranch(request: MakeBranch): Promise<Result<RunCheckpoint>>;
  /** Frees the open replay's memory, and with `runIds` the kept states of these runs. */
  closeReplay(runIds: string[]): Promise<void>;
}

/** Between two batches: whole epochs done, and batches of the epoch under way. */
export interface RunPlace {
  epoch: number;
  batch: number;
}

/** Settings that a run trains with from a place on. */
export interface SettingsChange extends RunPlace {
  settings: LiveSettings;
}

/** A run's state after an epoch, and after the changes made there; 0: before any update. */
export interface Past {
  runId: string;
  epoch: number;
  /** All that were made until then: another history has other states. */
  changes: SettingsChange[];
}

export interface PastFound extends RunPlace {
  /** open: the replay under way stands there; kept: the state is kept. */
  as: 'open' | 'kept';
}

export interface OpenReplay {
  runId: string;
  /** As the run began. */
  experiment: ExperimentDocument;
  /** In their order. */
  changes: SettingsChange[];
  from:
    | { kind: 'start' }
    | { kind: 'checkpoint'; state: Uint8Array; place: RunPlace }
    | { kind: 'kept'; epoch: number };
}

export interface MakeBranch {
  /** As the state was trained. */
  from: ExperimentDocument;
  /** As it goes on: of the same model and vocabularies. */
  to: ExperimentDocument;
  /** A checkpoint's, after an epoch. */
  state: Uint8Array;
  /** Weights that are set by hand. */
  values: WeightPatch[];
}

/** Where the replay stands, and what the epochs since the last answer gave, to be compared with what the run had. */
export interface Replayed extends RunPlace {
  losses: Float64Array; // [epochs]
  gradNorms: Float64Array; // [epochs]
}

/** Whose weights are asked. Weights that were asked lately are kept ready: asking them again reads nothing anew. */
export type WeightsSource =
  /** An open run as it stands between two batches; it waits while they are copied, and trains on as if never asked. */
  | { kind: 'run'; runId: string }
  /** A run's at an epoch that is over, as they are kept here (`ReplayApi`). */
  | { kind: 'past'; runId: string; epoch: number }
  /** A safetensors file of ours: its metadata says cell and vocabulary. */
  | { kind: 'file'; bytes: Uint8Array }
  /** Those of another source with some numbers changed; where two values name one place the later one counts. */
  | { kind: 'patched'; from: WeightsSource; values: WeightPatch[] };

/** One number of one tensor. */
export interface WeightPatch {
  /** As in the state dict: `rnn.weight_hh_l0`. */
  key: string;
  /** Row-major, from 0. */
  index: number;
  /** A number that float32 can hold. */
  value: number;
}

/**
 * Sent by the engine, at most 20 a second of each kind and run; a row is never sent twice and never left out. Where a
 * promise comes back, what is told next of that run waits for it.
 */
export interface EngineEvents {
  /** Resolves when they were taken: an engine that is faster than whoever writes them down waits for it. */
  epochs(event: { runId: string; rows: EpochRow[] }): void | Promise<void>;
  /** Sent at pause, stop, end and after a change, and every few seconds of a long run; sent after the rows it includes. */
  checkpoint(event: { runId: string; checkpoint: RunCheckpoint }): void | Promise<void>;
  /** Sent after the rows and the checkpoint that led to it. */
  state(event: { runId: string; state: RunState; progress: RunProgress }): void;
}

export interface EngineDescription {
  version: string;
  /** Which kernels compute: plain loops, or WebAssembly SIMD of 128 or 256 bits. */
  kernels: KernelName;
  /** Why not faster ones. */
  kernelLimit: KernelLimit;
  /** That share the work of a large run opened now. */
  threads: number;
}

export interface OpenRun {
  runId: string;
  experiment: ExperimentDocument;
  /** null: from the start. */
  checkpoint: Uint8Array | null;
  /** Training time behind the checkpoint, as the last row before it has it; 0 where it is not given. */
  trainedMs?: number;
}

export interface RunMemory {
  memoryBytes: number;
  /** A run that needs more is refused. */
  limitBytes: number;
}

export interface RunOpened {
  parameterCount: number;
  /** What the run holds while it is open. */
  memoryBytes: number;
  /** Epochs already behind it, and batches of the one under way. */
  epoch: number;
  batch: number;
  /** Before any update: a safetensors file. null where the run goes on from a checkpoint. */
  initialWeights: Uint8Array | null;
}

/** What may change while a run goes on. */
export interface LiveSettings {
  lr?: number;
  clipGradNorm?: number | null;
  epochs?: number;
  stopWhen?: StopRules;
}

export type RunCommand =
  | { kind: 'run'; epochsPerSecond: number | null }
  | { kind: 'pause' }
  | { kind: 'step-epoch' }
  | { kind: 'step-batch' }
  | { kind: 'stop' }
  | { kind: 'change'; settings: LiveSettings };

/** Why a run ended by itself. */
export type StopReason = 'epochs' | 'loss-below' | 'right-for' | 'patience';

export type RunState =
  | { status: 'queued' }
  | { status: 'running' }
  | { status: 'paused' }
  | { status: 'finished'; reason: StopReason }
  /** The user stopped it before its end. */
  | { status: 'stopped' }
  /** A loss or weight was not a finite number; the weights are those before the update that would have spread it. */
  | { status: 'diverged'; problem: Problem }
  /** The engine or the lab died; main says this, never the engine. `reason` is short, the problem a sentence of it. */
  | { status: 'interrupted'; reason: string; problem: Problem };

export interface RunProgress {
  /** Whole epochs done. */
  epoch: number;
  /** Batches done of the epoch under way. */
  batch: number;
  batchesPerEpoch: number;
  /** Training alone, by the monotonic clock, without pauses. */
  trainedMs: number;
  tokensPerSecond: number | null;
}

/** One epoch, from its own forward pass before its update, as in the tutorial's loop. */
export interface EpochRow {
  /** From 1. */
  epoch: number;
  /** Cross entropy: mean over real tokens, or their total where training.loss is sum. */
  loss: number;
  lr: number;
  /** Total norm over all parameters before clipping; the last batch's where there are several. */
  gradNorm: number;
  /** Right tokens over real tokens, 0 … 1. */
  accuracy: number;
  validationLoss: number | null;
  validationAccuracy: number | null;
  /** Predicted tokens of the training samples in the document's order, each joined as its task writes text. */
  predictions: string[];
  /** The first sample's probabilities [T, V], row-major, where T·V is at most 256. */
  probabilities: number[] | null;
  /** Training time so far, as in RunProgress. */
  trainedMs: number;
}

export interface RunCheckpoint {
  /** Whole epochs done. */
  epoch: number;
  /** Weights, optimizer state, random state, position in the epoch: `engine/training/checkpoint.ts`. */
  state: Uint8Array;
  /** A safetensors file. */
  weights: Uint8Array;
}

export interface ShapesReport {
  /** In the order in which the program makes them. */
  steps: ShapesStep[];
  /** Entries that are the same numbers: [first, second] names such as `output[-1]` and `hidden[-1]`. */
  sameNumbers: [string, string][];
}

export interface ShapesStep {
  /** 0-based time step of an nn.RNNCell loop; null for the whole sequence. */
  t: number | null;
  tensors: NamedTensor[];
}

export interface NamedTensor {
  /** input, hidden, output: the tutorial's own names. */
  name: string;
  shape: number[];
  /** Row-major. */
  data: Float32Array;
}
