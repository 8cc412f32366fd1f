/**
 * What weights can be asked, and what is answered: types only. `engine/inspect/question.ts` answers, `docs/engine.md` says how
 * to ask. Numbers come in columns: Float32Array, row-major, with the shape behind each. T input tokens, K steps that have a
 * loss (1 for task label), V output tokens, H hidden, G gates, I what a layer reads, D directions. Steps count from 0.
 */

/** One list of all that can be asked; question, answer and whoever passes them on follow from it. */
export interface Questions {
  predict: { question: PredictQuestion; answer: Prediction };
  /** `predict` with the sums and gates of every cell behind it. */
  trace: { question: PredictQuestion; answer: Trace };
  /** Where the loss of one step, or of all, is felt: at every h_t and every parameter. */
  gradients: { question: GradientsQuestion; answer: Gradients };
  /** How far back every step's loss is felt: ‖∂L_k/∂h_t‖ for all k and t. */
  'gradient-map': { question: LossStepsQuestion; answer: GradientMap[] };
  /** What each input does to the loss of each step, as far as the gradient tells. */
  influence: { question: LossStepsQuestion; answer: Influence };
  /** Every number of the gradient's way back through time. */
  'backward-trace': { question: BackwardTraceQuestion; answer: BackwardTrace };
  /** One parameter's gradient as it stands when the way back has come to a step. */
  'running-gradient': { question: RunningGradientQuestion; answer: RunningGradient };
  /** What the weights say of many samples of their task, and how sure they are. */
  evaluate: { question: EvaluateQuestion; answer: Evaluation };
  /** Text that a language model makes, token after token. */
  generate: { question: GenerateQuestion; answer: Generation };
  /** One unit over many inputs. */
  unit: { question: UnitQuestion; answer: UnitOverInputs };
  /** One intervention tried on each unit alone: which unit matters. */
  'unit-patches': { question: UnitPatchesQuestion; answer: UnitPatches };
  /** The loss and what is right for many values of one weight. */
  'weight-sweep': { question: WeightSweepQuestion; answer: WeightSweep };
  /** The states h as points in the space of their three directions of greatest variance. */
  'project-states': { question: ProjectStatesQuestion; answer: ProjectedStates };
  /** Numeric against analytic gradients, in float64. */
  'gradient-check': { question: GradientCheckQuestion; answer: GradientCheck };
  /** How the values of one parameter are spread. */
  distribution: { question: DistributionQuestion; answer: Distribution };
  /** Copies of the weights. */
  weights: { question: WeightsQuestion; answer: Weights };
}

export type QuestionKind = keyof Questions;
export type Question = { [Kind in QuestionKind]: { kind: Kind } & Questions[Kind]['question'] }[QuestionKind];
export type AnswerTo<Kind extends QuestionKind> = {
  [Each in Kind]: { kind: Each; answer: Questions[Each]['answer'] };
}[Kind];
export type Answer = AnswerTo<QuestionKind>;

/** A tensor as it is answered. */
export interface Tensor {
  shape: number[];
  /** Row-major. */
  data: Float32Array;
}

export interface WeightsQuestion {
  /** Keys of the state dict; null: all of them. */
  keys: readonly string[] | null;
}

/** Tensors by their keys, in the order of the state dict. */
export type Weights = Record<string, Tensor>;

export interface DistributionQuestion {
  key: string;
  /** Number of bins of equal width, at most 96. */
  bins: number;
  /** Where the first bin begins and the last ends; absent: at the least and the greatest value. */
  range?: { from: number; to: number } | undefined;
  /** Row-major places, at most 1,000, whose values are answered too. */
  indices?: readonly number[] | undefined;
}

