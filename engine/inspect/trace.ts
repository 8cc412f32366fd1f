import type { DirectionTrace, PredictRequest, StepTrace, Trace } from '../api.ts';
import { failure, problem, type Result, success } from '../errors.ts';
import { finish, linearInPieces } from '../kernels/pieces.ts';
import type { Direction } from '../layers/direction.ts';
import { oneHotForward } from '../layers/one-hot.ts';
import type { Model } from '../model/model.ts';
import type { Floats } from '../tensor/floats.ts';
import { describePrediction, readSequence, toRows } from './predict.ts';
import { encodeInput, loadTrained } from './trained.ts';

/** A trace holds at most so many numbers. */
const traceLimit = 4_000_000;

/** Every number of one sequence's way through trained weights: inputs, both sums, gates, states, logits. */
export function trace(request: PredictRequest): Result<Trace> {
  return finish(traceInPieces(request));
}

/** The same, yielding where long work may be interrupted. */
export function* traceInPieces({ trained, input }: PredictRequest): Generator<void, Result<Trace>> {
  const encoded = encodeInput(trained, input);
  if (!encoded.ok) return encoded;
  const { tokens, codes } = encoded.value;
  const loaded = loadTrained(trained, codes.length, false);
  if (!loaded.ok) return loaded;
  const model = loaded.value;
  const numbers = traceSize(model, tokens.length);
  if (numbers > traceLimit) {
    const message = `a trace of ${tokens.length} tokens through this model holds ${numbers} numbers, the lab shows at most ${traceLimit}; a shorter input needs less`;
    return failure(problem('trace-size', 'input', message, { numbers, limit: traceLimit }));
  }
  yield* readSequence(model, codes);
  const directions: DirectionTrace[] = [];
  for (const [l, layer] of model.recurrent.layers.entries()) {
    for (const direction of layer.directions) {
      const isOneHot = l === 0 && model.embedding === null;
      const x = l === 0 ? model.embedded : layer.input!;
      directions.push(yield* traceDirection(model, direction, l, isOneHot ? codes : null, x, codes.length));
    }
  }
  return success({ prediction: describePrediction(model, trained, tokens), directions });
}

function traceSize({ recurrent, sizes }: Model, T: number): number {
  const perStep = recurrent.layers.flatMap((layer) =>
    layer.directions.map(({ cell, I, H }) => I + 4 * cell.gates.length * H + 4 * H),
  );
  return T * perStep.reduce((sum, size) => sum + size, 2 * sizes.outputSize);
}

/** Both sums are computed once more: the forward pass has put the gates in their place. */
function* traceDirection(
  { kernels }: Model,
  d: Direction,
  layer: number,
  tokens: Int32Array | null,
  x: Floats,
  T: number,
): Generator<void, DirectionTrace> {
  const { cell, I, H, buffers } = d;
  const G = cell.gates.length;
  const inputSums = kernels.allocate(T * G * H); // [T, G·H]
  const recurrentSums = kernels.allocate(T * G * H); // [T, G·H]
  const biasIh = d.biasIh?.value ?? null;
  const biasHh = d.biasHh?.value ?? null;
  if (tokens !== null) oneHotForward(inputSums, tokens, d.weightIh.value, biasIh, 0, T, I, G * H);
  else yield* linearInPieces(kernels, inputSums, x, d.weightIh.value, biasIh, T, I, G * H);
  yield* linearInPieces(kernels, recurrentSums, buffers.hPrevious, d.weightHh.value, biasHh, T, H, G * H);

  const row = (values: Floats, t: number, width: number) =>
    Array.from(values.subarray(t * width, (t + 1) * width));
  const steps = Array.from({ length: T }, (_, t): StepTrace => {
    const byGate = (values: Floats) => toRows(values.subarray(t * G * H), G, H);
    const [ofInput, ofState, gates] = [byGate(inputSums), byGate(recurrentSums), byGate(buffers.gates)];
    return {
      x: tokens === null ? row(x, t, I) : oneHot(tokens[t]!, I),
      hPrevious: row(buffers.hPrevious, t, H),
      cPrevious: cell.hasCellState ? row(buffers.cPrevious, t, H) : null,
      inputSums: ofInput,
      recurrentSums: ofState,
      preActivations: gates.map((values, g) =>
        values.map((_, j) => {
          const ofUnit = gates.map((gate) => gate[j]!);
          return Math.fround(cell.preActivation(g, ofInput[g]![j]!, ofState[g]![j]!, ofUnit));
        }),
      ),
      gates,
      c: cell.hasCellState ? row(buffers.c, t, H) : null,
      h: row(buffers.h, t, H),
    };
  });
  return { layer, reverse: d.reverse, gates: [...cell.gates], steps };
}

function oneHot(token: number, I: number): number[] {
  return Array.from({ length: I }, (_, i) => (i === token ? 1 : 0));
}
