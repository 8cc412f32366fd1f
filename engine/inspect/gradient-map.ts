/** How far back, and to which inputs, the loss of each step is felt: one backward pass over a batch of copies, a loss each. */
import { failure, problem, type Result, success } from '../errors.ts';
import { finish, linearInputGradientInPieces } from '../kernels/pieces.ts';
import { crossEntropyBackward, crossEntropyForward } from '../layers/cross-entropy.ts';
import { backThroughTime, type Direction } from '../layers/direction.ts';
import type { Model } from '../model/model.ts';
import type { GradientMap, Influence, LossStepsQuestion } from '../questions.ts';
import type { Floats } from '../tensor/floats.ts';
import { createPacking, type Packing, packFalling } from '../tensor/packing.ts';
import { checkStep, encodePair } from './pair.ts';
import { readSequence } from './predict.ts';
import { type TrainedModel, withModel } from './trained.ts';

/** Most multiply-adds of one question, some seconds' work. */
const workLimit = 6_000_000_000;
/** Most numbers that a batch of two or more copies holds at a time: 64 MiB. */
const valuesAtOnce = 2 ** 24;

/** ‖∂L_k/∂h_t‖ for the steps k that are asked for and every state step t, for each layer and direction. */
export function mapGradients(trained: TrainedModel, question: LossStepsQuestion): Result<GradientMap[]> {
  return finish(mapGradientsInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function* mapGradientsInPieces(
  trained: TrainedModel,
  question: LossStepsQuestion,
): Generator<void, Result<GradientMap[]>> {
  const gone = yield* goBackInCopies(trained, question, false);
  return gone.ok ? success(gone.value.maps) : gone;
}

/** What each input does to the losses that are asked for, as far as its gradient tells. */
export function* influenceInPieces(
  trained: TrainedModel,
  question: LossStepsQuestion,
): Generator<void, Result<Influence>> {
  const gone = yield* goBackInCopies(trained, question, true);
  return gone.ok ? success(gone.value.influence) : gone;
}

interface Gone {
  maps: GradientMap[];
  influence: Influence;
}

function* goBackInCopies(
  trained: TrainedModel,
  question: LossStepsQuestion,
  toInputs: boolean,
): Generator<void, Result<Gone>> {
  const encoded = encodePair(trained, question);
  if (!encoded.ok) return encoded;
  const { tokens: codes, targets } = encoded.value;
  const [T, K] = [codes.length, targets.length];
  const steps = question.steps ?? Array.from({ length: K }, (_, k) => k);
  const wrong = steps.flatMap((step) => checkStep(step, K)).slice(0, 1);
  if (wrong.length > 0) return failure(...wrong);
  return yield* withModel(trained, T, false, function* (model) {
    const lengthOf = (k: number) => (model.recurrent.sizes.D === 1 && K === T ? k + 1 : T);
    const rows = steps.reduce((sum, k) => sum + lengthOf(k), 0);
    const work = rows * workOfRow(model);
    if (work > workLimit) return failure(tooMuchWork(T, steps.length, work));
    yield* readSequence(model, codes);
    const count = steps.length * T;
    const gone: Gone = {
      maps: model.recurrent.layers.flatMap(({ directions }, layer) =>
        directions.map(({ reverse }) => ({ layer, reverse, norms: new Float32Array(count) })),
      ),
      influence: { norms: new Float32Array(count), products: new Float32Array(count) },
    };
    // Longest first, as a batch is packed.
    const order = steps.map((k, place) => ({ k, place })).sort((a, b) => lengthOf(b.k) - lengthOf(a.k));
    const atOnce = Math.max(1, Math.floor(valuesAtOnce / (T * valuesOfRow(model))));
    for (let from = 0; from < order.length; from += atOnce) {
      const copies = order.slice(from, from + atOnce);
      const packing = createPacking(T);
      packFalling(
        packing,
        Int32Array.from(copies, ({ k }) => lengthOf(k)),
        copies.length,
      );
      yield* backOnce({ model, codes, targets, copies, packing }, gone, toInputs);
      yield;
    }
    return success(gone);
  });
}

interface Copies {
  model: Model;
  codes: Int32Array; // [T]
  targets: Int32Array; // [K]
  /** Loss step of each copy, and its row in the answer. */
  copies: { k: number; place: number }[];
  packing: Packing;
}

/** Runs one batch of copies backward, last layer first; a layer's copies are freed before the next. */
function* backOnce(batch: Copies, { maps, influence }: Gone, toInputs: boolean): Generator<void> {
  const { model, codes, packing } = batch;
  const { kernels, recurrent } = model;
  const { D, H, L, I } = recurrent.sizes;
  const { N } = packing;
  const atLogits = yield* gradientsAtFeatures(batch);
  let dOutput: Floats | null = model.reads === 'last-step' ? null : spread(atLogits, batch, D * H);
  for (let l = L - 1; l >= 0; l--) {
    const below =
      l > 0 || (toInputs && model.embedding !== null) ? new Float32Array(N * (l > 0 ? D * H : I)) : null;
    const atTokens = l === 0 && toInputs && model.embedding === null ? new Float32Array(N) : null;
    for (const [k, direction] of recurrent.layers[l]!.directions.entries()) {
      const copied = copyDirection(direction, packing);
      if (dOutput === null) fillLast(copied, atLogits, k, D, H);
      yield* backThroughTime(copied, packing, dOutput, D * H, k * H, kernels);
      writeNorms(maps[l * D + k]!.norms, copied.notes!.dh!, batch, H);
      const { dGates } = copied.buffers;
      const GH = direction.cell.gates.length * H;
      if (below !== null)
        yield* linearInputGradientInPieces(
          kernels,
          below,
          dGates,
          direction.weightIh.value,
          N,
          direction.I,
          GH,
        );
      if (atTokens !== null) addAtTokens(atTokens, dGates, direction, codes, packing);
    }
    if (l === 0 && toInputs) writeInfluence(influence, atTokens, below, batch);
    dOutput = below;
  }
}

/** ∂L_k/∂features of each copy: (p − onehot) through the head. */
function* gradientsAtFeatures({ model, targets, copies }: Copies): Generator<void, Floats> {
  const V = model.sizes.outputSize;
  const K = targets.length;
  const DH = model.recurrent.sizes.D * model.recurrent.sizes.H;
  const probabilities = new Float32Array(K * V); // [K, V]
  const dLogits = new Float32Array(K * V); // [K, V]
  crossEntropyForward(probabilities, model.logits, targets, 0, K, V);
  crossEntropyBackward(dLogits, probabilities, targets, 1, K, V);
  const chosen = new Float32Array(copies.length * V); // [copies, V]
  for (const [b, { k }] of copies.entries()) chosen.set(dLogits.subarray(k * V, (k + 1) * V), b * V);
  if (model.headWeight === null) return chosen;
  const found = new Float32Array(copies.length * DH); // [copies, D·H]
  const { value } = model.headWeight;
  yield* linearInputGradientInPieces(model.kernels, found, chosen, value, copies.length, DH, V);
  return found;
}

/** Puts each copy's gradient at the row of its own loss step. */
function spread(atFeatures: Floats, { copies, packing }: Copies, width: number): Floats {
  const dOutput = new Float32Array(packing.N * width);
  for (const [b, { k }] of copies.entries())
    dOutput.set(atFeatures.subarray(b * width, (b + 1) * width), (packing.starts[k]! + b) * width);
  return dOutput;
}

/** Puts each copy's gradient at the last states, where the loss sees only those. */
function fillLast({ buffers }: Direction, atFeatures: Floats, k: number, D: number, H: number): void {
  for (let b = 0; b < buffers.dh.length / H; b++)
    buffers.dh.set(atFeatures.subarray((b * D + k) * H, (b * D + k + 1) * H), b * H);
}

/** A direction with what the forward pass of this one left, repeated for each copy, and room for gradients. */
function copyDirection(direction: Direction, packing: Packing): Direction {
  const { buffers, cell, H } = direction;
  const GH = cell.gates.length * H;
  const repeated = (values: Floats, width: number) =>
    values.length === 0 ? values : repeatRows(values, width, packing);
  const gates = repeated(buffers.gates, GH);
  return {
    ...direction,
    notes: { dh: new Float32Array(packing.N * H) },
    buffers: {
      H,
      gates,
      recurrent: buffers.recurrent,
      hPrevious: repeated(buffers.hPrevious, H),
      h: repeated(buffers.h, H),
      cPrevious: repeated(buffers.cPrevious, H),
      c: repeated(buffers.c, H),
      kept: repeated(buffers.kept, H),
      dGates: gates,
      dRecurrent: cell.ownRecurrentGradient ? new Float32Array(packing.N * GH) : gates,
      dh: new Float32Array(packing.B * H),
      dc: new Float32Array(cell.hasCellState ? packing.B * H : 0),
    },
  };
}

/** Repeats row t of `values` [T, width] at step t of each copy: [N, width]. */
function repeatRows(values: Floats, width: number, { T, N, starts }: Packing): Float32Array {
  const all = new Float32Array(N * width);
  for (let t = 0; t < T; t++) {
    const row = values.subarray(t * width, (t + 1) * width);
    for (let r = starts[t]!; r < starts[t + 1]!; r++) all.set(row, r * width);
  }
  return all;
}

function writeNorms(norms: Float32Array, dh: Floats, { copies, packing }: Copies, H: number): void {
  eachRow(packing, (t, b, row) => {
    let sum = 0;
    for (let j = row * H; j < (row + 1) * H; j++) sum += dh[j]! * dh[j]!;
    norms[copies[b]!.place * packing.T + t] = Math.sqrt(sum);
  });
}

/** Adds ∂L_k/∂x_t at the 1 of each one-hot x_t. */
function addAtTokens(
  to: Floats,
  dGates: Floats,
  { weightIh, I, cell, H }: Direction,
  codes: Int32Array,
  packing: Packing,
): void {
  const GH = cell.gates.length * H;
  eachRow(packing, (t, _b, row) => {
    let sum = 0;
    for (let g = 0; g < GH; g++) sum += weightIh.value[g * I + codes[t]!]! * dGates[row * GH + g]!;
    to[row]! += sum;
  });
}

function writeInfluence(
  { norms, products }: Influence,
  atTokens: Floats | null, // [N]
  dx: Floats | null, // [N, I]
  { model, copies, packing }: Copies,
): void {
  const E = model.recurrent.sizes.I;
  eachRow(packing, (t, b, row) => {
    let [squares, product] = [0, 0];
    if (atTokens !== null) product = atTokens[row]!;
    else
      for (let e = 0; e < E; e++) {
        const one = dx![row * E + e]! * model.embedded[t * E + e]!;
        squares += one * one;
        product += one;
      }
    const at = copies[b]!.place * packing.T + t;
    norms[at] = atTokens === null ? Math.sqrt(squares) : Math.abs(product);
    products[at] = product;
  });
}

function eachRow({ T, starts }: Packing, visit: (t: number, b: number, row: number) => void): void {
  for (let t = 0; t < T; t++)
    for (let row = starts[t]!; row < starts[t + 1]!; row++) visit(t, row - starts[t]!, row);
}

/** About how many multiply-adds one row's way back through all layers takes. */
function workOfRow({ recurrent }: Model): number {
  const { cell, H, L, D } = recurrent.sizes;
  return L * D * cell.gates.length * H * (H + (L > 1 ? D * H : 0));
}

/** About how many numbers one row of a layer's copies holds. */
function valuesOfRow({ recurrent }: Model): number {
  const { cell, H, D } = recurrent.sizes;
  return 2 * cell.gates.length * H + (6 + 2 * D) * H;
}

function tooMuchWork(tokens: number, steps: number, work: number) {
  const message =
    `the gradients of ${steps} losses over ${tokens} tokens take ${work} multiply-adds through this model, ` +
    `the lab takes at most ${workLimit} at once; fewer loss steps or a shorter input take less`;
  return problem('map-work', 'input', message, { tokens, steps, work, limit: workLimit });
}