export interface Distribution {
  /** The range of the bins; half a unit to both sides of the value where all values are equal and no range is given. */
  from: number;
  to: number;
  /** Values v with edge i ≤ v < edge i + 1, where edge i = from + i (to − from) / bins; the last bin also holds `to`. */
  counts: Int32Array; // [bins]
  /** Values outside the range. */
  below: number;
  above: number;
  /** Values of the parameter, all of them. */
  count: number;
  mean: number;
  /** √ of the mean squared deviation: torch.std with correction=0. */
  sd: number;
  min: number;
  max: number;
  /** The values at `indices`. */
  values: Float32Array;
}

export interface PredictQuestion {
  input: string;
  /** States to overwrite on the way; at one step first those of c, then those of h, each in list order. */
  patches?: readonly StatePatch[] | undefined;
}

/**
 * An intervention: overwrites a state after step t. What follows is computed from it: after c_t also h_t (LSTM:
 * o ⊙ tanh(c_t)); after h_t the next step, the layer above and the head.
 */
export interface StatePatch {
  layer: number;
  reverse: boolean;
  /** First step overwritten; null: the initial state. */
  step: number | null;
  /** Last step overwritten, counted in time for both directions; absent: `step` alone. */
  until?: number | undefined;
  state: 'h' | 'c';
  /** Units to overwrite; null: all H. */
  units: readonly number[] | null;
  /**
   * freeze: the value that the step before (in its direction) left. Numbers [units]: these values; to swap, those of
   * another trace.
   */
  set: 'zero' | 'freeze' | Float32Array;
}

/** T input tokens; K predictions: one a step, a single one for task label. Matrices are row-major. */
export interface Prediction {
  inputTokens: string[]; // [T]
  predictedTokens: string[]; // [K]
  logits: Float32Array; // [K, V]
  probabilities: Float32Array; // [K, V]
  /** The last layer's output at each step. */
  states: Float32Array; // [T, D·H]
}

export interface Trace {
  prediction: Prediction;
  /** One entry per layer and direction: layer by layer, forward before reverse. */
  directions: DirectionTrace[];
}

/**
 * One direction of one layer, by time: t = 0 … T − 1, for the reverse direction too. A cell's gate = σ, tanh or, in a
 * relu cell, max(0, ·) of its pre-activation, which is made of the two sums; a patch of the plain cell's h overwrites its
 * gate too. Row-major.
 */
export interface DirectionTrace {
  layer: number;
  reverse: boolean;
  /** PyTorch's names of the gates in packed order; the plain cell's only one is h itself. */
  gateNames: string[]; // [G]
  /** What the layer reads: one-hot, embedding, or the layer below. */
  x: Float32Array; // [T, I]
  hPrevious: Float32Array; // [T, H]
  cPrevious: Float32Array | null; // [T, H]
  /** W_ih x + b_ih. */
  inputSums: Float32Array; // [T, G, H]
  /** W_hh h₋ + b_hh. */
  recurrentSums: Float32Array; // [T, G, H]
  preActivations: Float32Array; // [T, G, H]
  gates: Float32Array; // [T, G, H]
  c: Float32Array | null; // [T, H]
  h: Float32Array; // [T, H]
}

export interface PairQuestion {
  input: string;
  /** As in a sample of the model's task; empty for a language model, where the input is its own target. */
  target: string;
}

export interface EvaluateQuestion {
  /** At most 10,000 samples. */
  samples: PairQuestion[];
}

/** What is predicted for N samples with K predicted steps in all, V output tokens. */
export interface Evaluation {
  /** The steps of sample i are those from starts[i] until starts[i + 1]. */
  starts: Int32Array; // [N + 1]
  /** Predicted tokens (first of equals), as indices of the output vocabulary. */
  says: Int32Array; // [K]
  wanted: Int32Array; // [K]
  /** Probability of each wanted token. */
  probabilities: Float32Array; // [K]
  /** Probabilities of all tokens; null above 2^21 numbers. */
  distributions: Float32Array | null; // [K, V]
  /** Cross entropy of each sample, summed over its steps. */
  losses: Float64Array; // [N]
}

