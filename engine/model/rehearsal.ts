/**
 * The shapes of a module's tensors before the module is made, and PyTorch's error for an input that does not fit.
 */
import { type DataSizes, directions, hasCellState, type ModelSpec } from './spec.ts';

export interface Rehearsal {
  T: number;
  B: number;
  batchFirst: boolean;
  /** How the caller lays out the input, whichever layout the module expects. */
  layout: 'T, B' | 'B, T';
}

export interface RehearsedShapes {
  input: number[];
  /** h0 and, for an LSTM, c0: [L·D, B, H] whatever batch_first says. */
  states: { name: 'h0' | 'c0'; shape: number[] }[];
  output: number[];
  last: { name: 'h_n' | 'c_n'; shape: number[] }[];
}

/** The shapes of `output, h_n = rnn(input, h0)` as the module gives them. */
export function rehearse(
  model: ModelSpec,
  sizes: DataSizes,
  { T, B, batchFirst }: Rehearsal,
): RehearsedShapes {
  const width = model.embedding ?? sizes.inputSize;
  const D = directions(model);
  const order = (features: number) => (batchFirst ? [B, T, features] : [T, B, features]);
  const state = [model.numLayers * D, B, model.hiddenSize];
  const hasC = hasCellState(model);
  return {
    input: order(width),
    states: hasC
      ? [
          { name: 'h0', shape: state },
          { name: 'c0', shape: state },
        ]
      : [{ name: 'h0', shape: state }],
    output: order(D * model.hiddenSize),
    last: hasC
      ? [
          { name: 'h_n', shape: state },
          { name: 'c_n', shape: state },
        ]
      : [{ name: 'h_n', shape: state }],
  };
}

export type LayoutMistake =
  /** PyTorch's own error message. */
  | { kind: 'raises'; message: string }
  /** T = B: PyTorch raises no error, but reads time as batch and batch as time. */
  | { kind: 'silent' };

/**
 * What PyTorch does with an input whose layout contradicts batch_first, given a right h0; null where the layout is
 * right.
 */
export function layoutMistake(
  model: ModelSpec,
  { T, B, batchFirst, layout }: Rehearsal,
): LayoutMistake | null {
  if ((layout === 'B, T') === batchFirst) return null;
  if (T === B) return { kind: 'silent' };
  const rows = model.numLayers * directions(model);
  const expected = `(${rows}, ${T}, ${model.hiddenSize})`;
  const got = `[${rows}, ${B}, ${model.hiddenSize}]`;
  // torch.nn.modules.rnn: check_hidden_size of RNN and GRU, check_forward_args of LSTM.
  const name = hasCellState(model) ? 'hidden[0] size' : 'hidden size';
  return { kind: 'raises', message: `RuntimeError: Expected ${name} ${expected}, got ${got}` };
}

/**
 * Sizes of one dense layer from all steps' inputs to all steps' outputs (`label`: to one output): its inputs, its
 * outputs, and its parameters, biases included.
 */
export function denseCount(
  sizes: DataSizes,
  T: number,
  label: boolean,
): { from: number; to: number; count: number } {
  const from = T * sizes.inputSize;
  const to = (label ? 1 : T) * sizes.outputSize;
  return { from, to, count: from * to + to };
}
