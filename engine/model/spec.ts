/**
 * The model as data: the `model` part of an experiment document (docs/formats.md), in PyTorch's terms.
 * Sizes: T time steps, B batch, I input size, H hidden size, V output vocabulary, L layers, D directions.
 */
export type CellName = 'rnn' | 'gru' | 'lstm';
export type Nonlinearity = 'tanh' | 'relu';
export type HeadName = 'none' | 'linear';
/** h_0 (and c_0): zeros, trained parameters, or given numbers, shaped [L·D, H]. */
export type InitialState = 'zeros' | 'learned' | { values: number[][] };

export interface ModelSpec {
  /** null: one-hot input; else the width of nn.Embedding. */
  embedding: number | null;
  cell: CellName;
  /** Only nn.RNN has it; the other cells ignore it and documents leave it 'tanh'. */
  nonlinearity: Nonlinearity;
  hiddenSize: number;
  numLayers: number;
  bias: boolean;
  bidirectional: boolean;
  /** Probability of dropping an output between layers while training. */
  dropout: number;
  /** none: h_t itself is the logits, so H·D must equal V. */
  head: HeadName;
  initialState: InitialState;
}

/** The sizes that the data gives to a model. */
export interface DataSizes {
  /** I: tokens of the input vocabulary (or inputSize of a shapes experiment). */
  inputSize: number;
  /** V: tokens of the target vocabulary. */
  outputSize: number;
}
