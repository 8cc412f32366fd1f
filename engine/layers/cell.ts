import type { Floats } from '../tensor/floats.ts';

/**
 * One recurrent cell: the mathematics of a single time step without the two matrix products, which are the same for
 * every cell (direction.ts). A cell's forward pass receives the gates' two sums
 *
 *   gates     W_ih x_t + b_ih        recurrent  W_hh h_{t−1} + b_hh
 *
 * and computes h_t (and c_t) from them. Its backward pass receives ∂L/∂h_t and computes the gradients at both sums.
 * Weights are stacked by gate in PyTorch's order: rows gH … (g + 1)H − 1 of W_ih belong to gate g.
 */
export interface Cell {
  /** The torch.nn module that computes this cell (`GRU` for nn.GRU and nn.GRUCell); null where PyTorch has none. */
  readonly torch: 'RNN' | 'GRU' | 'LSTM' | null;
  /** PyTorch's names of the gates in packed order; G is their number. */
  readonly gates: readonly string[];
  /** Whether the cell has a cell state c_t beside h_t. */
  readonly hasCellState: boolean;
  /** When h_t stays within [−1, 1]: always; as long as h_0 does; never. */
  readonly bounded: 'always' | 'from-bounded-start' | 'never';
  /** Whether the backward pass needs `kept`. */
  readonly keeps: boolean;
  /** Whether the gradients at the two sums differ; if not, `dRecurrent` is `dGates` itself. */
  readonly ownRecurrentGradient: boolean;
  /** The equations of one step, a line for each value, as in torch.nn's documentation. For display only. */
  readonly equations: readonly string[];
  /** The argument of gate g's σ or tanh, from the gate's two sums and all gates of the unit. For display only. */
  preActivation(g: number, inputSum: number, recurrentSum: number, gates: readonly number[]): number;
  /** Slope of gate g's σ, tanh or relu, from the gate's value. For display only. */
  slope(g: number, gate: number): number;
  /** How ∂L/∂h_t of one unit reaches its gates and c_t. For display only. */
  toGates(unit: UnitGradient): GateGradients;
  /**
   * Recomputes h_t after c_t was changed by hand, for the unit at index `at` of the [N, H] buffers; null where the
   * cell has no c.
   */
  remakeFromC: ((step: CellBuffers, at: number) => void) | null;
  /** Computes sequences 0 … rows − 1 of one step; their rows in the [N, ·] buffers start at `first`. */
  forward(step: CellBuffers, first: number, rows: number): void;
  backward(step: CellBuffers, first: number, rows: number): void;
}

/**
 * Buffers that a cell reads and writes: N rows for all steps of all sequences (tensor/packing.ts), B rows for the
 * step under way.
 */
export interface CellBuffers {
  H: number;
  /** On entry W_ih x_t + b_ih; on return the gates' values. */
  gates: Floats; // [N, G·H]
  /** W_hh h_{t−1} + b_hh. */
  recurrent: Floats; // [B, G·H]
  hPrevious: Floats; // [N, H]
  h: Floats; // [N, H]
  cPrevious: Floats; // [N, H], where the cell has c
  c: Floats; // [N, H], where the cell has c
  /** One more value per unit that the backward pass needs. */
  kept: Floats; // [N, H], where the cell keeps one
  /**
   * Gradient at W_ih x_t + b_ih. It shares its memory with `gates`, which nothing needs afterwards; that saves a
   * third of the memory. The backward pass reads a unit's gates before it writes their gradients.
   */
  dGates: Floats; // [N, G·H]
  /** Gradient at W_hh h_{t−1} + b_hh. */
  dRecurrent: Floats; // [N, G·H]
  /** On entry ∂L/∂h_t; on return the part of ∂L/∂h_{t−1} that does not go through W_hh. */
  dh: Floats; // [B, H]
  /** On entry ∂L/∂c_t without the part through h_t; on return ∂L/∂c_{t−1}. */
  dc: Floats; // [B, H], where the cell has c
}

/** One unit's step as the forward pass left it, and the gradients that arrive there. */
export interface UnitGradient {
  gates: readonly number[]; // [G]
  recurrentSums: readonly number[]; // [G]
  hPrevious: number;
  /** 0 where the cell has no c. */
  cPrevious: number;
  /** As in CellBuffers, with the rounding of the backward pass; 0 where the cell keeps nothing. */
  kept: number;
  dh: number;
  /** ∂L/∂c_t without the part through h_t. */
  dcFromNext: number;
}

export interface GateGradients {
  /** ∂L/∂gate. Multiplied by the gate's slope, it is the gradient at the gate's sum. */
  dGates: number[]; // [G]
  /** The part of ∂L/∂c_t through h_t; 0 where the cell has no c. */
  dcFromH: number;
}

/** σ′ = σ (1 − σ). */
export const sigmoidSlope = (value: number): number => value * (1 - value);

/** tanh′ = 1 − tanh². */
export const tanhSlope = (value: number): number => 1 - value * value;

/** The pre-activation of most gates: the sum of both sums. */
export function sumOfBoth(_g: number, inputSum: number, recurrentSum: number): number {
  return inputSum + recurrentSum;
}

/** σ(x) = 1 / (1 + e⁻ˣ). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
