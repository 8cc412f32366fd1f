/** One pass of one sample as Step through shows it: the trace, its weights and the names of its numbers. Pure. */
import type { SequenceDataset } from '../../../../engine/model/experiment.ts';
import { directions, type ModelSpec } from '../../../../engine/model/spec.ts';
import type { BackwardTrace, Tensor } from '../../../../engine/questions.ts';
import {
  apply,
  constant,
  difference,
  type Expression,
  negative,
  operand,
  product,
  quotient,
  sum,
} from '../numbers/expression.ts';
import { subscript } from '../numbers/number-scale.ts';
import { type CellView, directionKeys, stateAt } from './cell-view.ts';

export interface PassView {
  model: ModelSpec;
  dataset: Pick<SequenceDataset, 'task' | 'vocabulary' | 'targetVocabulary'>;
  trace: BackwardTrace;
  weights: Readonly<Record<string, Tensor>>;
  /** T, the steps that are read; K, those that have a loss. */
  T: number;
  K: number;
  /** V, the tokens that can be said. */
  V: number;
}

export function passView(
  model: ModelSpec,
  dataset: PassView['dataset'],
  trace: BackwardTrace,
  weights: PassView['weights'],
): PassView {
  const V = dataset.targetVocabulary.length;
  return { model, dataset, trace, weights, T: trace.inputCodes.length, K: trace.targetCodes.length, V };
}

/** Index among the trace's directions. */
export function directionAt({ model }: PassView, layer: number, reverse: boolean): number {
  return layer * directions(model) + (reverse ? 1 : 0);
}

export function cellView(
  pass: PassView,
  layer: number,
  reverse: boolean,
  t: number,
  unitNames: readonly string[],
): CellView {
  const { model, trace: back, T, dataset } = pass;
  const index = directionAt(pass, layer, reverse);
  const trace = back.trace.directions[index]!;
  const I = trace.x.length / T;
  const isOneHot = layer === 0 && model.embedding === null;
  return {
    trace,
    back: back.directions[index]!,
    weights: pass.weights,
    keys: directionKeys(layer, reverse),
    t,
    T,
    H: model.hiddenSize,
    I,
    unitNames,
    inputNames: isOneHot ? dataset.vocabulary : Array.from({ length: I }, (_, i) => String(i)),
    isOneHot,
    nonlinearity: model.nonlinearity,
  };
}

/** The loss step that reads h_t of a direction of the last layer; null: none does. */
export function lossStepOf({ dataset, T }: PassView, reverse: boolean, t: number): number | null {
  if (dataset.task !== 'label') return t;
  return t === (reverse ? 0 : T - 1) ? 0 : null;
}

/** Name of a step's quantity: a label has one for all steps. */
export function lossName({ dataset }: PassView, quantity: string, k: number): string {
  return dataset.task === 'label' ? quantity : `${quantity}${subscript(k + 1)}`;
}

const tokenOf = (pass: PassView, code: number) => pass.dataset.targetVocabulary[code] ?? String(code);

/** The logit of token v at loss step k. */
export function logit(pass: PassView, k: number, v: number): Expression {
  const { trace, V } = pass;
  return operand(
    `${lossName(pass, 'logits', k)}[${tokenOf(pass, v)}]`,
    trace.trace.prediction.logits[k * V + v]!,
  );
}

/** How a logit comes about: by the head; without one it is h itself, and null. */
export function logitSum(pass: PassView, k: number, v: number): Expression | null {
  const { model, trace, weights } = pass;
  const head = weights['head.weight'];
  if (model.head === 'none' || head === undefined) return null;
  const width = head.shape[1]!;
  const terms = Array.from({ length: width }, (_, j) =>
    product(
      operand(`W_head[${tokenOf(pass, v)}, ${j}]`, head.data[v * width + j]!),
      operand(`${lossName(pass, 'h', k)}[${j}]`, trace.features[k * width + j]!),
    ),
  );
  return sum(...terms, operand(`b_head[${tokenOf(pass, v)}]`, weights['head.bias']!.data[v]!));
}

