import { type Cell, type CellBuffers, sigmoid, sigmoidSlope, tanhSlope } from './cell.ts';

/**
 * Gated recurrent unit, torch.nn.GRU (Cho et al. 2014, in the variant that resets after the matrix product):
 *
 *   r_t = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)            reset gate
 *   z_t = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)            update gate
 *   n_t = tanh(W_in x_t + b_in + r_t ⊙ (W_hn h_{t−1} + b_hn)) new state
 *   h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}
 *
 * Packed order r, z, n. Because r_t stands between them, the gradients at the two sums of n differ by the factor
 * r_t, and W_hn h_{t−1} + b_hn is kept for the gradient of r_t.
 */
export const gru: Cell = {
  torch: 'GRU',
  gates: ['r', 'z', 'n'],
  hasCellState: false,
  bounded: 'from-bounded-start',
  keeps: true,
  ownRecurrentGradient: true,
  equations: [
    'r_t = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)',
    'z_t = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)',
    'n_t = tanh(W_in x_t + b_in + r_t ⊙ (W_hn h_{t−1} + b_hn))',
    'h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}',
  ],
  preActivation: (g, inputSum, recurrentSum, [r]) => inputSum + (g === 2 ? r! : 1) * recurrentSum,
  slope: (g, gate) => (g === 2 ? tanhSlope(gate) : sigmoidSlope(gate)),
  remakeFromC: null,
  toGates({ gates, recurrentSums, hPrevious, dh }) {
    const [, z, n] = gates as [number, number, number];
    const dn = dh * (1 - z);
    return { dGates: [dn * tanhSlope(n) * recurrentSums[2]!, dh * (hPrevious - n), dn], dcFromH: 0 };
  },

  forward({ H, gates, recurrent, hPrevious, h, kept }: CellBuffers, first: number, rows: number): void {
    for (let b = 0; b < rows; b++) {
      const state = (first + b) * H;
      const gate = state * 3;
      const sum = b * 3 * H;
      for (let j = 0; j < H; j++) {
        const ri = gate + j;
        const zi = ri + H;
        const ni = zi + H;
        const rSum = recurrent[sum + j]!;
        const zSum = recurrent[sum + H + j]!;
        const nSum = recurrent[sum + 2 * H + j]!;
        const r = sigmoid(gates[ri]! + rSum);
        const z = sigmoid(gates[zi]! + zSum);
        const n = Math.tanh(gates[ni]! + r * nSum);
        h[state + j] = (1 - z) * n + z * hPrevious[state + j]!;

        gates[ri] = r;
        gates[zi] = z;
        gates[ni] = n;
        kept[state + j] = nSum;
      }
    }
  },

  /** σ′ = σ (1 − σ), tanh′ = 1 − tanh². */
  backward(
    { H, gates, hPrevious, kept, dGates, dRecurrent, dh }: CellBuffers,
    first: number,
    rows: number,
  ): void {
    for (let b = 0; b < rows; b++) {
      const state = (first + b) * H;
      const gate = state * 3;
      for (let j = 0; j < H; j++) {
        const ri = gate + j;
        const zi = ri + H;
        const ni = zi + H;
        const r = gates[ri]!;
        const z = gates[zi]!;
        const n = gates[ni]!;
        const dht = dh[b * H + j]!;

        dh[b * H + j] = dht * z;
        const dz = dht * (hPrevious[state + j]! - n);
        const dnSum = dht * (1 - z) * (1 - n * n);
        const dr = dnSum * kept[state + j]!;

        dGates[ni] = dnSum;
        dGates[zi] = dz * z * (1 - z);
        dGates[ri] = dr * r * (1 - r);
        dRecurrent[ni] = dnSum * r;
        dRecurrent[zi] = dGates[zi]!;
        dRecurrent[ri] = dGates[ri]!;
      }
    }
  },
};
