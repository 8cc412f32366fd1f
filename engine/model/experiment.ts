/**
 * The experiment document as types: the whole of an experiment as data (docs/formats.md).
 * `engine/formats/experiment.ts` reads and checks it; everything behind that door may trust these types.
 */
import type { ModelSpec } from './spec.ts';

export type TaskName = 'mapping' | 'label' | 'language-model' | 'shapes';
export type TokenUnit = 'characters' | 'spaces';

export interface Sample {
  input: string;
  /** Absent in a language model read sample by sample. */
  target?: string;
}

/**
 * What is held back and never trained on. Of samples: others, or a fraction of them set aside by a seeded permutation.
 * Of a text: its last part, or another text.
 */
export type Validation = Sample[] | { fraction: number; seed?: number } | { text: string };

/** Sequences of tokens and what is to be learned of them. */
export interface SequenceDataset {
  task: 'mapping' | 'label' | 'language-model';
  tokens: TokenUnit;
  /** Distinct tokens; a token's index is its place. */
  vocabulary: string[];
  targetVocabulary: string[];
  samples: Sample[];
  validation: Validation;
  /**
   * What becomes of a token outside the vocabulary; absent: it is refused. `<unk>`: the vocabulary's token of that name stands for
   * it, in inputs, and in targets where their vocabulary has it.
   */
  unknown?: 'refuse' | '<unk>';
  /** Language model over one running text, cut into batchSize streams; then samples is empty. */
  text?: string;
  sequenceLength?: number;
}

/**
 * No training: torch.randn(T, B, I), drawn from the seed after the module's weights, is run through the module
 * once and every tensor's shape and value is shown (the tutorial's programs 1 and 2).
 */
export interface ShapesDataset {
  task: 'shapes';
  inputSize: number;
  sequenceLength: number;
  batchSize: number;
  /** cell: nn.RNNCell called once a time step; sequence: nn.RNN called once. */
  call: 'cell' | 'sequence';
}

export type Dataset = SequenceDataset | ShapesDataset;

export type OptimizerSpec =
  | { name: 'sgd'; lr: number; momentum: number; nesterov: boolean; weightDecay: number }
  | { name: 'adam' | 'adamw'; lr: number; betas: [number, number]; eps: number; weightDecay: number }
  | {
      name: 'rmsprop';
      lr: number;
      alpha: number;
      eps: number;
      momentum: number;
      weightDecay: number;
    };

export type SchedulerSpec =
  | { name: 'step'; stepSize: number; gamma: number }
  | { name: 'exponential'; gamma: number }
  | { name: 'cosine'; tMax: number; etaMin: number };

export interface EarlyStopping {
  metric: 'loss' | 'validationLoss';
  /** Epochs without an improvement of more than minDelta before the run stops. */
  patience: number;
  minDelta: number;
}

/** Rules beside early stopping; each null is off. Not-a-number always stops. */
export interface StopRules {
  lossBelow: number | null;
  /** All strings right for so many epochs in a row. */
  rightFor: number | null;
}

export interface TrainingSpec {
  epochs: number;
  batchSize: number;
  shuffle: boolean;
  /** torch.manual_seed(seed) before the module is made. */
  seed: number;
  /** Reduction of the cross entropy over the tokens of a batch. */
  loss: 'mean' | 'sum';
  optimizer: OptimizerSpec;
  scheduler: SchedulerSpec | null;
  clipGradNorm: number | null;
  earlyStopping: EarlyStopping | null;
  stopWhen: StopRules;
  /** Of a text; absent: true, the state goes on, detached, from window to window. false: each starts afresh. */
  carryState?: boolean;
  /** Absent: false. true: a run that ends by itself has the weights of its best epoch at the end. */
  restoreBest?: boolean;
}

/** One tensor as JSON: row-major; data holds shape's product of numbers. */
export interface TensorJson {
  shape: number[];
  data: number[];
}

/** PyTorch's state dict: `rnn.weight_ih_l0` and so on. */
export type WeightsJson = Record<string, TensorJson>;

export interface ExperimentDocument {
  format: 'ohlol/experiment';
  /** 2 where it uses a field that version 1 lacks (engine/data/later-fields.ts). */
  version: 1 | 2;
  name: string;
  dataset: Dataset;
  model: ModelSpec;
  training: TrainingSpec;
  /** null: initialised from training.seed as PyTorch does. */
  initialWeights: WeightsJson | null;
}

/** An experiment that trains. */
export type SequenceExperiment = ExperimentDocument & { dataset: SequenceDataset };
/** An experiment that shows shapes. */
export type ShapesExperiment = ExperimentDocument & { dataset: ShapesDataset };
