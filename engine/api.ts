/**
 * The contract of the engine process, types only. `engine/serving/service.ts` implements it, `main/engine-process/`
 * calls it.
 *
 * The engine knows no file, no window and no project: experiment documents and bytes go in, events and bytes come
 * out. Everything here is plain data that structured clone carries. The engine may die at any time. Main keeps
 * whatever it has reported, and a checkpoint resumes a run bit for bit.
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
   * Makes a run ready at epoch 0, or where its checkpoint stands; the run is then `paused`. A document or checkpoint
   * that cannot be run is answered with problems, not thrown.
   */
  openRun(request: OpenRun): Promise<Result<RunOpened>>;
  /**
   * The memory that a run of this document would hold while it is open, even where that is more than is allowed.
   * Makes no run.
   */
  planRun(experiment: ExperimentDocument): Promise<Result<RunMemory>>;
  /**
   * Answers within 100 ms; the outcome arrives as a `state` event. A change of settings takes effect at the place
   * that the answer names: where the run stands, or where it will stand once its batch under way is done. Throws a
   * `LabError` for a run that is not open or a setting that is out of range.
   */
  controlRun(runId: string, command: RunCommand): Promise<RunPlace>;
  /**
   * The run's state between two batches, as of now. All rows before it have been sent when this resolves. Throws a
   * `LabError` for a run that is not open.
   */
  getCheckpoint(runId: string): Promise<RunCheckpoint>;
  /**
   * Frees the run's memory. A running run is stopped first; a run that was asked to pause pauses first. Every event
   * of the run has been sent when this resolves. Throws a `LabError` for a run that is not open.
   */
  closeRun(runId: string): Promise<void>;
  /** The tutorial's programs 1 and 2: shapes and values of every tensor. */
  showShapes(experiment: ShapesExperiment): Promise<Result<ShapesReport>>;
}

/** Questions about trained weights; the engine process answers these beside `EngineApi`. */
export interface InspectionApi {
  /**
   * Answers a question about weights (`engine/questions.ts`). Problems of the source (a run that is not open, a file
   * that cannot be read, a value that cannot be set) come back as the answer's problems. A file's warnings come with
   * every answer about it.
   */
  ask<Kind extends QuestionKind>(
    source: WeightsSource,
    question: Extract<Question, { kind: Kind }>,
  ): Promise<Result<AnswerTo<Kind>>>;
  /**
   * Explains what a run does with one batch, from its gradients to its weights. The numbers are those of the run
   * that continues from the checkpoint, bit for bit on the same kernels. The engine keeps nothing of it.
   */
  explainBatch(request: ExplainBatch): Promise<Result<BatchStory>>;
}

export interface ExplainBatch {
  /** The document with the settings that the run had at the checkpoint. */
  experiment: ExperimentDocument;
  /** null: the run's start. */
  checkpoint: Uint8Array | null;
  /** Changes made after the checkpoint. Changes at later batches than this one are ignored. */
  changes: SettingsChange[];
  /** Counts from 0, within the epoch in which the checkpoint stands; not before the checkpoint. */
  batch: number;
  /** Parameters whose columns are wanted; null: all. */
  keys: string[] | null;
}

export interface BatchStory {
  /** From 1. */
  epoch: number;
  /** From 0. */
  batch: number;
  batchesPerEpoch: number;
  task: SequenceDataset['task'];
  /**
   * Index in dataset.samples of all that the epoch trains on, in its order: each batch takes the next batchSize of
   * them. null for a text.
   */
  order: Int32Array | null;
  /** In packed order: by falling length. */
  sequences: BatchSequence[];
  /** Real tokens that have a loss; the divisor of a mean loss. */
  tokens: number;
  reduction: 'mean' | 'sum';
  /** Reduced as `reduction` says. With dropout, the loss of the pass that was trained. */
  loss: number;
  /** Loss of the same pass with the weights after the update; null where a number of that pass is not finite. */
  lossAfter: number | null;
  /** The learning rate of this epoch, as the schedule sets it. */
  lr: number;
  /** Total norm over all parameters, before clipping. */
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
  /** Index in dataset.samples; null for a text. */
  sample: number | null;
  /** Index among a text's streams, from 0; null for samples. */
  stream: number | null;
  inputTokens: string[];
  targetTokens: string[];
  /** Sum over the sequence's tokens, not divided. */
  loss: number;
  /** Count of right predictions among the sequence's tokens. */
  right: number;
}

export interface ParameterUpdate {
  key: string;
  shape: number[];
  /** false: a learned initial state in a later window of a text, which has no gradient there. */
  isUpdated: boolean;
  /** Count of updates so far, this one included: the t of Adam's corrections. */
  steps: number;
  /** Norm of the gradient before clipping. */
  gradientNorm: number;
  /** Norm of the weights after the update minus those before. */
  changeNorm: number;
  largest: { index: number; change: number };
  /** In the order of computation; empty where the columns are not wanted or nothing is updated. */
  columns: UpdateColumn[];
}

