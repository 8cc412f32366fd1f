import type { NamedTensor, ShapesReport, ShapesStep } from '../api.ts';
import { dataSizes } from '../data/check-experiment.ts';
import { failure, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { initialise } from '../layers/init.ts';
import { forwardRecurrent, type Recurrent } from '../layers/recurrent.ts';
import type { ShapesExperiment } from '../model/experiment.ts';
import { createModel, type Model, setInitialStates } from '../model/model.ts';
import { checkModel, directions } from '../model/spec.ts';
import { loadStateDict } from '../model/weights.ts';
import type { Floats } from '../tensor/floats.ts';
import { createPacking, packEqual } from '../tensor/packing.ts';
import { createGenerator } from '../tensor/random.ts';

/**
 * The tutorial's programs 1 and 2: a module made after torch.manual_seed(seed), then torch.randn(T, B, I) run through
 * it, and every tensor with its shape and values. call 'cell' calls nn.RNNCell (GRUCell, LSTMCell) once a time step,
 * 'sequence' nn.RNN (GRU, LSTM) once.
 */
export function showShapes({
  dataset,
  model: spec,
  training,
  ...rest
}: ShapesExperiment): Result<ShapesReport> {
  const { inputSize: I, sequenceLength: T, batchSize: B } = dataset;
  const sizes = dataSizes({ dataset, model: spec, training, ...rest });
  const problems = checkModel(spec, sizes);
  if (problems.length > 0) return failure(...problems);
  const kernels = createReferenceKernels();
  const capacity = { steps: T, sequences: B, rows: T * B, training: false };
  const model = createModel(spec, sizes, 'every-step', capacity, kernels);
  const generator = createGenerator(training.seed);
  finish(initialise(model.parameters, spec.hiddenSize, directions(spec), generator));
  if (rest.initialWeights !== null) {
    const misfits = loadStateDict(model.parameters, rest.initialWeights, 'initialWeights');
    if (misfits.length > 0) return failure(...misfits);
  }
  const input = new Float32Array(T * B * I);
  generator.normal(input);
  setInitialStates(model, B);
  return success(
    dataset.call === 'cell' ? callCell(model, input, T, B, I) : callSequence(model, input, T, B, I),
  );
}

function callCell(model: Model, input: Float32Array, T: number, B: number, I: number): ShapesReport {
  const { recurrent, kernels } = model;
  const { hState, cState, H, cell } = recurrent.layers[0]!.directions[0]!;
  const packing = createPacking(1);
  packEqual(packing, 1, B);
  const steps: ShapesStep[] = [];
  for (let t = 0; t < T; t++) {
    const x = input.subarray(t * B * I, (t + 1) * B * I);
    finish(forwardRecurrent(recurrent, packing, null, x, null, kernels));
    const tensors = [named('input', [B, I], x), named('hidden', [B, H], hState)];
    if (cell.hasCellState) tensors.push(named('cell', [B, H], cState));
    steps.push({ t, tensors });
  }
  return { steps, sameNumbers: [] };
}

function callSequence(model: Model, input: Float32Array, T: number, B: number, I: number): ShapesReport {
  const { recurrent, kernels } = model;
  const { H, L, D, cell } = recurrent.sizes;
  const packing = createPacking(T);
  packEqual(packing, T, B);
  finish(forwardRecurrent(recurrent, packing, null, input, null, kernels));
  const output = named('output', [T, B, D * H], recurrent.output);
  const hidden = named('hidden', [L * D, B, H], lastStates(recurrent, 'hState', B));
  const tensors = [named('input', [T, B, I], input), output, hidden];
  if (cell.hasCellState) tensors.push(named('cell', [L * D, B, H], lastStates(recurrent, 'cState', B)));
  return { steps: [{ t: null, tensors }], sameNumbers: findSameNumbers(output, hidden) };
}

/** h_n or c_n of every layer and direction, layer-major. */
function lastStates({ layers, sizes }: Recurrent, state: 'hState' | 'cState', B: number): Floats {
  const rows = layers.flatMap((layer) => layer.directions.map((d) => d[state].subarray(0, B * sizes.H)));
  const all = new Float32Array(rows.length * B * sizes.H); // [L·D, B, H]
  for (const [i, row] of rows.entries()) all.set(row, i * B * sizes.H);
  return all;
}

/** Where output and hidden hold the same numbers, found by comparing them: the last layer's last states. */
function findSameNumbers(output: NamedTensor, hidden: NamedTensor): [string, string][] {
  const [T, B, width] = output.shape as [number, number, number];
  const [states, , H] = hidden.shape as [number, number, number];
  const candidates =
    width === H
      ? [{ name: 'output[-1]', hidden: 'hidden[-1]', t: T - 1, column: 0, state: states - 1 }]
      : [
          { name: `output[-1, :, :${H}]`, hidden: 'hidden[-2]', t: T - 1, column: 0, state: states - 2 },
          { name: `output[0, :, ${H}:]`, hidden: 'hidden[-1]', t: 0, column: H, state: states - 1 },
        ];
  return candidates
    .filter(({ t, column, state }) => {
      for (let b = 0; b < B; b++) {
        for (let j = 0; j < H; j++) {
          const inOutput = output.data[(t * B + b) * width + column + j];
          // NaN is the same number as NaN here: the one is a copy of the other.
          if (!Object.is(inOutput, hidden.data[(state * B + b) * H + j])) return false;
        }
      }
      return true;
    })
    .map((same) => [same.name, same.hidden]);
}

function named(name: string, shape: number[], values: Floats): NamedTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, data: Float32Array.from(values.subarray(0, count)) };
}
