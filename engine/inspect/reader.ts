/** A trained model that reads one token after another, as text is made; one call a token where the backend has its cell. */
import { failure, type Result, success } from '../errors.ts';
import { type Backend, bestBackend } from '../kernels/backend.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { createModel, forwardModel, type Model, modelSize, setInitialStates } from '../model/model.ts';
import { describeModel, hasFusedCell } from '../model/wasm-model.ts';
import { loadStateDict } from '../model/weights.ts';
import { packedOne } from '../tensor/packing.ts';
import { loadTrained, type Reader, sizesOf, type TrainedWeights } from './trained.ts';

/** Opens a reader in the initial state, by `backend` where it has the cell, else by the plain loops. */
export function openReader(trained: TrainedWeights, backend: Backend = bestBackend()): Result<Reader> {
  // Making this model checks spec and weights; it also serves where nothing is faster.
  const loaded = loadTrained(trained, 1, false);
  if (!loaded.ok) return loaded;
  const planner = backend.plan(0);
  if (planner === null || !hasFusedCell(loaded.value.recurrent.sizes.cell)) {
    return success(readByLayers(loaded.value));
  }
  layOut(trained, planner.kernels);
  const bytes = planner.bytes();
  const { model, modelAt, batchAt, tokens, functions } = layOut(trained, backend.create(0, bytes));
  const misfits = loadStateDict(model.parameters, trained.weights, 'weights');
  if (misfits.length > 0) return failure(...misfits);
  setInitialStates(model, 1);
  functions.pack(modelAt, 0);
  return success({
    logits: model.logits,
    values: bytes / Float32Array.BYTES_PER_ELEMENT,
    read(code) {
      tokens[0] = code;
      functions.read(modelAt, batchAt, 0);
      return [];
    },
    restart: () => setInitialStates(model, 1),
  });
}

function readByLayers(model: Model): Reader {
  setInitialStates(model, 1);
  const packing = packedOne(1);
  const code = new Int32Array(1);
  return {
    logits: model.logits,
    values: modelSize(model.spec, model.sizes, model.reads, oneToken),
    *read(token) {
      code[0] = token;
      yield* forwardModel(model, packing, code, null);
    },
    restart: () => setInitialStates(model, 1),
  };
}

const oneToken = { steps: 1, sequences: 1, rows: 1, training: false };

/** Lays out a model and a batch of one token in the memory of these kernels. */
function layOut(trained: TrainedWeights, kernels: Kernels) {
  const program = kernels.program!;
  const sizes = sizesOf(trained);
  const model = createModel(trained.model, sizes, 'every-step', oneToken, kernels);
  const probabilities = kernels.allocate(sizes.outputSize);
  const described = describeModel(program, model, probabilities, program.integers(1), oneToken);
  const [starts, tokens] = [program.integers(2), program.integers(1)];
  const [batch] = program.structs('Batch', 1);
  starts[1] = 1;
  const places = { starts: program.place(starts), tokens: program.place(tokens) };
  batch!.set({ T: 1, B: 1, N: 1, outputs: 1, ...places });
  return { model, modelAt: described.at, batchAt: batch!.at, tokens, functions: program.functions };
}
