import type { Floats } from '../tensor/floats.ts';

/**
 * One recurrent cell: the mathematics of a single time step, less the two matrix products, which are the same for
 * every cell and stand in recurrent.ts. A cell's forward pass is given the gates' two sums
 *
 *   gates     W_ih x_t + b_ih        recurrent  W_hh h_{t−1} + b_hh
 *
 * and makes h_t (and c_t) of them; its backward pass is given ∂L/∂h_t and gives the gradients at both sums.
 * Weights are stacked by gate in PyTorch's order: rows gH … (g + 1)H of W_ih belong to gate g.
 */
export interface Cell {
  /** The module of torch.nn that computes it (`GRU` for nn.GRU and nn.GRUCell); null where PyTorch has none. */
  readonly torch: 'RNN' | 'GRU' | 'LSTM' | null;
  /** PyTorch's names of the gates, in packed order; G is their number. */
  readonly gates: readonly string[];
  /** Whether there is a cell state c_t beside h_t. */
  readonly hasCellState: boolean;
  /** Where h_t stays within [−1, 1]: always; as long as h_0 is; nowhere. */
  readonly bounded: 'always' | 'from-bounded-start' | 'never';
  /** Whether the backward pass needs `kept`. */
  readonly keeps: boolean;
  /** Whether the gradients at the two sums differ; if not, `dRecurrent` is `dGates` itself. */
  readonly ownRecurrentGradient: boolean;
  /** One step, a line for each value, as torch.nn's documentation has them. For showing only. */
  readonly equations: readonly string[];
  /** What gate g's σ or tanh is taken of, from its two sums and all gates of the unit. For showing only. */
  preActivation(g: number, inputSum: number, recurrentSum: number, gates: readonly number[]): number;
  /** Slope of gate g's σ, tanh or relu, from its value. For showing only. */
  slope(g: number, gate: number): number;
  /** How ∂L/∂h_t of one unit comes to its gates and to c_t. For showing only. */
  toGates(unit: UnitGradient): GateGradients;
  /** Makes h_t anew from a c_t that was set otherwise, at place `at` of [N, H]; null where the cell has no c. */
  remakeFromC: ((step: CellBuffers, at: number) => void) | null;
  /** Sequences 0 … rows − 1 of one step, whose rows in the [N, ·] buffers start at `first`. */
  forward(step: CellBuffers, first: number, rows: number): void;
  backward(step: CellBuffers, first: number, rows: number): void;
}

/** What a cell reads and writes. N rows for all steps of all sequences (tensor/packing.ts), B for the step under way. */
export interface CellBuffers {
  H: number;
  /** On entry W_ih x_t + b_ih; on return the values of the gates. */
  gates: Floats; // [N, G·H]
  /** W_hh h_{t−1} + b_hh. */
  recurrent: Floats; // [B, G·H]
  hPrevious: Floats; // [N, H]
  h: Floats; // [N, H]
  cPrevious: Floats; // [N, H], where the cell has c
  c: Floats; // [N, H], where the cell has c
  /** One more value a unit that the backward pass needs. */
  kept: Floats; // [N, H], where the cell keeps one
  /**
   * Gradient at W_ih x_t + b_ih. It takes the place of `gates`, which nobody needs after it and which saves a third of
   * the memory: backward reads a unit's gates before it writes their gradients.
   */
  dGates: Floats; // [N, G·H]
  /** Gradient at W_hh h_{t−1} + b_hh. */
  dRecurrent: Floats; // [N, G·H]
  /** On entry ∂L/∂h_t; on return the part of ∂L/∂h_{t−1} that does not go through W_hh. */
  dh: Floats; // [B, H]
  /** On entry ∂L/∂c_t but for the part through h_t; on return ∂L/∂c_{t−1}. */
  dc: Floats; // [B, H], where the cell has c
}

/** One unit's step as its forward pass left it, and the gradients that arrive there. */
export interface UnitGradient {
  gates: readonly number[]; // [G]
  recurrentSums: readonly number[]; // [G]
  hPrevious: number;
  /** 0 where the cell has no c. */
  cPrevious: number;
  /** As in CellBuffers: rounded as the backward pass had it; 0 where the cell keeps nothing. */
  kept: number;
  dh: number;
  /** ∂L/∂c_t but for the part through h_t. */
  dcFromNext: number;
}

export interface GateGradients {
  /** ∂L/∂gate: times the gate's slope it is the gradient at the gate's sum. */
  dGates: number[]; // [G]
  /** The part of ∂L/∂c_t through h_t; 0 where the cell has no c. */
  dcFromH: number;
}

/** σ′ = σ (1 − σ). */
export const sigmoidSlope = (value: number): number => value * (1 - value);

/** tanh′ = 1 − tanh². */
export const tanhSlope = (value: number): number => 1 - value * value;

/** The pre-activation of most gates. */
export function sumOfBoth(_g: number, inputSum: number, recurrentSum: number): number {
  return inputSum + recurrentSum;
}

/** σ(x) = 1 / (1 + e⁻ˣ). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
