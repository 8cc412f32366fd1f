import type { RandomGenerator } from '../tensor/random.ts';
import type { Parameters } from './parameters.ts';

/**
 * Draws initial weights as PyTorch's modules do when they are made, in the order of the state dict: nn.Embedding
 * normal(0, 1); nn.RNN, GRU, LSTM all uniform(±1/√H); nn.Linear uniform(±1/√in). A learned h_0 or c_0 starts at
 * zero and draws nothing.
 */
export function initialise(parameters: Parameters, H: number, D: number, generator: RandomGenerator): void {
  const ofRecurrent = 1 / Math.sqrt(H);
  for (const { key, value } of parameters.entries) {
    if (key === 'embedding.weight') generator.normal(value);
    else if (key.startsWith('rnn.')) generator.uniform(value, -ofRecurrent, ofRecurrent);
    else if (key === 'head.weight') generator.uniform(value, -kaimingBound(D * H), kaimingBound(D * H));
    else if (key === 'head.bias') generator.uniform(value, -1 / Math.sqrt(D * H), 1 / Math.sqrt(D * H));
    else value.fill(0);
  }
}

/** kaiming_uniform_(a = √5), which is 1/√in but for the rounding, here PyTorch's own. */
function kaimingBound(inSize: number): number {
  const gain = Math.sqrt(2 / (1 + Math.sqrt(5) ** 2));
  return Math.sqrt(3) * (gain / Math.sqrt(inSize));
}