export interface GradientsQuestion extends PairQuestion {
  /** 0-based step (task label: 0) whose cross entropy is meant; null: the sum over all. */
  step: number | null;
}

export interface Gradients {
  loss: number;
  states: {
    layer: number;
    reverse: boolean;
    /** ∂L/∂h_t. */
    dh: Float32Array; // [T, H]
  }[];
  /** ∂L/∂θ by the keys of the state dict, each in its parameter's shape. */
  parameters: Record<string, { shape: number[]; data: Float32Array }>;
}

export interface LossStepsQuestion extends PairQuestion {
  /** Which losses k, in the order in which they are answered; absent: all K. */
  steps?: readonly number[] | undefined;
}

export interface GradientMap {
  layer: number;
  reverse: boolean;
  /** ‖∂L_k/∂h_t‖, the 2-norm over the units, by loss step k and state step t. */
  norms: Float32Array; // [K, T]
}

/** Influence of input x_t (the token's row of the embedding; one-hot without one) on loss L_k. */
export interface Influence {
  /** ‖∂L_k/∂x_t ⊙ x_t‖. */
  norms: Float32Array; // [K, T]
  /** ∂L_k/∂x_t · x_t: to first order, how much lower L_k would be if x_t were 0. */
  products: Float32Array; // [K, T]
}

export interface BackwardTraceQuestion extends PairQuestion {
  /** The step whose loss alone is meant; null: all. */
  step: number | null;
  /** mean: the losses are divided by the batch's real tokens, as in training; sum: they are not divided. */
  loss: 'mean' | 'sum';
  /** Real tokens of the sample's batch, the divisor of `mean`; absent: K. */
  batchTokens?: number | undefined;
}

export interface BackwardTrace {
  /** The way forward, whose numbers are the factors of the way back; of a language model without the input's last token. */
  trace: Trace;
  inputCodes: Int32Array; // [T]
  targetCodes: Int32Array; // [K]
  probabilities: Float32Array; // [K, V]
  /** −log p of the target, not divided. */
  losses: Float64Array; // [K]
  /** What the losses are divided by; 1 where `loss` is sum. */
  divisor: number;
  /** Sum of the losses of the steps that are meant, divided by `divisor`. */
  loss: number;
  /** (p − onehot) / divisor; 0 for steps that are not meant. */
  dLogits: Float32Array; // [K, V]
  /** What the head reads: h_t of the last layer; task label: the last states. */
  features: Float32Array; // [K, D·H]
  /** W_headᵀ dLogits; without a head dLogits itself. */
  dFeatures: Float32Array; // [K, D·H]
  /** One entry per layer and direction, in the trace's order. */
  directions: DirectionBackwardTrace[];
  /** The whole gradient of every parameter. */
  gradients: Weights;
}

/**
 * Gradients of one direction, by time: t = 0 … T − 1. "Next" is the step whose backward pass comes just before: t + 1, in
 * the reverse direction t − 1.
 */