/** softmax: exp of the logit over the sum of all exps. */
export function probability(pass: PassView, k: number, v: number): Expression {
  const all = Array.from({ length: pass.V }, (_, i) => apply('exp', logit(pass, k, i)));
  return quotient(all[v]!, sum(...all));
}

export function probabilityAt({ trace, V }: PassView, k: number, v: number): number {
  return trace.probabilities[k * V + v]!;
}

/** p_k[v] as an operand. */
export function probabilityOperand(pass: PassView, k: number, v: number): Expression {
  return operand(`${lossName(pass, 'p', k)}[${tokenOf(pass, v)}]`, probabilityAt(pass, k, v));
}

/** (p − onehot) / divisor: ∂L/∂logits. */
export function logitGradient(pass: PassView, k: number, v: number): Expression {
  const { trace } = pass;
  const target = constant(trace.targetCodes[k] === v ? 1 : 0);
  const both = difference(probabilityOperand(pass, k, v), target);
  return trace.divisor === 1 ? both : quotient(both, constant(trace.divisor));
}

/** −log p of the target of loss step k. */
export function tokenLoss(pass: PassView, k: number): Expression {
  return negative(apply('log', probabilityOperand(pass, k, pass.trace.targetCodes[k]!)));
}

/** The loss: the losses of the steps, divided by the batch's tokens where the loss is a mean. */
export function lossSum(pass: PassView): Expression {
  const { trace, K } = pass;
  const terms = Array.from({ length: K }, (_, k) => operand(lossName(pass, 'L', k), trace.losses[k]!));
  return trace.divisor === 1 ? sum(...terms) : quotient(sum(...terms), constant(trace.divisor));
}

/**
 * What arrives at h_t of a unit from its outputs: from the loss, by the head where there is one, or from the
 * layer above.
 */
export function outputTerms(pass: PassView, view: CellView, unit: number): Expression[] {
  const { model, trace, V, weights } = pass;
  const { layer, reverse } = view.trace;
  const H = model.hiddenSize;
  const place = (reverse ? H : 0) + unit;
  if (layer < model.numLayers - 1) {
    const width = directions(model) * H;
    return trace.directions
      .filter((above) => above.layer === layer + 1)
      .map((above) =>
        operand(
          `∂L/∂x${subscript(view.t + 1)}[${place}] of layer ${layer + 1}${above.reverse ? ' reverse' : ''}`,
          above.dx[view.t * width + place]!,
        ),
      );
  }
  const k = lossStepOf(pass, reverse, view.t);
  if (k === null) return [];
  if (model.head === 'none') return [logitGradient(pass, k, place)];
  const head = weights['head.weight']!;
  const width = head.shape[1]!;
  return Array.from({ length: V }, (_, v) =>
    product(
      operand(`W_head[${tokenOf(pass, v)}, ${place}]`, head.data[v * width + place]!),
      operand(`∂L/∂${lossName(pass, 'logits', k)}[${tokenOf(pass, v)}]`, trace.dLogits[k * V + v]!),
    ),
  );
}

/** Where nothing arrives, and why: the number is 0 by its nature. */
export function hasOutput(pass: PassView, view: CellView): boolean {
  const { layer, reverse } = view.trace;
  return layer < pass.model.numLayers - 1 || lossStepOf(pass, reverse, view.t) !== null;
}

/** The token that the net says at a step, or at the end; null: it says nothing there. */
export function saidAt(pass: PassView, t: number): { token: string; isRight: boolean; k: number } | null {
  const { dataset, trace, T } = pass;
  const k = dataset.task === 'label' ? (t === T - 1 ? 0 : null) : t;
  if (k === null) return null;
  const token = trace.trace.prediction.predictedTokens[k]!;
  return { token, isRight: token === dataset.targetVocabulary[trace.targetCodes[k]!], k };
}

/** ‖∂L/∂h_t‖ of a direction. */
export function stateNorm(view: CellView, t: number): number {
  let squares = 0;
  for (let unit = 0; unit < view.H; unit++) squares += stateAt(view, view.back!.dh, t, unit) ** 2;
  return Math.sqrt(squares);
}
