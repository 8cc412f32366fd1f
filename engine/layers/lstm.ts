import { type Cell, type CellBuffers, sigmoid, sigmoidSlope, sumOfBoth, tanhSlope } from './cell.ts';

/**
 * Long short-term memory, torch.nn.LSTM (Hochreiter and Schmidhuber 1997, with forget gate):
 *
 *   i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1} + b_hi)       input gate
 *   f_t = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf)       forget gate
 *   g_t = tanh(W_ig x_t + b_ig + W_hg h_{t−1} + b_hg)    candidate
 *   o_t = σ(W_io x_t + b_io + W_ho h_{t−1} + b_ho)       output gate
 *   c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t
 *   h_t = o_t ⊙ tanh(c_t)
 *
 * Packed order i, f, g, o. tanh(c_t) is kept for the backward pass.
 */
export const lstm: Cell = {
  torch: 'LSTM',
  gates: ['i', 'f', 'g', 'o'],
  hasCellState: true,
  bounded: 'always',
  keeps: true,
  ownRecurrentGradient: false,
  equations: [
    'i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1} + b_hi)',
    'f_t = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf)',
    'g_t = tanh(W_ig x_t + b_ig + W_hg h_{t−1} + b_hg)',
    'o_t = σ(W_io x_t + b_io + W_ho h_{t−1} + b_ho)',
    'c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t',
    'h_t = o_t ⊙ tanh(c_t)',
  ],
  preActivation: sumOfBoth,
  slope: (g, gate) => (g === 2 ? tanhSlope(gate) : sigmoidSlope(gate)),
  remakeFromC({ H, gates, h, c, kept }, at) {
    const row = Math.floor(at / H);
    kept[at] = Math.tanh(c[at]!);
    h[at] = gates[row * 4 * H + 3 * H + (at % H)]! * kept[at]!;
  },
  toGates({ gates, cPrevious, kept: tanhC, dh, dcFromNext }) {
    const [i, , g, o] = gates as [number, number, number, number];
    const dcFromH = dh * o * tanhSlope(tanhC);
    const dc = dcFromNext + dcFromH;
    return { dGates: [dc * g, dc * cPrevious, dc * i, dh * tanhC], dcFromH };
  },

  forward({ H, gates, recurrent, h, cPrevious, c, kept }: CellBuffers, first: number, rows: number): void {
    for (let b = 0; b < rows; b++) {
      const state = (first + b) * H;
      const gate = state * 4;
      const sum = b * 4 * H;
      for (let j = 0; j < H; j++) {
        const ii = gate + j;
        const fi = ii + H;
        const gi = fi + H;
        const oi = gi + H;
        const i = sigmoid(gates[ii]! + recurrent[sum + j]!);
        const f = sigmoid(gates[fi]! + recurrent[sum + H + j]!);
        const g = Math.tanh(gates[gi]! + recurrent[sum + 2 * H + j]!);
        const o = sigmoid(gates[oi]! + recurrent[sum + 3 * H + j]!);
        const ct = f * cPrevious[state + j]! + i * g;
        const tanhC = Math.tanh(ct);
        h[state + j] = o * tanhC;

        gates[ii] = i;
        gates[fi] = f;
        gates[gi] = g;
        gates[oi] = o;
        c[state + j] = ct;
        kept[state + j] = tanhC;
      }
    }
  },

  /** σ′ = σ (1 − σ), tanh′ = 1 − tanh². */
  backward({ H, gates, cPrevious, kept, dGates, dh, dc }: CellBuffers, first: number, rows: number): void {
    for (let b = 0; b < rows; b++) {
      const state = (first + b) * H;
      const gate = state * 4;
      for (let j = 0; j < H; j++) {
        const ii = gate + j;
        const fi = ii + H;
        const gi = fi + H;
        const oi = gi + H;
        const i = gates[ii]!;
        const f = gates[fi]!;
        const g = gates[gi]!;
        const o = gates[oi]!;
        const tanhC = kept[state + j]!;
        const dht = dh[b * H + j]!;

        const do_ = dht * tanhC;
        const dct = dc[b * H + j]! + dht * o * (1 - tanhC * tanhC);
        const dg = dct * i;
        const df = dct * cPrevious[state + j]!;
        const di = dct * g;

        dGates[oi] = do_ * o * (1 - o);
        dGates[gi] = dg * (1 - g * g);
        dGates[fi] = df * f * (1 - f);
        dGates[ii] = di * i * (1 - i);
        dc[b * H + j] = dct * f;
        dh[b * H + j] = 0;
      }
    }
  },
};
