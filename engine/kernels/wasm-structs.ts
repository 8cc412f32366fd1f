/**
 * Layouts of the structs of wasm/structs.ts, with the same fields in the same order (a test compares the two files).
 * A field takes 4 bytes; a field of `doubles` takes 8, aligned to 8.
 */
const fields = {
  Batch: ['T', 'B', 'N', 'outputs', 'starts', 'tokens', 'targets'],
  Direction: [
    ...['cell', 'reverse', 'I', 'H', 'G'],
    ...['weightIh', 'weightHh', 'biasIh', 'biasHh', 'dWeightIh', 'dWeightHh', 'dBiasIh', 'dBiasHh'],
    ...['gates', 'recurrent', 'hPrevious', 'h', 'cPrevious', 'c', 'kept'],
    ...['dGates', 'dRecurrent', 'dh', 'dc', 'hState', 'cState', 'h0', 'c0', 'dh0', 'dc0'],
    ...['inputPanels', 'tokenRows', 'dTokenRows', 'statePanels', 'inputBackPanels', 'stateBackPanels'],
  ],
  Layer: ['input', 'output', 'dOutput', 'mask'],
  Model: [
    ...['L', 'D', 'H', 'I', 'E', 'V', 'readsLast', 'directions', 'layers'],
    ...['embedding', 'dEmbedding', 'embedded', 'dEmbedded', 'features', 'dFeatures'],
    ...['headWeight', 'headBias', 'dHeadWeight', 'dHeadBias', 'headPanels', 'headBackPanels'],
    ...['logits', 'dLogits', 'probabilities', 'predictions', 'rowLosses'],
    ...['zeros', 'packed', 'packedBytes'],
  ],
  Optimizer: [
    ...['next', 'at', 'count', 'ofInitialState', 'kind', 'nesterov', 'steps', 'first', 'second'],
    ...['momentum', 'beta1', 'beta2', 'eps', 'weightDecay'],
  ],
  Training: [
    ...['P', 'mean', 'model', 'optimizers', 'values', 'valuesBefore', 'gradients', 'partialNorms'],
    ...['clipGradNorm', 'lossSum', 'gradNorm', 'right', 'bad', 'status', 'batch'],
  ],
} as const;

const doubles: readonly string[] = [
  ...['momentum', 'beta1', 'beta2', 'eps', 'weightDecay'],
  ...['clipGradNorm', 'lossSum', 'gradNorm'],
];

export type StructName = keyof typeof fields;
type FieldName<S extends StructName> = (typeof fields)[S][number];

/** A struct in memory. */
export interface Struct<S extends StructName> {
  /** Byte offset of the struct. */
  at: number;
  set(values: Partial<Record<FieldName<S>, number>>): void;
  /** A view of one field, for values that are read or written repeatedly; element 0 is the value. */
  field(name: FieldName<S>): Int32Array | Float64Array; // [1]
}

interface Layout {
  bytes: number;
  offsets: Record<string, number>;
}

export function layoutOf(name: StructName): Layout {
  let bytes = 0;
  const offsets: Record<string, number> = {};
  for (const field of fields[name]) {
    const size = doubles.includes(field) ? 8 : 4;
    bytes = Math.ceil(bytes / size) * size;
    offsets[field] = bytes;
    bytes += size;
  }
  return { bytes, offsets };
}

/** A view of the struct at a byte offset of the memory. */
export function structAt<S extends StructName>(name: S, memory: ArrayBufferLike, at: number): Struct<S> {
  const { offsets } = layoutOf(name);
  const field = (key: string) =>
    doubles.includes(key)
      ? new Float64Array(memory, at + offsets[key]!, 1)
      : new Int32Array(memory, at + offsets[key]!, 1);
  return {
    at,
    set(values) {
      for (const [key, value] of Object.entries(values) as [string, number][]) field(key)[0] = value;
    },
    field,
  };
}
