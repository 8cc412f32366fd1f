/** The gradient on its way back through time, with everything that is added and multiplied there. */
import { failure, problem, type Result, success } from '../errors.ts';
import { finish, linearInputGradientInPieces } from '../kernels/pieces.ts';
import type { UnitGradient } from '../layers/cell.ts';
import type { BackwardNotes, Direction } from '../layers/direction.ts';
import type { Model } from '../model/model.ts';
import type {
  BackwardTrace,
  BackwardTraceQuestion,
  DirectionBackwardTrace,
  DirectionTrace,
  Weights,
} from '../questions.ts';
import {
  checkStep,
  directionsOf,
  type FeltLoss,
  goBack,
  type ReadPair,
  readPair,
  takeNotes,
} from './pair.ts';
import { firstOf } from './predict.ts';
import { checkTraceSize, noteSums, traceModel, traceSize } from './trace.ts';
import type { TrainedModel } from './trained.ts';

/** Every number of the way back from a sample's loss, without dropout. */
export function backwardTrace(trained: TrainedModel, question: BackwardTraceQuestion): Result<BackwardTrace> {
  return finish(backwardTraceInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function backwardTraceInPieces(
  trained: TrainedModel,
  question: BackwardTraceQuestion,
): Generator<void, Result<BackwardTrace>> {
  return readPair(
    trained,
    question,
    function* (read) {
      const { model, codes, targets, losses } = read;
      const [T, K] = [codes.length, losses.length];
      const felt: FeltLoss = {
        step: question.step,
        divisor: question.loss === 'sum' ? 1 : (question.batchTokens ?? K),
      };
      const wrong = [
        ...checkStep(felt.step, K),
        ...checkBatchTokens(question.batchTokens ?? K, K),
        ...checkTraceSize(T, backwardSize(model, T)),
      ];
      if (wrong.length > 0) return failure(...wrong);
      const tokens = Array.from(codes, (code) => trained.vocabulary[code]!);
      // The backward pass overwrites the gates, so the trace is copied first.
      const trace = traceModel(model, trained, tokens, codes);
      yield* goBack(read, felt);
      const directions: DirectionBackwardTrace[] = [];
      for (const [i, direction] of directionsOf(model).entries())
        directions.push(yield* describeDirection(read, direction, i, trace.directions[i]!));
      const meant = losses.filter((_, k) => felt.step === null || felt.step === k);
      return success({
        trace,
        inputCodes: Int32Array.from(codes),
        targetCodes: Int32Array.from(targets),
        probabilities: read.probabilities,
        losses: Float64Array.from(losses),
        divisor: felt.divisor,
        loss: meant.reduce((sum, loss) => sum + loss, 0) / felt.divisor,
        dLogits: firstOf(model.dLogits, K * model.sizes.outputSize),
        features: firstOf(model.features, K * widthOf(model)),
        dFeatures: firstOf(model.dFeatures, K * widthOf(model)),
        directions,
        gradients: yield* copyGradients(model),
      });
    },
    noteSums,
  );
}

const widthOf = ({ recurrent }: Model) => recurrent.sizes.D * recurrent.sizes.H;

function checkBatchTokens(batchTokens: number, K: number) {
  if (Number.isSafeInteger(batchTokens) && batchTokens >= K) return [];
  const message = `batchTokens is ${batchTokens}; a batch with this sample has at least its ${K} real tokens`;
  return [problem('batch-tokens', 'batchTokens', message, { batchTokens, tokens: K })];
}

function backwardSize(model: Model, T: number): number {
  const perStep = directionsOf(model).map(({ cell, I, H }) => I + (4 * cell.gates.length + 10) * H);
  const ofSteps = perStep.reduce((sum, size) => sum + size, 2 * model.sizes.outputSize);
  return traceSize(model, T) + T * ofSteps + model.parameters.values.length;
}

function* describeDirection(
  { model, codes }: ReadPair,
  direction: Direction,
  index: number,
  forward: DirectionTrace,
): Generator<void, DirectionBackwardTrace> {
  const { cell, H, I, buffers, reverse, weightHh, weightIh } = direction;
  const { D } = model.recurrent.sizes;
  const T = codes.length;
  const GH = cell.gates.length * H;
  const layer = Math.floor(index / D);
  const notes = takeNotes(direction);
  const { kernels } = model;
  const fromOutput = outputGradients(model, layer, index % D, notes, T);
  const hasBeside = notes.beside.some((value) => value !== 0);
  let throughHidden = notes.dhPrevious;
  if (hasBeside) {
    throughHidden = new Float32Array(T * H);
    yield* linearInputGradientInPieces(kernels, throughHidden, buffers.dRecurrent, weightHh.value, T, H, GH);
  }
  // With one direction only, the layer below already holds this dx in its dOutput.
  const isThere = D === 1 && layer > 0;
  const dx = isThere ? firstOf(model.recurrent.layers[layer - 1]!.dOutput, T * I) : new Float32Array(T * I);
  if (!isThere) yield* linearInputGradientInPieces(kernels, dx, buffers.dGates, weightIh.value, T, I, GH);
  const c = (values: Float32Array) => (cell.hasCellState ? values : null);
  return {
    ...{ layer, reverse, gateNames: [...cell.gates] },
    fromOutput,
    fromNext: notes.fromNext,
    dh: notes.dh,
    dcFromNext: c(notes.dcFromNext),
    ...gateColumns(direction, notes, forward, T),
    dcPrevious: c(notes.dcPrevious),
    dInputSums: firstOf(buffers.dGates, T * GH),
    dRecurrentSums: cell.ownRecurrentGradient ? firstOf(buffers.dRecurrent, T * GH) : null,
    throughHidden,
    beside: hasBeside ? notes.beside : null,
    dhPrevious: notes.dhPrevious,
    dx,
  };
}

/**
 * ∂L/∂h_t from the loss of step t or from the layer above [T, H]. For a loss that sees only h_n the gradient is moved
 * out of `notes.fromNext`, which becomes 0 there.
 */
function outputGradients(
  model: Model,
  layer: number,
  k: number,
  notes: BackwardNotes,
  T: number,
): Float32Array {
  const { D, H, L } = model.recurrent.sizes;
  const found = new Float32Array(T * H);
  if (layer === L - 1 && model.reads === 'last-step') {
    const first = k === 0 ? T - 1 : 0;
    for (let j = first * H; j < (first + 1) * H; j++) {
      found[j] = notes.fromNext[j]!;
      notes.fromNext[j] = 0;
    }
    return found;
  }
  const { dOutput } = model.recurrent.layers[layer]!;
  for (let t = 0; t < T; t++) for (let j = 0; j < H; j++) found[t * H + j] = dOutput[(t * D + k) * H + j]!;
  return found;
}

function gateColumns(
  { cell, H, buffers }: Direction,
  notes: BackwardNotes,
  { gates, recurrentSums }: DirectionTrace,
  T: number,
) {
  const G = cell.gates.length;
  const dGates = new Float32Array(T * G * H);
  const slopes = new Float32Array(T * G * H);
  const [dcFromH, dc] = [0, 1].map(() => (cell.hasCellState ? new Float32Array(T * H) : null));
  const unit = { gates: new Array<number>(G), recurrentSums: new Array<number>(G) };
  for (let t = 0; t < T; t++) {
    for (let j = 0; j < H; j++) {
      const at = t * H + j;
      for (let g = 0; g < G; g++) {
        const i = (t * G + g) * H + j;
        unit.gates[g] = gates[i]!;
        unit.recurrentSums[g] = recurrentSums[i]!;
        slopes[i] = cell.slope(g, gates[i]!);
      }
      const given: UnitGradient = {
        ...unit,
        hPrevious: buffers.hPrevious[at]!,
        cPrevious: buffers.cPrevious[at] ?? 0,
        kept: buffers.kept[at] ?? 0,
        dh: notes.dh[at]!,
        dcFromNext: notes.dcFromNext[at] ?? 0,
      };
      const found = cell.toGates(given);
      for (let g = 0; g < G; g++) dGates[(t * G + g) * H + j] = found.dGates[g]!;
      if (dcFromH === null) continue;
      dcFromH![at] = found.dcFromH;
      dc![at] = given.dcFromNext + found.dcFromH;
    }
  }
  return { dGates, slopes, dcFromH: dcFromH!, dc: dc! };
}

function* copyGradients({ parameters }: Model): Generator<void, Weights> {
  const found: Weights = {};
  for (const { key, shape, gradient } of parameters.entries) {
    found[key] = { shape: [...shape], data: firstOf(gradient, gradient.length) };
    yield;
  }
  return found;
}
