/**
 * Sequences of different lengths, laid out as PyTorch packs them (torch.nn.utils.rnn.pack_padded_sequence):
 * sorted by falling length, step by step, so that the sequences still going at step t are the first
 * B_t = starts[t + 1] − starts[t] ones. Sequence b's step t stands in row starts[t] + b. Nothing is padded, so
 * padding cannot change anything; with equal lengths this is simply [T, B, ·].
 */
export interface Packing {
  /** Time steps of the longest sequence. */
  T: number;
  /** Sequences. */
  B: number;
  /** Rows: the sum of all lengths. */
  N: number;
  starts: Int32Array; // [T + 1]
}

/** Room for the packing of any batch of at most so many steps. */
export function createPacking(maxSteps: number): Packing {
  return { T: 0, B: 0, N: 0, starts: new Int32Array(maxSteps + 1) };
}

/** B sequences of T steps each. */
export function packEqual(packing: Packing, T: number, B: number): void {
  packing.T = T;
  packing.B = B;
  packing.N = T * B;
  for (let t = 0; t <= T; t++) packing.starts[t] = t * B;
}

/** Sequences of these lengths, which fall or stay the same from one to the next. */
export function packFalling(packing: Packing, lengths: Int32Array, B: number): void {
  const T = lengths[0]!;
  packing.T = T;
  packing.B = B;
  packing.starts[0] = 0;
  let going = B;
  for (let t = 0; t < T; t++) {
    while (lengths[going - 1]! <= t) going--;
    packing.starts[t + 1] = packing.starts[t]! + going;
  }
  packing.N = packing.starts[T]!;
}

/** A single sequence of T steps. */
export function packedOne(T: number): Packing {
  const packing = createPacking(T);
  packEqual(packing, T, 1);
  return packing;
}
