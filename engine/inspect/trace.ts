import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import type { Direction } from '../layers/direction.ts';
import type { Model } from '../model/model.ts';
import type { DirectionTrace, PredictQuestion, Trace } from '../questions.ts';
import type { Floats } from '../tensor/floats.ts';
import { describePrediction, firstOf, readPatched } from './predict.ts';
import { checkPatches } from './state-patches.ts';
import { encodeInput, type TrainedModel, withModel } from './trained.ts';

/** Most numbers that a trace may hold. */
const traceLimit = 4_000_000;

/** Every number of one sequence's way through trained weights: inputs, both sums, gates, states, logits. */
export function trace(trained: TrainedModel, question: PredictQuestion): Result<Trace> {
  return finish(traceInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function* traceInPieces(
  trained: TrainedModel,
  { input, patches = [] }: PredictQuestion,
): Generator<void, Result<Trace>> {
  const encoded = encodeInput(trained, input);
  if (!encoded.ok) return encoded;
  const { tokens, codes } = encoded.value;
  return yield* withModel(trained, codes.length, false, function* (model) {
    const wrong = [
      ...checkTraceSize(tokens.length, traceSize(model, tokens.length)),
      ...checkPatches(model, patches, tokens.length),
    ];
    if (wrong.length > 0) return failure(...wrong);
    noteSums(model, codes.length);
    yield* readPatched(model, codes, patches);
    return success(traceModel(model, trained, tokens, codes));
  });
}

/** Makes room for both sums; call it before reading the T steps to be traced. */
export function noteSums(model: Model, T: number): void {
  for (const { directions } of model.recurrent.layers) {
    for (const direction of directions) {
      const count = T * direction.cell.gates.length * direction.H;
      direction.sums = { input: new Float32Array(count), recurrent: new Float32Array(count) };
    }
  }
}

/** Trace of the sequence just read; `noteSums` must have come before it. */
export function traceModel(model: Model, trained: TrainedModel, tokens: string[], codes: Int32Array): Trace {
  const directions: DirectionTrace[] = [];
  for (const [l, layer] of model.recurrent.layers.entries()) {
    for (const direction of layer.directions) {
      const isOneHot = l === 0 && model.embedding === null;
      const x = l === 0 ? model.embedded : layer.input!;
      directions.push(traceDirection(direction, l, isOneHot ? codes : null, x, codes.length));
    }
  }
  return { prediction: describePrediction(model, trained, tokens), directions };
}

export function checkTraceSize(tokens: number, numbers: number): Problem[] {
  if (numbers <= traceLimit) return [];
  const message = `a trace of ${tokens} tokens through this model holds ${numbers} numbers, the lab shows at most ${traceLimit}; a shorter input needs less`;
  return [problem('trace-size', 'input', message, { numbers, limit: traceLimit })];
}

export function traceSize({ recurrent, sizes }: Model, T: number): number {
  const perStep = recurrent.layers.flatMap((layer) =>
    layer.directions.map(({ cell, I, H }) => I + 4 * cell.gates.length * H + 4 * H),
  );
  return T * perStep.reduce((sum, size) => sum + size, 2 * sizes.outputSize);
}

function traceDirection(
  d: Direction,
  layer: number,
  tokens: Int32Array | null,
  x: Floats,
  T: number,
): DirectionTrace {
  const { cell, I, H, buffers } = d;
  const G = cell.gates.length;
  const { input: inputSums, recurrent: recurrentSums } = d.sums!;
  d.sums = null;
  return {
    layer,
    reverse: d.reverse,
    gateNames: [...cell.gates],
    x: tokens === null ? firstOf(x, T * I) : oneHot(tokens, I),
    hPrevious: firstOf(buffers.hPrevious, T * H),
    cPrevious: cell.hasCellState ? firstOf(buffers.cPrevious, T * H) : null,
    inputSums,
    recurrentSums,
    preActivations: preActivationsOf(d, inputSums, recurrentSums, T),
    gates: firstOf(buffers.gates, T * G * H),
    c: cell.hasCellState ? firstOf(buffers.c, T * H) : null,
    h: firstOf(buffers.h, T * H),
  };
}

function preActivationsOf(
  { cell, H, buffers }: Direction,
  inputSums: Floats,
  recurrentSums: Floats,
  T: number,
): Float32Array {
  const G = cell.gates.length;
  const found = new Float32Array(T * G * H); // [T, G, H]
  const ofUnit = new Array<number>(G);
  for (let t = 0; t < T; t++) {
    for (let j = 0; j < H; j++) {
      const at = t * G * H + j;
      for (let g = 0; g < G; g++) ofUnit[g] = buffers.gates[at + g * H]!;
      for (let g = 0; g < G; g++) {
        const i = at + g * H;
        found[i] = cell.preActivation(g, inputSums[i]!, recurrentSums[i]!, ofUnit);
      }
    }
  }
  return found;
}

function oneHot(tokens: Int32Array, I: number): Float32Array {
  const x = new Float32Array(tokens.length * I); // [T, I]
  for (const [t, token] of tokens.entries()) x[t * I + token] = 1;
  return x;
}
