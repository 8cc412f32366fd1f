/** The cell of docs/adding-a-cell.md, word for word but for comments and the path of the import. */
import { type Cell, sigmoid, sigmoidSlope, tanhSlope } from '../../../engine/layers/cell.ts';

export const mgu: Cell = {
  torch: null,
  gates: ['f', 'n'],
  hasCellState: false,
  bounded: 'from-bounded-start',
  keeps: true,
  ownRecurrentGradient: true,
  equations: [
    'f_t = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf)',
    'n_t = tanh(W_in x_t + b_in + f_t ⊙ (W_hn h_{t−1} + b_hn))',
    'h_t = (1 − f_t) ⊙ h_{t−1} + f_t ⊙ n_t',
  ],
  preActivation: (g, inputSum, recurrentSum, [f]) => inputSum + (g === 1 ? f! : 1) * recurrentSum,
  slope: (g, gate) => (g === 1 ? tanhSlope(gate) : sigmoidSlope(gate)),
  remakeFromC: null,
  toGates({ gates, recurrentSums, hPrevious, dh }) {
    const [f, n] = gates as [number, number];
    const dn = dh * f;
    return { dGates: [dh * (n - hPrevious) + dn * tanhSlope(n) * recurrentSums[1]!, dn], dcFromH: 0 };
  },

  forward({ H, gates, recurrent, hPrevious, h, kept }, first, rows) {
    for (let b = 0; b < rows; b++) {
      const state = (first + b) * H;
      for (let j = 0; j < H; j++) {
        const fi = state * 2 + j;
        const ni = fi + H;
        const hiddenSum = recurrent[b * 2 * H + H + j]!;
        const f = sigmoid(gates[fi]! + recurrent[b * 2 * H + j]!);
        const n = Math.tanh(gates[ni]! + f * hiddenSum);
        h[state + j] = (1 - f) * hPrevious[state + j]! + f * n;

        gates[fi] = f;
        gates[ni] = n;
        kept[state + j] = hiddenSum;
      }
    }
  },

  backward({ H, gates, hPrevious, kept, dGates, dRecurrent, dh }, first, rows) {
    for (let b = 0; b < rows; b++) {
      const state = (first + b) * H;
      for (let j = 0; j < H; j++) {
        const fi = state * 2 + j;
        const ni = fi + H;
        const f = gates[fi]!;
        const n = gates[ni]!;
        const dht = dh[b * H + j]!;

        dh[b * H + j] = dht * (1 - f);
        const dnSum = dht * f * (1 - n * n);
        const df = dht * (n - hPrevious[state + j]!) + dnSum * kept[state + j]!;

        dGates[ni] = dnSum;
        dGates[fi] = df * f * (1 - f);
        dRecurrent[ni] = dnSum * f;
        dRecurrent[fi] = dGates[fi]!;
      }
    }
  },
};
