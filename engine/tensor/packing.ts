/**
 * Sequences of different lengths, laid out as PyTorch packs them (torch.nn.utils.rnn.pack_padded_sequence): sorted
 * by falling length, step by step. The sequences still under way at step t are the first B_t = starts[t + 1] −
 * starts[t] ones, and step t of sequence b is row starts[t] + b. Nothing is padded, so padding cannot change
 * anything. With equal lengths the layout is simply [T, B, ·].
 */
export interface Packing {
  /** Time steps of the longest sequence. */
  T: number;
  /** Number of sequences. */
  B: number;
  /** Rows: the sum of all lengths. */
  N: number;
  starts: Int32Array; // [T + 1]
}

/** A packing with room for batches of at most `maxSteps` steps. */
export function createPacking(maxSteps: number): Packing {
  return { T: 0, B: 0, N: 0, starts: new Int32Array(maxSteps + 1) };
}

/** Packs B sequences of T steps each. */
export function packEqual(packing: Packing, T: number, B: number): void {
  packing.T = T;
  packing.B = B;
  packing.N = T * B;
  for (let t = 0; t <= T; t++) packing.starts[t] = t * B;
}

/** Packs B sequences of these lengths, which fall or stay the same from one to the next. */
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