export interface UpdateColumn {
  quantity: UpdateQuantity;
  /** In the parameter's shape. */
  data: Float32Array;
}

/** θ and g as in torch.optim's update rules, and the quantities between them. */
export type UpdateQuantity =
  | 'value' // θ
  | 'gradient' // g
  | 'clipped' // g · clip, listed where clip < 1
  | 'shrunk' // θ (1 − lr λ): AdamW with weight decay λ
  | 'decayed' // g + λ θ: the other optimizers with weight decay λ
  | 'mBefore' // Adam's m and v before the update
  | 'vBefore'
  | 'm' // β₁ m + (1 − β₁) g
  | 'v' // β₂ v + (1 − β₂) g²
  | 'mHat' // m / (1 − β₁ᵗ)
  | 'vHat' // v / (1 − β₂ᵗ)
  | 'squaresBefore' // RMSprop's s before the update
  | 'squares' // α s + (1 − α) g²
  | 'scaled' // g / (√s + ε)
  | 'bufferBefore' // momentum buffer b of SGD and RMSprop before the update
  | 'buffer' // SGD μ b + g (g at the first update); RMSprop μ b + scaled
  | 'direction' // g + μ b: SGD with nesterov
  | 'delta' // added to θ (AdamW: to shrunk θ): SGD −lr (g, buffer or direction), Adam −lr m̂ / (√v̂ + ε), RMSprop −lr (scaled or buffer)
  | 'valueAfter';

/**
 * A run's past states, replayed from a checkpoint or from the run's start to exactly the bits it had. One replay is
 * open at a time. The states it reaches are kept up to a bound of bytes; the least recently used go first.
 */
export interface ReplayApi {
  /** The nearest state to replay from, among the open replay and the kept states; null where neither can serve. */
  findPast(past: Past): Promise<PastFound | null>;
  /** Opens a replay and answers with the place where it begins. It replaces the replay that was open before. */
  openReplay(request: OpenReplay): Promise<Result<RunPlace>>;
  /**
   * Replays for about this many milliseconds, at most to this place, whose state is then kept. Fails with `unknown-batch`
   * where epochs have no such batch, and with the run's own problem where it diverges in that epoch before the batch.
   */
  replay(request: { runId: string; milliseconds: number } & RunPlace): Promise<Result<Replayed>>;
  /** A kept state, in the form of the run's own checkpoint at that place. */
  getPast(past: { runId: string; place: RunPlace }): Promise<Result<RunCheckpoint>>;
  /** The checkpoint from which a branch begins: a past state that goes on with something changed. Makes no run. */
  makeBranch(request: MakeBranch): Promise<Result<RunCheckpoint>>;
  /** Frees the open replay's memory and the kept states of the runs in `runIds`. */
  closeReplay(runIds: string[]): Promise<void>;
}

/** A place between two batches: whole epochs done, and batches done of the epoch under way. */
export interface RunPlace {
  epoch: number;
  batch: number;
}

/** Settings that a run trains with from a place onwards. */
export interface SettingsChange extends RunPlace {
  settings: LiveSettings;
}

/** A run's state at a place, after the changes made there. Epoch 0, batch 0 is the state before any update. */
export interface Past extends RunPlace {
  runId: string;
  /** All changes made until then: a run with another history has other states. */
  changes: SettingsChange[];
}

export interface PastFound extends RunPlace {
  /** open: the replay under way stands there. kept: the state is kept. */
  as: 'open' | 'kept';
}

export interface OpenReplay {
  runId: string;
  /** The document with which the run began. */
  experiment: ExperimentDocument;
  /** In the order in which they were made. */
  changes: SettingsChange[];
  from:
    | { kind: 'start' }
    | { kind: 'checkpoint'; state: Uint8Array; place: RunPlace }
    | { kind: 'kept'; place: RunPlace };
}

export interface MakeBranch {
  /** The document with which the state was trained. */
  from: ExperimentDocument;
  /** The document with which the branch goes on; it has the same model and vocabularies. */
  to: ExperimentDocument;
  /** A checkpoint that stands between two epochs. */
  state: Uint8Array;
  /** Weights that are set by hand. */
  values: WeightPatch[];
}

/**
 * Where the replay stands, and what the epochs since the last answer gave, to be compared with the run's own rows.
 */
export interface Replayed extends RunPlace {
  losses: Float64Array; // [epochs]
  gradNorms: Float64Array; // [epochs]
}

/**
 * The weights that a question is about. Recently used weights are kept ready, so asking about them again reads
 * nothing anew.
 */
