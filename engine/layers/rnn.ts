import { type Cell, type CellBuffers, sumOfBoth, tanhSlope } from './cell.ts';

/**
 * The plain (Elman) cell, torch.nn.RNN with nonlinearity 'tanh':
 *
 *   h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)
 */
export const rnnTanh: Cell = {
  torch: 'RNN',
  gates: ['h'],
  hasCellState: false,
  bounded: 'always',
  keeps: false,
  ownRecurrentGradient: false,
  equations: ['h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)'],
  preActivation: sumOfBoth,
  slope: (_g, h) => tanhSlope(h),
  remakeFromC: null,
  toGates: ({ dh }) => ({ dGates: [dh], dcFromH: 0 }),

  forward({ H, gates, recurrent, h }: CellBuffers, first: number, rows: number): void {
    const at = first * H;
    for (let i = 0; i < rows * H; i++) {
      const ht = Math.tanh(gates[at + i]! + recurrent[i]!);
      gates[at + i] = ht;
      h[at + i] = ht;
    }
  },

  /** tanh′ = 1 − tanh². */
  backward({ H, h, dGates, dh }: CellBuffers, first: number, rows: number): void {
    const at = first * H;
    for (let i = 0; i < rows * H; i++) {
      const ht = h[at + i]!;
      dGates[at + i] = dh[i]! * (1 - ht * ht);
      dh[i] = 0;
    }
  },
};

/**
 * torch.nn.RNN with nonlinearity 'relu':
 *
 *   h_t = max(0, W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)
 */
export const rnnRelu: Cell = {
  ...rnnTanh,
  bounded: 'never',
  equations: ['h_t = max(0, W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)'],
  slope: (_g, h) => (h > 0 ? 1 : 0),

  forward({ H, gates, recurrent, h }: CellBuffers, first: number, rows: number): void {
    const at = first * H;
    for (let i = 0; i < rows * H; i++) {
      const ht = Math.max(0, gates[at + i]! + recurrent[i]!);
      gates[at + i] = ht;
      h[at + i] = ht;
    }
  },

  /** relu′ = 1 where the sum was above 0, else 0. */
  backward({ H, h, dGates, dh }: CellBuffers, first: number, rows: number): void {
    const at = first * H;
    for (let i = 0; i < rows * H; i++) {
      dGates[at + i] = h[at + i]! > 0 ? dh[i]! : 0;
      dh[i] = 0;
    }
  },
};
