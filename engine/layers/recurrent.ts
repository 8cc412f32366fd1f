/**
 * torch.nn.RNN, GRU or LSTM: any cell over [T, B, ·], with layers and directions. Layer l > 0 reads the D·H outputs
 * of layer l − 1, with dropout while training. `output` is the last layer's h at all steps, forward before reverse
 * in each row. h_n is the last h of every layer and direction, layer-major, forward before reverse.
 */
import type { Kernels } from '../kernels/kernels.ts';
import { copyValues } from '../kernels/reference.ts';
import type { Floats } from '../tensor/floats.ts';
import type { Packing } from '../tensor/packing.ts';
import type { RandomGenerator } from '../tensor/random.ts';
import type { Cell } from './cell.ts';
import {
  backwardDirection,
  type Capacity,
  createDirection,
  type Direction,
  directionSize,
  forwardDirection,
} from './direction.ts';
import { dropoutBackward, dropoutForward } from './dropout.ts';
import type { Parameters } from './parameters.ts';

export interface RecurrentSizes {
  cell: Cell;
  I: number;
  H: number;
  L: number;
  D: 1 | 2;
  /** Probability of dropping an output between layers. */
  dropout: number;
}

export interface Recurrent {
  sizes: RecurrentSizes;
  layers: RecurrentLayer[];
  /** The last layer's output. */
  output: Floats; // [N, D·H]
  /** Gradient at output. The caller writes it before the backward pass, unless the loss sees only h_n. */
  dOutput: Floats; // [N, D·H]
}

interface RecurrentLayer {
  directions: Direction[]; // [D]
  /** Input of the layer, after dropout; null in layer 0, which reads the caller's x. */
  input: Floats | null; // [N, D·H]
  output: Floats; // [N, D·H]
  dOutput: Floats; // [N, D·H]
  /** Mask of the dropout on this layer's output. */
  mask: Floats; // [N, D·H], where there is dropout
}

export function createRecurrent(
  sizes: RecurrentSizes,
  parameters: Parameters,
  capacity: Capacity,
  kernels: Kernels,
): Recurrent {
  const { cell, I, H, L, D, dropout } = sizes;
  const width = capacity.rows * D * H;
  const layers: RecurrentLayer[] = [];
  for (let l = 0; l < L; l++) {
    const inputSize = l === 0 ? I : D * H;
    const directions = (D === 1 ? [''] : ['', '_reverse']).map((suffix) =>
      createDirection(cell, `l${l}${suffix}`, inputSize, H, parameters, capacity, kernels),
    );
    const drops = capacity.training && dropout > 0;
    const below = layers[l - 1];
    layers.push({
      directions,
      input: below === undefined ? null : drops ? kernels.allocate(width) : below.output,
      output: D === 1 ? directions[0]!.buffers.h : kernels.allocate(width),
      dOutput: kernels.allocate(capacity.training ? width : 0),
      mask: kernels.allocate(drops && l < L - 1 ? width : 0),
    });
  }
  const last = layers[L - 1]!;
  return { sizes, layers, output: last.output, dOutput: last.dOutput };
}

/** Count of the values that createRecurrent allocates. */
export function recurrentSize({ cell, H, L, D, dropout }: RecurrentSizes, capacity: Capacity): number {
  const width = capacity.rows * D * H;
  const perLayer =
    D * directionSize(cell, H, capacity) + (D === 2 ? width : 0) + (capacity.training ? width : 0);
  return L * perLayer + (capacity.training && dropout > 0 ? 2 * (L - 1) * width : 0);
}

/**
 * Runs all layers over one-hot tokens [N], or over x [N, I] where tokens is null. The directions' hState and cState
 * must hold h_0 and c_0. `dropout` null: no dropout, as in evaluation. Yields where long work may be interrupted.
 */
export function* forwardRecurrent(
  recurrent: Recurrent,
  packing: Packing,
  tokens: Int32Array | null,
  x: Floats,
  dropout: RandomGenerator | null,
  kernels: Kernels,
): Generator<void> {
  const { layers, sizes } = recurrent;
  const { H, D } = sizes;
  for (let l = 0; l < layers.length; l++) {
    const layer = layers[l]!;
    const input = l === 0 ? x : layer.input!;
    if (l > 0) {
      const { output, mask } = layers[l - 1]!;
      const count = packing.N * D * H;
      if (dropout !== null && sizes.dropout > 0)
        dropoutForward(input, output, mask, sizes.dropout, dropout, count);
      else if (input !== output) copyValues(input, 0, output, 0, count);
    }
    for (const direction of layer.directions) {
      yield* forwardDirection(direction, packing, l === 0 ? tokens : null, input, kernels);
    }
    if (D === 2) {
      const [forward, reverse] = layer.directions as [Direction, Direction];
      joinDirections(layer.output, forward.buffers.h, reverse.buffers.h, packing.N, H);
    }
  }
}

/**
 * Reads dOutput (ignored where fromOutput is false), and ∂L/∂h_n and ∂L/∂c_n in the directions' dh and dc, which
 * hold ∂L/∂h_0 and ∂L/∂c_0 afterwards. Adds to the parameters' gradients and to dx (null: not wanted). `dropped`
 * says whether the forward pass had dropout. Yields where long work may be interrupted.
 */
export function* backwardRecurrent(
  recurrent: Recurrent,
  packing: Packing,
  tokens: Int32Array | null,
  x: Floats,
  dx: Floats | null,
  fromOutput: boolean,
  dropped: boolean,
  kernels: Kernels,
): Generator<void> {
  const { layers, sizes } = recurrent;
  const { H, D } = sizes;
  for (let l = layers.length - 1; l >= 0; l--) {
    const { directions, input, dOutput } = layers[l]!;
    const below = l === 0 ? null : layers[l - 1]!;
    if (below !== null) below.dOutput.fill(0, 0, packing.N * D * H);
    for (let k = 0; k < D; k++) {
      yield* backwardDirection(
        directions[k]!,
        packing,
        l === 0 ? tokens : null,
        input ?? x,
        below === null ? dx : below.dOutput,
        fromOutput || l < layers.length - 1 ? dOutput : null,
        D * H,
        k * H,
        kernels,
      );
    }
    if (below !== null && dropped && sizes.dropout > 0)
      dropoutBackward(below.dOutput, below.mask, packing.N * D * H);
  }
}

/** output[r] = forward[r] followed by reverse[r]. */
function joinDirections(
  output: Floats, // [N, 2H]
  forward: Floats, // [N, H]
  reverse: Floats, // [N, H]
  N: number,
  H: number,
): void {
  for (let r = 0; r < N; r++) {
    const at = r * 2 * H;
    for (let j = 0; j < H; j++) {
      output[at + j] = forward[r * H + j]!;
      output[at + H + j] = reverse[r * H + j]!;
    }
  }
}
