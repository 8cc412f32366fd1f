/**
 * Structs that the host lays out in memory: sizes and addresses of buffers, named as in engine/layers and
 * engine/model. engine/kernels/wasm-structs.ts holds the same lists. Every field takes 4 bytes; f64 takes 8 and is
 * aligned to 8. Address 0 means that there is no such buffer.
 */

/** A batch of sequences, packed as in engine/tensor/packing.ts. */
@unmanaged export class Batch {
  T: i32;
  B: i32;
  N: i32;
  /** N, or B where each sequence has one target. */
  outputs: i32;
  starts: usize; // i32 [T + 1]
  tokens: usize; // i32 [N]
  targets: usize; // i32 [outputs]
}

@unmanaged export class Direction {
  /** 0 rnn tanh, 1 rnn relu, 2 gru, 3 lstm. */
  cell: i32;
  reverse: i32;
  I: i32;
  H: i32;
  G: i32;
  weightIh: usize; // [G·H, I]
  weightHh: usize; // [G·H, H]
  biasIh: usize; // [G·H]
  biasHh: usize; // [G·H]
  dWeightIh: usize;
  dWeightHh: usize;
  dBiasIh: usize;
  dBiasHh: usize;
  gates: usize; // [N, G·H]
  recurrent: usize; // [B, G·H]
  hPrevious: usize; // [N, H]
  h: usize; // [N, H]
  cPrevious: usize; // [N, H]
  c: usize; // [N, H]
  kept: usize; // [N, H]
  dGates: usize; // [N, G·H]
  dRecurrent: usize; // [N, G·H]
  dh: usize; // [B, H]
  dc: usize; // [B, H]
  hState: usize; // [B, H]
  cState: usize; // [B, H]
  /** h_0 and c_0 of every sequence, and their gradients. */
  h0: usize; // [H]
  c0: usize; // [H]
  dh0: usize; // [H]
  dc0: usize; // [H]
  /** W_ih packed for W_ih x, or, for one-hot input, the rows that tokens look up and their gradients. */
  inputPanels: usize;
  tokenRows: usize; // [I, G·H]: W_ihᵀ + b_ih
  dTokenRows: usize; // [I, G·H]
  /** W_hh packed for W_hh h. */
  statePanels: usize;
  /** W_ih and W_hh packed for the gradients at x and at h. */
  inputBackPanels: usize;
  stateBackPanels: usize;
}

@unmanaged export class Layer {
  input: usize; // [N, D·H]
  output: usize; // [N, D·H]
  dOutput: usize; // [N, D·H]
  /** Mask of the dropout on this layer's output, drawn by the host. */
  mask: usize; // [N, D·H]
}

@unmanaged export class Model {
  L: i32;
  D: i32;
  H: i32;
  I: i32;
  E: i32;
  V: i32;
  /** 1: logits are read from the last states, one row per sequence. */
  readsLast: i32;
  directions: usize; // Direction [L·D]
  layers: usize; // Layer [L]
  embedding: usize; // [I, E]
  dEmbedding: usize;
  embedded: usize; // [N, E]
  dEmbedded: usize; // [N, E]
  features: usize; // [outputs, D·H]
  dFeatures: usize; // [outputs, D·H]
  headWeight: usize; // [V, D·H]
  headBias: usize; // [V]
  dHeadWeight: usize;
  dHeadBias: usize;
  headPanels: usize;
  headBackPanels: usize;
  logits: usize; // [outputs, V]
  dLogits: usize; // [outputs, V]
  probabilities: usize; // [outputs, V]
  predictions: usize; // i32 [outputs]
  rowLosses: usize; // f64 [outputs]
  zeros: usize; // [the widest row]
  packed: usize; // for each thread [96, 264], then [256, the widest row that is multiplied]
  /** Bytes of one thread's part of `packed`. */
  packedBytes: i32;
}

/** An optimizer of the parameters at … at + count − 1. */
@unmanaged export class Optimizer {
  /** Address of the next Optimizer; 0: this is the last. */
  next: usize;
  at: i32;
  count: i32;
  /** 1: batches that do not begin with the initial state leave these parameters alone. */
  ofInitialState: i32;
  /** 0 sgd, 1 adam, 2 adamw, 3 rmsprop. */
  kind: i32;
  nesterov: i32;
  /** Count of updates done. */
  steps: i32;
  /** first: m, the squares or SGD's momentum buffer. second: v, or RMSprop's momentum buffer. */
  first: usize; // [count]
  second: usize; // [count]
  momentum: f64;
  beta1: f64;
  /** RMSprop's alpha, too. */
  beta2: f64;
  eps: f64;
  weightDecay: f64;
}

@unmanaged export class Training {
  P: i32;
  /** 1: the loss is the mean over a batch's outputs. */
  mean: i32;
  model: usize;
  /** Address of the first Optimizer. */
  optimizers: usize;
  values: usize; // [P]
  valuesBefore: usize; // [P]
  gradients: usize; // [P]
  partialNorms: usize; // f64 [⌈P / 4096⌉]
  /** Largest total norm; 0 or below: no clipping. */
  clipGradNorm: f64;
  /** lossSum, gradNorm and right of the last batch. */
  lossSum: f64;
  gradNorm: f64;
  right: i32;
  /** 1: a thread found a weight that is not finite; the host puts the weights back. */
  bad: i32;
  /** Status of the last batch of trainEpochs, and its number. */
  status: i32;
  batch: i32;
}