export type WeightsSource =
  /**
   * An open run between two batches. The run waits while its weights are copied, and trains on as if never asked.
   */
  | { kind: 'run'; runId: string }
  /** A run's weights at a past place, as `ReplayApi` keeps them. */
  | { kind: 'past'; runId: string; place: RunPlace }
  /** A safetensors file that Ohlol wrote: its metadata states cell and vocabulary. */
  | { kind: 'file'; bytes: Uint8Array }
  /** Another source with some numbers changed. Where two values name the same place, the later one counts. */
  | { kind: 'patched'; from: WeightsSource; values: WeightPatch[] };

/** One number of one tensor. */
export interface WeightPatch {
  /** Key in the state dict: `rnn.weight_hh_l0`. */
  key: string;
  /** Row-major index, from 0. */
  index: number;
  /** A number that float32 can hold. */
  value: number;
}

/**
 * Events that the engine sends, at most 20 per second of each kind and run. A row is never sent twice and never left
 * out. Where a handler returns a promise, the run's next events wait for it.
 */
export interface EngineEvents {
  /** Resolves when the receiver has taken the rows; an engine that is faster than its receiver waits. */
  epochs(event: { runId: string; rows: EpochRow[] }): void | Promise<void>;
  /**
   * Sent at pause, stop and end, after a change, and every few seconds of a long run; always after the rows that it
   * includes.
   */
  checkpoint(event: { runId: string; checkpoint: RunCheckpoint }): void | Promise<void>;
  /** Sent after the rows and the checkpoint that led to this state. */
  state(event: { runId: string; state: RunState; progress: RunProgress }): void;
}

export interface EngineDescription {
  version: string;
  /** The kernels in use: plain loops, or WebAssembly SIMD of 128 or 256 bits. */
  kernels: KernelName;
  /** Why the engine does not use faster kernels. */
  kernelLimit: KernelLimit;
  /** Threads that would share the work of a large run opened now. */
  threads: number;
}

export interface OpenRun {
  runId: string;
  experiment: ExperimentDocument;
  /** null: from the run's start. */
  checkpoint: Uint8Array | null;
  /** Training time behind the checkpoint in milliseconds, as in the last row before it; 0 where it is not given. */
  trainedMs?: number;
}

export interface RunMemory {
  memoryBytes: number;
  /** A run that needs more than this is refused. */
  limitBytes: number;
}

export interface RunOpened {
  parameterCount: number;
  /** Memory that the run holds while it is open. */
  memoryBytes: number;
  /** Whole epochs already done, and batches done of the epoch under way. */
  epoch: number;
  batch: number;
  /** A safetensors file of the weights before any update; null where the run resumes from a checkpoint. */
  initialWeights: Uint8Array | null;
}

/** Settings that may change while a run goes on. */
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
  /** The user stopped the run before its end. */
  | { status: 'stopped' }
  /**
   * A loss, gradient norm or weight was not a finite number. The weights are those before the update that would have
   * spread it.
   */
  | { status: 'diverged'; problem: Problem }
  /**
   * The engine or the lab died. Main sets this state, never the engine. `reason` is short; the problem says it in a
   * sentence.
   */
  | { status: 'interrupted'; reason: string; problem: Problem };

export interface RunProgress {
  /** Whole epochs done. */
  epoch: number;
  /** Batches done of the epoch under way. */
  batch: number;
  batchesPerEpoch: number;
  /** Training time in milliseconds of the monotonic clock, without pauses. */
  trainedMs: number;
  tokensPerSecond: number | null;
}

/** One epoch, measured by the forward passes before each update, as in the tutorial's loop. */
export interface EpochRow {
  /** From 1. */
  epoch: number;
  /** Cross entropy: mean over real tokens, or their total where training.loss is `sum`. */
  loss: number;
  lr: number;
  /** Total norm over all parameters before clipping; the last batch's where an epoch has several. */
  gradNorm: number;
  /** Right tokens over real tokens, 0 … 1. */
  accuracy: number;
  validationLoss: number | null;
  validationAccuracy: number | null;
  /** Predicted tokens of the training samples in the document's order, joined to text as the task joins it. */
  predictions: string[];
  /** The first sample's probabilities [T, V], row-major; null where T·V is more than 256. */
  probabilities: number[] | null;
  /** Training time so far in milliseconds, as in RunProgress. */
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
  /** Pairs of entries that hold the same numbers: [first, second] names such as `output[-1]` and `hidden[-1]`. */
  sameNumbers: [string, string][];
}

export interface ShapesStep {
  /** 0-based time step of an nn.RNNCell loop; null for the whole sequence. */
  t: number | null;
  tensors: NamedTensor[];
}

export interface NamedTensor {
  /** The tutorial's own names: input, hidden, output. */
  name: string;
  shape: number[];
  /** Row-major. */
  data: Float32Array;
}
