import type { Floats } from '../tensor/floats.ts';
import type { RandomGenerator } from '../tensor/random.ts';
import type { Parameters } from './parameters.ts';

/**
 * Draws initial weights as PyTorch's modules do when they are made, in the order of the state dict: nn.Embedding
 * normal(0, 1); nn.RNN, GRU, LSTM all uniform(±1/√H); nn.Linear uniform(±1/√in). A learned h_0 or c_0 starts at
 * zero and draws nothing. In pieces of some milliseconds.
 */
export function* initialise(
  parameters: Parameters,
  H: number,
  D: number,
  generator: RandomGenerator,
): Generator<void> {
  for (const { key, value } of parameters.entries) {
    for (const piece of piecesOf(value)) {
      draw(key, piece);
      yield;
    }
  }

  function draw(key: string, value: Floats): void {
    const ofRecurrent = 1 / Math.sqrt(H);
    if (key === 'embedding.weight') generator.normal(value);
    else if (key.startsWith('rnn.')) generator.uniform(value, -ofRecurrent, ofRecurrent);
    else if (key === 'head.weight') generator.uniform(value, -kaimingBound(D * H), kaimingBound(D * H));
    else if (key === 'head.bias') generator.uniform(value, -1 / Math.sqrt(D * H), 1 / Math.sqrt(D * H));
    else value.fill(0);
  }
}

/** Drawn without a break: some milliseconds. Normal numbers are made in blocks of 16, so it is a multiple. */
const pieceLength = 2 ** 17;

/** Stretches that draw what the whole would: the last is never shorter than such a block. */
function* piecesOf(values: Floats): Generator<Floats> {
  let at = 0;
  for (; values.length - at >= 2 * pieceLength; at += pieceLength)
    yield values.subarray(at, at + pieceLength);
  yield values.subarray(at);
}

/** kaiming_uniform_(a = √5), which is 1/√in but for the rounding, here PyTorch's own. */
function kaimingBound(inSize: number): number {
  const gain = Math.sqrt(2 / (1 + Math.sqrt(5) ** 2));
  return Math.sqrt(3) * (gain / Math.sqrt(inSize));
}