export interface DirectionBackwardTrace {
  layer: number;
  reverse: boolean;
  gateNames: string[]; // [G]
  /** ∂L/∂h_t from the loss of step t or from the layer above. */
  fromOutput: Float32Array; // [T, H]
  /** The next step's dhPrevious; 0 at the first step on the way back. */
  fromNext: Float32Array; // [T, H]
  /** fromOutput + fromNext. */
  dh: Float32Array; // [T, H]
  /** The next step's dcPrevious, 0 at the first step on the way back; null where the cell has no c, here and below. */
  dcFromNext: Float32Array | null; // [T, H]
  /** dh ⊙ o ⊙ (1 − tanh² c). */
  dcFromH: Float32Array | null; // [T, H]
  /** dcFromNext + dcFromH. */
  dc: Float32Array | null; // [T, H]
  /** dc ⊙ f. */
  dcPrevious: Float32Array | null; // [T, H]
  /**
   * ∂L/∂gate: plain cell dh; LSTM dc ⊙ g, dc ⊙ c₋, dc ⊙ i, dh ⊙ tanh c; GRU dInputSums_n ⊙ recurrentSums_n, dh ⊙ (h₋ − n),
   * dh ⊙ (1 − z).
   */
  dGates: Float32Array; // [T, G, H]
  /** Slope of the gate's σ, tanh or relu. */
  slopes: Float32Array; // [T, G, H]
  /** dGates ⊙ slopes: the gradient at W_ih x + b_ih. */
  dInputSums: Float32Array; // [T, G, H]
  /** Gradient at W_hh h₋ + b_hh: GRU's n has r ⊙ dInputSums_n; null where it is dInputSums throughout. */
  dRecurrentSums: Float32Array | null; // [T, G, H]
  /** W_hhᵀ dRecurrentSums. */
  throughHidden: Float32Array; // [T, H]
  /** The part of dhPrevious that bypasses W_hh (GRU: dh ⊙ z); null where it is 0 throughout. */
  beside: Float32Array | null; // [T, H]
  /** throughHidden + beside: the gradient at h₋; at the last step on the way back, ∂L/∂h_0. */
  dhPrevious: Float32Array; // [T, H]
  /** W_ihᵀ dInputSums, of this direction alone. */
  dx: Float32Array; // [T, I]
}

/**
 * Every parameter's gradient is a sum over steps: W_ih of dInputSums_t x_tᵀ, W_hh of dRecurrentSums_t h₋ᵀ, biases of the sums'
 * gradients, the head of dLogits_k features_kᵀ, the embedding's row of token t of dx_t.
 * The gradients of h0 and c0 are dhPrevious and dcPrevious of the last step on the way back.
 */
export interface RunningGradientQuestion extends BackwardTraceQuestion {
  key: string;
  /** Step that the way back has reached: T − 1 down to 0; for a `_reverse` key 0 up to T − 1. */
  at: number;
}

export interface RunningGradient {
  shape: number[];
  /** Sum before step `at` is added. */
  before: Float32Array;
  /** Sum after step `at` is added. */
  after: Float32Array;
}

export interface GenerateQuestion {
  /** Text that the model reads first; where it is empty, the first token is drawn evenly from the vocabulary. */
  prompt: string;
  /** Tokens to make. */
  length: number;
  /** Divides the logits before the softmax; 0: always the likeliest token. */
  temperature: number;
  /** Draws among this many of the likeliest tokens (first of equals); absent or null: among all. */
  topK?: number | null | undefined;
  /** Whether each token's distribution is answered too. */
  distributions?: boolean | undefined;
  seed: number;
}

export interface Generation {
  /** Each token's distributions, if asked for and at most 2^21 numbers each; else null. */
  distributions: {
    /** softmax(logits): before temperature and top-k. */
    raw: Float32Array; // [tokens, V]
    /** After temperature and top-k; the token was drawn from it. */
    used: Float32Array; // [tokens, V]
    /** The draw: the token is the first at which the running sum of `used` is above it. */
    u: Float64Array; // [tokens]
  } | null;
  /** Prompt and made tokens, joined. */
  text: string;
  tokens: {
    token: string;
    /** Its probability in `used`: after temperature and top-k. */
    probability: number;
  }[];
}

export interface UnitQuestion {
  /** At most 64 inputs. */
  inputs: readonly string[];
  layer: number;
  reverse: boolean;
  unit: number;
  /** Quantity of the unit: h, c, or a gate by its name. */
  what: string;
}

export interface UnitOverInputs {
  /** The steps of input i are those from starts[i] until starts[i + 1]. */
  starts: Int32Array; // [inputs + 1]
  values: Float32Array; // [steps in all]
}

