import type { Floats } from '../tensor/floats.ts';

/** torch.nn.Embedding: y[r] is row tokens[r] of the table. */
export function embeddingForward(
  y: Floats, // [N, E]
  tokens: Int32Array, // [N]
  table: Floats, // [I, E]
  N: number,
  E: number,
): void {
  for (let r = 0; r < N; r++) {
    const from = tokens[r]! * E;
    const to = r * E;
    for (let e = 0; e < E; e++) y[to + e] = table[from + e]!;
  }
}

/** Adds every row of dy to the gradient of the table row that it came from. */
export function embeddingBackward(
  dTable: Floats, // [I, E]
  tokens: Int32Array, // [N]
  dy: Floats, // [N, E]
  N: number,
  E: number,
): void {
  for (let r = 0; r < N; r++) {
    const to = tokens[r]! * E;
    const from = r * E;
    for (let e = 0; e < E; e++) dTable[to + e]! += dy[from + e]!;
  }
}
