/**
 * One step of one direction of a layer, with names for its numbers. H hidden, I what the layer reads, G
 * gates, T steps. Pure.
 */
import type { DirectionBackwardTrace, DirectionTrace, Tensor } from '../../../../engine/questions.ts';
import { type Expression, operand, product, sum } from '../numbers/expression.ts';
import { subscript } from '../numbers/number-scale.ts';

/** The keys of a direction's parameters in the state dict. */
export interface DirectionKeys {
  ih: string;
  hh: string;
  biasIh: string;
  biasHh: string;
}

export function directionKeys(layer: number, reverse: boolean): DirectionKeys {
  const end = `l${layer}${reverse ? '_reverse' : ''}`;
  return {
    ih: `rnn.weight_ih_${end}`,
    hh: `rnn.weight_hh_${end}`,
    biasIh: `rnn.bias_ih_${end}`,
    biasHh: `rnn.bias_hh_${end}`,
  };
}

export interface CellView {
  trace: DirectionTrace;
  /** null: the way back is not asked. */
  back: DirectionBackwardTrace | null;
  weights: Readonly<Record<string, Tensor>>;
  keys: DirectionKeys;
  t: number;
  T: number;
  H: number;
  I: number;
  /** Names of the units and of what the layer reads. */
  unitNames: readonly string[];
  inputNames: readonly string[];
  /** One-hot input: only the token's own column counts. */
  isOneHot: boolean;
  /** Of a ReLU cell; the plain cell's own function. */
  nonlinearity: 'tanh' | 'relu';
}

/** The step before in the direction's own order; −1 or T: the initial state. */
export const previousStep = ({ trace, t }: Pick<CellView, 'trace' | 't'>) => (trace.reverse ? t + 1 : t - 1);
/** The step whose backward pass comes just before; −1 or T: there is none. */
export const nextStep = ({ trace, t }: Pick<CellView, 'trace' | 't'>) => (trace.reverse ? t - 1 : t + 1);

/** `h₄`: a quantity at a step that counts from 0; the initial state is h₀. */
export function stepName(quantity: string, step: number, T: number): string {
  return `${quantity}${subscript(step < 0 || step >= T ? 0 : step + 1)}`;
}

/** `h₄[o]` */
export function unitName(view: CellView, quantity: string, step: number, unit: number): string {
  return `${stepName(quantity, step, view.T)}[${view.unitNames[unit] ?? unit}]`;
}

/** The plain cell has no gates: its matrices have PyTorch's own names; others are named by gate, `W_ii`. */
export function gateSuffix({ trace }: CellView, gate: number): string {
  return trace.gateNames.length === 1 ? 'h' : trace.gateNames[gate]!;
}

export function matrixName(view: CellView, kind: 'W_i' | 'W_h' | 'b_i' | 'b_h', gate: number): string {
  return `${kind}${gateSuffix(view, gate)}`;
}

/** Where a gate's row of unit u begins in a weight matrix with `columns` columns. */
export const rowOf = (view: CellView, gate: number, unit: number, columns: number) =>
  (gate * view.H + unit) * columns;

/** A number of a column [T, H]. */
export const stateAt = (view: CellView, column: Float32Array, t: number, unit: number) =>
  column[t * view.H + unit]!;

/** A number of a column [T, G, H]. */
export function gateAt(view: CellView, column: Float32Array, t: number, gate: number, unit: number): number {
  return column[(t * view.trace.gateNames.length + gate) * view.H + unit]!;
}

