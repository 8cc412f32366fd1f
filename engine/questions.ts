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
  /** The weights themselves. */
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
  /** As in the state dict; null: all of them. */
  keys: readonly string[] | null;
}

/** By their keys, in the order of the state dict. */
export type Weights = Record<string, Tensor>;

export interface PredictQuestion {
  input: string;
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
  /** Layer by layer, forward before reverse. */
  directions: DirectionTrace[];
}

/**
 * One direction of one layer, by time: t = 0 … T − 1, for the reverse direction too. A cell's
 * gate = σ or tanh of its pre-activation, which is made of the two sums. Row-major.
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
  /** At most 10,000. */
  samples: PairQuestion[];
}

/** Of N samples with K predicted steps in all, V output tokens. */
export interface Evaluation {
  /** The steps of sample i are those from starts[i] until starts[i + 1]. */
  starts: Int32Array; // [N + 1]
  /** Indices into the output vocabulary; of equal ones the first. */
  says: Int32Array; // [K]
  wanted: Int32Array; // [K]
  /** Of the wanted tokens. */
  probabilities: Float32Array; // [K]
  /** Of every token; null where that is more than 2^21 numbers. */
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

/** Of input x_t (the token's row of the embedding; one-hot without one) on L_k. */
export interface Influence {
  /** ‖∂L_k/∂x_t ⊙ x_t‖. */
  norms: Float32Array; // [K, T]
  /** ∂L_k/∂x_t · x_t: about so much less would L_k be without x_t. */
  products: Float32Array; // [K, T]
}

export interface BackwardTraceQuestion extends PairQuestion {
  /** The step whose loss alone is meant; null: all. */
  step: number | null;
  /** mean: divided by the batch's real tokens, as in training; sum: as it is. */
  loss: 'mean' | 'sum';
  /** Of the batch that the sample is in; absent: the sample's own K. */
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
  /** 1 for the sum. */
  divisor: number;
  /** What is felt: the losses of the steps that are meant, summed and divided. */
  loss: number;
  /** (p − onehot) / divisor; 0 for steps that are not meant. */
  dLogits: Float32Array; // [K, V]
  /** What the head reads: h_t of the last layer; task label: the last states. */
  features: Float32Array; // [K, D·H]
  /** W_headᵀ dLogits; without a head dLogits itself. */
  dFeatures: Float32Array; // [K, D·H]
  /** As in the trace. */
  directions: DirectionBackwardTrace[];
  /** The whole gradient of every parameter. */
  gradients: Weights;
}

/** By time: t = 0 … T − 1. "Next" is the step behind on the way back: t + 1, in the reverse direction t − 1. */
export interface DirectionBackwardTrace {
  layer: number;
  reverse: boolean;
  gateNames: string[]; // [G]
  /** ∂L/∂h_t from the loss of step t or from the layer above. */
  fromOutput: Float32Array; // [T, H]
  /** What leaves the next step: its dhPrevious. */
  fromNext: Float32Array; // [T, H]
  /** fromOutput + fromNext. */
  dh: Float32Array; // [T, H]
  /** The next step's dcPrevious; null where the cell has no c, here and below. */
  dcFromNext: Float32Array | null; // [T, H]
  /** dh ⊙ o ⊙ (1 − tanh² c). */
  dcFromH: Float32Array | null; // [T, H]
  /** dcFromNext + dcFromH. */
  dc: Float32Array | null; // [T, H]
  /** dc ⊙ f. */
  dcPrevious: Float32Array | null; // [T, H]
  /** ∂L/∂gate: LSTM dc ⊙ g, dc ⊙ c₋, dc ⊙ i, dh ⊙ tanh c; GRU dInputSums_n ⊙ recurrentSums_n, dh ⊙ (h₋ − n), dh ⊙ (1 − z). */
  dGates: Float32Array; // [T, G, H]
  /** σ′ or tanh′ at the gate. */
  slopes: Float32Array; // [T, G, H]
  /** dGates ⊙ slopes: the gradient at W_ih x + b_ih. */
  dInputSums: Float32Array; // [T, G, H]
  /** At W_hh h₋ + b_hh: GRU's n has r ⊙ dInputSums_n; null where both are the same. */
  dRecurrentSums: Float32Array | null; // [T, G, H]
  /** W_hhᵀ dRecurrentSums. */
  throughHidden: Float32Array; // [T, H]
  /** What goes on beside W_hh: GRU dh ⊙ z; null where nothing does. */
  beside: Float32Array | null; // [T, H]
  /** throughHidden + beside: what leaves; of the last step on the way back, ∂L/∂h_0. */
  dhPrevious: Float32Array; // [T, H]
  /** W_ihᵀ dInputSums, of this direction alone. */
  dx: Float32Array; // [T, I]
}

/**
 * Every parameter's gradient is a sum over steps: W_ih of dInputSums_t x_tᵀ, W_hh of dRecurrentSums_t h₋ᵀ, biases of the sums'
 * gradients, the head of dLogits_k features_kᵀ, the embedding's row of token t of dx_t; h0 and c0 are what leaves last.
 */
export interface RunningGradientQuestion extends BackwardTraceQuestion {
  key: string;
  /** Which the way back has come to: from T − 1 down, in a reverse direction from 0 up. */
  at: number;
}

export interface RunningGradient {
  shape: number[];
  /** Without the addition of step `at`. */
  before: Float32Array;
  /** With it. */
  after: Float32Array;
}

export interface GenerateQuestion {
  /** Read first; where it is empty, the first token is drawn evenly from the vocabulary. */
  prompt: string;
  /** Tokens to make. */
  length: number;
  /** Divides the logits before the softmax; 0: always the likeliest. */
  temperature: number;
  seed: number;
}

export interface Generation {
  /** Prompt and made tokens, joined. */
  text: string;
  tokens: {
    token: string;
    /** With temperature. */
    probability: number;
  }[];
}
