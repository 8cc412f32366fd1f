/**
 * What the host lays out in memory: sizes and the places of buffers, named as in engine/layers and engine/model.
 * engine/kernels/wasm-structs.ts holds the same lists; every field is 4 bytes, f64 is 8 and aligned to 8.
 * A place that is 0 means that there is no such buffer.
 */

/** Sequences packed as in engine/tensor/packing.ts. */
@unmanaged export class Batch {
  T: i32;
  B: i32;
  N: i32;
  /** N, or B where there is one target a sequence. */
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
  /** h_0 and c_0 for every sequence, and where their gradients go. */
  h0: usize; // [H]
  c0: usize; // [H]
  dh0: usize; // [H]
  dc0: usize; // [H]
  /** W_ih for W_ih x, or for one-hot input the rows that tokens look up, and their gradients. */
  inputPanels: usize;
  tokenRows: usize; // [I, G·H]: W_ihᵀ + b_ih
  dTokenRows: usize; // [I, G·H]
  /** W_hh for W_hh h. */
  statePanels: usize;
  /** W_ih and W_hh for the gradients at x and at h. */
  inputBackPanels: usize;
  stateBackPanels: usize;
}

@unmanaged export class Layer {
  input: usize; // [N, D·H]
  output: usize; // [N, D·H]
  dOutput: usize; // [N, D·H]
  /** The mask of the dropout on this layer's output, drawn by the host. */
  mask: usize; // [N, D·H]
}

@unmanaged export class Model {
  L: i32;
  D: i32;
  H: i32;
  I: i32;
  E: i32;
  V: i32;
  /** 1: logits from the last states, one row a sequence. */
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
  /** Of one thread, whatever it packs. */
  packedBytes: i32;
}

/** Of the parameters at … at + count. */
@unmanaged export class Optimizer {
  /** Optimizer; 0: the last. */
  next: usize;
  at: i32;
  count: i32;
  /** 1: leaves batches alone that do not begin with the initial state. */
  ofInitialState: i32;
  /** 0 sgd, 1 adam, 2 adamw, 3 rmsprop. */
  kind: i32;
  nesterov: i32;
  /** Updates done. */
  steps: i32;
  /** m, the squares or the momentum; v or rmsprop's momentum. */
  first: usize; // [count]
  second: usize; // [count]
  momentum: f64;
  beta1: f64;
  /** Also rmsprop's alpha. */
  beta2: f64;
  eps: f64;
  weightDecay: f64;
}

@unmanaged export class Training {
  P: i32;
  /** 1: the loss is the mean over a batch's outputs. */
  mean: i32;
  model: usize;
  /** The first Optimizer. */
  optimizers: usize;
  values: usize; // [P]
  valuesBefore: usize; // [P]
  gradients: usize; // [P]
  partialNorms: usize; // f64 [⌈P / 4096⌉]
  /** Largest total norm; not above 0: no clipping. */
  clipGradNorm: f64;
  /** Of the last batch. */
  lossSum: f64;
  gradNorm: f64;
  right: i32;
  /** 1: a thread found a weight that is not finite; the host sets it back. */
  bad: i32;
  /** Of the last batch of trainEpochs, and which it was. */
  status: i32;
  batch: i32;
}