/** W_ih x + b_ih of one unit of a gate, term by term; of a one-hot input the one column that counts. */
export function inputTerms(view: CellView, gate: number, unit: number): Expression[] {
  const { weights, keys, trace, t, I } = view;
  const row = rowOf(view, gate, unit, I);
  const terms: Expression[] = [];
  for (let i = 0; i < I; i++) {
    const x = trace.x[t * I + i]!;
    if (view.isOneHot && x === 0) continue;
    const to = view.inputNames[i] ?? String(i);
    const weight = operand(
      `${matrixName(view, 'W_i', gate)}[${view.unitNames[unit]}, ${to}]`,
      weights[keys.ih]!.data[row + i]!,
    );
    terms.push(product(weight, operand(`${stepName('x', t, view.T)}${view.isOneHot ? '' : `[${to}]`}`, x)));
  }
  return [...terms, ...biasTerm(view, 'b_i', keys.biasIh, gate, unit)];
}

/** W_hh h₋ + b_hh of one unit of a gate, term by term. */
export function recurrentTerms(view: CellView, gate: number, unit: number): Expression[] {
  const { weights, keys, trace, t, H } = view;
  const row = rowOf(view, gate, unit, H);
  const terms = Array.from({ length: H }, (_, j) =>
    product(
      operand(
        `${matrixName(view, 'W_h', gate)}[${view.unitNames[unit]}, ${view.unitNames[j]}]`,
        weights[keys.hh]!.data[row + j]!,
      ),
      operand(unitName(view, 'h', previousStep(view), j), stateAt(view, trace.hPrevious, t, j)),
    ),
  );
  return [...terms, ...biasTerm(view, 'b_h', keys.biasHh, gate, unit)];
}

function biasTerm(
  view: CellView,
  kind: 'b_i' | 'b_h',
  key: string,
  gate: number,
  unit: number,
): Expression[] {
  const bias = view.weights[key];
  if (bias === undefined) return [];
  const name = `${matrixName(view, kind, gate)}[${view.unitNames[unit]}]`;
  return [operand(name, bias.data[gate * view.H + unit]!)];
}

/** A number of the trace with its name, as an operand. */
export function stateOperand(
  view: CellView,
  quantity: string,
  column: Float32Array,
  step: number,
  unit: number,
  nameStep = step,
): Expression {
  return operand(unitName(view, quantity, nameStep, unit), stateAt(view, column, step, unit));
}

export function gateOperand(view: CellView, gate: number, unit: number): Expression {
  const { trace, t } = view;
  return operand(unitName(view, trace.gateNames[gate]!, t, unit), gateAt(view, trace.gates, t, gate, unit));
}

/** What flows back from the next step through W_hh: W_hhᵀ of its gradients at the recurrent sums, term by term. */
export function fromNextTerms(view: CellView, unit: number): Expression[] {
  const { back, weights, keys, trace, H } = view;
  const next = nextStep(view);
  if (back === null || next < 0 || next >= view.T) return [];
  const sums = back.dRecurrentSums ?? back.dInputSums;
  const G = trace.gateNames.length;
  const terms: Expression[] = [];
  for (let gate = 0; gate < G; gate++) {
    for (let j = 0; j < H; j++) {
      const name = `${matrixName(view, 'W_h', gate)}[${view.unitNames[j]}, ${view.unitNames[unit]}]`;
      const weight = operand(name, weights[keys.hh]!.data[rowOf(view, gate, j, H) + unit]!);
      const of = recurrentName(view, gate);
      terms.push(product(weight, operand(unitName(view, of, next, j), gateAt(view, sums, next, gate, j))));
    }
  }
  return terms;
}

/** `da`, with gates `da_i`: the gradient at a gate's pre-activation. */
export function inputName({ trace }: CellView, gate: number): string {
  return trace.gateNames.length === 1 ? 'da' : `da_${trace.gateNames[gate]}`;
}

/** The gradient at W_hh h₋ + b_hh of a gate: the same, but for a GRU's n, where r lies between. */
export function recurrentName(view: CellView, gate: number): string {
  const apart = view.back?.dRecurrentSums && view.trace.gateNames[gate] === 'n';
  return apart ? 'r·da_n' : inputName(view, gate);
}

/** The sum of some terms; of none it is 0. */
export const total = (terms: readonly Expression[]): Expression => sum(...terms);
