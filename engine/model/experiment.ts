/**
 * Types of the experiment document, which holds a whole experiment as data (docs/formats.md).
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
 * Data held back and never trained on. For samples: other samples, or a fraction set aside by a seeded permutation.
 * For a text: its last part, or another text.
 */
export type Validation = Sample[] | { fraction: number; seed?: number } | { text: string };

/** Sequences of tokens and the targets to be learned from them. */
export interface SequenceDataset {
  task: 'mapping' | 'label' | 'language-model';
  tokens: TokenUnit;
  /** Distinct tokens; a token's index is its position here. */
  vocabulary: string[];
  targetVocabulary: string[];
  samples: Sample[];
  validation: Validation;
  /**
   * What happens to a token outside the vocabulary. Absent or `refuse`: it is refused. `<unk>`: the vocabulary's
   * token of that name stands for it, in inputs and, where the target vocabulary has that token, in targets.
   */
  unknown?: 'refuse' | '<unk>';
  /** One running text for a language model, cut into batchSize streams; samples is empty then. */
  text?: string;
  sequenceLength?: number;
}

/**
 * An experiment without training. torch.randn(T, B, I), drawn from the seed after the module's weights, runs through
 * the module once, and every tensor's shape and value is shown (the tutorial's programs 1 and 2).
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

/** Rules beside early stopping; each null is off. A number that is not finite always stops the run. */
export interface StopRules {
  lossBelow: number | null;
  /** Epochs in a row in which every string must be right. */
  rightFor: number | null;
}

export interface TrainingSpec {
  epochs: number;
  batchSize: number;
  shuffle: boolean;
  /** Argument of torch.manual_seed, called before the module is made. */
  seed: number;
  /** Reduction of the cross entropy over the tokens of a batch. */
  loss: 'mean' | 'sum';
  optimizer: OptimizerSpec;
  scheduler: SchedulerSpec | null;
  clipGradNorm: number | null;
  earlyStopping: EarlyStopping | null;
  stopWhen: StopRules;
  /**
   * For a text. Absent or true: the state is carried, detached, from window to window. false: each window begins
   * with the initial state.
   */
  carryState?: boolean;
  /** true: a run that ends by itself ends with the weights of its best epoch. Absent: false. */
  restoreBest?: boolean;
}

/** One tensor as JSON, row-major; data holds as many numbers as the product of shape. */
export interface TensorJson {
  shape: number[];
  data: number[];
}

/** PyTorch's state dict, with keys such as `rnn.weight_ih_l0`. */
export type WeightsJson = Record<string, TensorJson>;

export interface ExperimentDocument {
  format: 'ohlol/experiment';
  /** 2 where the document uses a field that version 1 lacks (engine/data/later-fields.ts). */
  version: 1 | 2;
  name: string;
  dataset: Dataset;
  model: ModelSpec;
  training: TrainingSpec;
  /** null: initialised from training.seed as PyTorch does it. */
  initialWeights: WeightsJson | null;
}

/** An experiment that trains. */
export type SequenceExperiment = ExperimentDocument & { dataset: SequenceDataset };
/** An experiment that shows shapes. */
export type ShapesExperiment = ExperimentDocument & { dataset: ShapesDataset };