export interface UnitPatchesQuestion {
  input: string;
  /** One or more, of all units (`units` null) of one layer and direction; a tried unit gets its part of each. */
  patches: readonly StatePatch[];
  /** Units to try; absent: all H. */
  units?: readonly number[] | undefined;
  /** Output tokens that are compared, as indices of the output vocabulary. */
  target: number;
  rival: number;
}

/** The margin logit(target) − logit(rival) at every step. */
export interface UnitPatches {
  units: Int32Array; // [units]
  /** Without the patches. */
  before: Float32Array; // [K]
  /** With the patches of all units. */
  together: Float32Array; // [K]
  /** With one unit patched alone, in the order of `units`. */
  after: Float32Array; // [units, K]
}

export interface WeightSweepQuestion {
  key: string;
  index: number;
  /** First and last value, and the number of evenly spaced values (at most 1,001). */
  from: number;
  to: number;
  points: number;
  samples: readonly PairQuestion[];
}

export interface WeightSweep {
  values: Float32Array; // [points]
  /** Cross entropies of all samples, summed. */
  losses: Float64Array; // [points]
  /** Correct steps, of `steps` in all. */
  right: Int32Array; // [points]
  steps: number;
}

export interface ProjectStatesQuestion {
  inputs: readonly string[];
  layer: number;
  reverse: boolean;
  /** Basis of an earlier answer, to compare weights in one space; absent: computed from these states. */
  basis?: StateBasis | undefined;
}

export interface StateBasis {
  mean: Float32Array; // [H]
  /** Orthonormal rows, the widest direction first, the largest loading of each positive; rows beyond H are 0. */
  directions: Float32Array; // [3, H]
}

/** Principal components of h (PCA) over all states of the inputs, h_0 included. */
export interface ProjectedStates {
  basis: StateBasis;
  /** Variance of these states along each direction, about the basis's mean. */
  variances: Float64Array; // [3]
  /** Their variance over all H directions: variances / total is the share that is explained. */
  total: number;
  /** The states of input i are those from starts[i] until starts[i + 1]: h_0, then h_t by time (reverse: h_0 last). */
  starts: Int32Array; // [inputs + 1]
  points: Float32Array; // [states, 3]
  /** Token predicted at each state, as an index of the output vocabulary; −1 where none is. */
  says: Int32Array; // [states]
  /** What the output says at a point; null where it reads more than these states (both directions) or none of them. */
  output: OutputPlane | null;
}

/**
 * The output as a function of a point p: logits = atMean + p₀ along₀ + p₁ along₁ + p₂ along₂. They are those of
 * h = mean + Σ pₖ directionₖ, exactly those of a state only where H ≤ 3; the regions of a plane are where each is largest.
 */
export interface OutputPlane {
  /** W mean + b; without a head the mean. */
  atMean: Float32Array; // [V]
  /** W directionₖ; without a head the direction. */
  along: Float32Array; // [3, V]
}

export interface GradientCheckQuestion {
  samples: readonly PairQuestion[];
  /** Number of entries per tensor, evenly spaced; absent: as many as can be checked in about 2^33 multiply-adds. */
  entries?: number | undefined;
}

/** Central differences of the summed loss, (L(θ + eps) − L(θ − eps)) / 2 eps, in float64. */
export interface GradientCheck {
  eps: number;
  /** What a right gradient keeps to: |numeric − analytic| ≤ absolute + relative · |numeric|. */
  tolerance: { absolute: number; relative: number };
  loss: number;
  tensors: CheckedTensor[];
}

export interface CheckedTensor {
  key: string;
  shape: number[];
  /** Entries that were compared. */
  checked: number;
  /** Checked entries whose gradients differ by more than the tolerance, bends left out. */
  wrong: number;
  /** Entries at a ReLU's bend (the slopes to both sides differ, the gradient is one of them); not counted as wrong. */
  bends: number;
  /** Entry with the largest difference relative to the tolerance, bends left out. */
  worst: { index: number; numeric: number; analytic: number };
}
