import type { Floats } from '../tensor/floats.ts';
import type { RandomGenerator } from '../tensor/random.ts';
import type { Parameters } from './parameters.ts';

/**
 * Draws initial weights as PyTorch's modules do when they are made, in the order of the state dict: nn.Embedding
 * from normal(0, 1); nn.RNN, GRU and LSTM from uniform(±1/√H); nn.Linear from uniform(±1/√in). A learned h_0 or c_0
 * starts at zero and draws nothing. Yields between pieces of some milliseconds.
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

/**
 * Values drawn without a break, which take some milliseconds. A multiple of 16, because normal numbers are made in
 * blocks of 16.
 */
const pieceLength = 2 ** 17;

/**
 * Pieces that draw the same numbers as the whole: the last piece is never shorter than a block of 16, unless the
 * whole is.
 */
function* piecesOf(values: Floats): Generator<Floats> {
  let at = 0;
  for (; values.length - at >= 2 * pieceLength; at += pieceLength)
    yield values.subarray(at, at + pieceLength);
  yield values.subarray(at);
}

/** kaiming_uniform_(a = √5). It equals 1/√in except for rounding, which is PyTorch's here. */
function kaimingBound(inSize: number): number {
  const gain = Math.sqrt(2 / (1 + Math.sqrt(5) ** 2));
  return Math.sqrt(3) * (gain / Math.sqrt(inSize));
}
