/** How the numbers of each cell come about, forward and backward: the one list for all cells. Pure. */
import type { CellName } from '../../../../engine/model/spec.ts';
import {
  apply,
  constant,
  difference,
  type Expression,
  type FunctionName,
  operand,
  product,
  sum,
} from '../numbers/expression.ts';
import {
  type CellView,
  fromNextTerms,
  gateAt,
  gateOperand,
  inputTerms,
  nextStep,
  previousStep,
  recurrentTerms,
  stateAt,
  stateOperand,
  total,
  unitName,
} from './cell-view.ts';

export interface CellStory {
  /** PyTorch's names of the gates in packed order; the plain cell's only one is h itself. */
  gates: readonly string[];
  /** What a gate's pre-activation goes through. */
  activation(view: CellView, gate: number): FunctionName;
  /** A gate's pre-activation. */
  preActivation(view: CellView, gate: number, unit: number): Expression;
  /** States that are made of the gates, in the order of computation; the plain cell's gate is h itself. */
  states: readonly {
    name: 'c' | 'h';
    /** Gates and states by their names (`c₋`: of the step before), with the signs between them. */
    layout: readonly string[];
    expression(view: CellView, unit: number): Expression;
  }[];
  /** The gate that a gate's recurrent half is multiplied by; null: there is none. */
  resetGate(gate: number): number | null;
  /** What leads from dh to the gradient of each gate, in words of the cell: `dc ∘ g`. */
  gateEquations: readonly string[];
  /** ∂L/∂gate. */
  dGate(view: CellView, gate: number, unit: number): Expression;
  /** What of dh₋ does not go through W_hh; null: nothing does. */
  beside: { equation: string; expression(view: CellView, unit: number): Expression } | null;
  /** For a cell with c: ∂L/∂c_t and what of it reaches c₋. */
  cell: {
    fromH(view: CellView, unit: number): Expression;
    previous(view: CellView, unit: number): Expression;
  } | null;
}

const one = constant(1);
const squared = (of: Expression) => apply('square', of);
const bothSums = (view: CellView, gate: number, unit: number) =>
  total([...inputTerms(view, gate, unit), ...recurrentTerms(view, gate, unit)]);
const dhOf = (view: CellView, unit: number) =>
  operand(unitName(view, 'dh', view.t, unit), stateAt(view, view.back!.dh, view.t, unit));
const dcOf = (view: CellView, unit: number) =>
  operand(unitName(view, 'dc', view.t, unit), stateAt(view, view.back!.dc!, view.t, unit));
const cOf = (view: CellView, unit: number) => stateOperand(view, 'c', view.trace.c!, view.t, unit);
const before = (view: CellView, quantity: 'h' | 'c', unit: number) => {
  const column = quantity === 'h' ? view.trace.hPrevious : view.trace.cPrevious!;
  return stateOperand(view, quantity, column, view.t, unit, previousStep(view));
};
/** In PyTorch's order: i f g o. */
const lstm = { i: 0, f: 1, g: 2, o: 3 };
/** In PyTorch's order: r z n. */
const gru = { r: 0, z: 1, n: 2 };

export const cellStories = {
  rnn: {
    gates: ['h'],
    activation: ({ nonlinearity }) => nonlinearity,
    preActivation: bothSums,
    states: [],
    resetGate: () => null,
    gateEquations: ['dh'],
    dGate: (view, _, unit) => dhOf(view, unit),
    beside: null,
    cell: null,
  },
  lstm: {
    gates: ['i', 'f', 'g', 'o'],
    activation: (_, gate) => (gate === lstm.g ? 'tanh' : 'sigmoid'),
    preActivation: bothSums,
    states: [
      {
        name: 'c',
        layout: ['f', '∘', 'c₋', '+', 'i', '∘', 'g'],
        expression: (view, unit) =>
          sum(
            product(gateOperand(view, lstm.f, unit), before(view, 'c', unit)),
            product(gateOperand(view, lstm.i, unit), gateOperand(view, lstm.g, unit)),
          ),
      },
      {
        name: 'h',
        layout: ['o', '∘ tanh', 'c'],
        expression: (view, unit) => product(gateOperand(view, lstm.o, unit), apply('tanh', cOf(view, unit))),
      },
    ],
    resetGate: () => null,
    gateEquations: ['dc ∘ g', 'dc ∘ c₋', 'dc ∘ i', 'dh ∘ tanh(c)'],
    dGate: (view, gate, unit) => {
      const factors = [
        () => gateOperand(view, lstm.g, unit),
        () => before(view, 'c', unit),
        () => gateOperand(view, lstm.i, unit),
        () => apply('tanh', cOf(view, unit)),
      ];
      return product(gate === lstm.o ? dhOf(view, unit) : dcOf(view, unit), factors[gate]!());
    },
    beside: null,
    cell: {
      fromH: (view, unit) =>
        product(
          dhOf(view, unit),
          gateOperand(view, lstm.o, unit),
          difference(one, squared(apply('tanh', cOf(view, unit)))),
        ),
      previous: (view, unit) => product(dcOf(view, unit), gateOperand(view, lstm.f, unit)),
    },
  },
  gru: {
    gates: ['r', 'z', 'n'],
    activation: (_, gate) => (gate === gru.n ? 'tanh' : 'sigmoid'),
    preActivation: (view, gate, unit) =>
      gate === gru.n
        ? sum(
            ...inputTerms(view, gate, unit),
            product(gateOperand(view, gru.r, unit), total(recurrentTerms(view, gate, unit))),
          )
        : bothSums(view, gate, unit),
    states: [
      {
        name: 'h',
        layout: ['(1 −', 'z', ') ∘', 'n', '+', 'z', '∘', 'h₋'],
        expression: (view, unit) =>
          sum(
            product(difference(one, gateOperand(view, gru.z, unit)), gateOperand(view, gru.n, unit)),
            product(gateOperand(view, gru.z, unit), before(view, 'h', unit)),
          ),
      },
    ],
    resetGate: (gate) => (gate === gru.n ? gru.r : null),
    gateEquations: ['da_n ∘ (W_hn h₋ + b_hn)', 'dh ∘ (h₋ − n)', 'dh ∘ (1 − z)'],
    dGate: (view, gate, unit) => {
      if (gate === gru.r) {
        const dn = gateAt(view, view.back!.dInputSums, view.t, gru.n, unit);
        return product(
          operand(unitName(view, 'da_n', view.t, unit), dn),
          total(recurrentTerms(view, gru.n, unit)),
        );
      }
      const factor =
        gate === gru.z
          ? difference(before(view, 'h', unit), gateOperand(view, gru.n, unit))
          : difference(one, gateOperand(view, gru.z, unit));
      return product(dhOf(view, unit), factor);
    },
    beside: {
      equation: 'dh ∘ z',
      expression: (view, unit) => product(dhOf(view, unit), gateOperand(view, gru.z, unit)),
    },
    cell: null,
  },
} satisfies Record<CellName, CellStory>;

/** The slope of what a gate goes through, by the gate's own value. */
export function slope(view: CellView, story: CellStory, gate: number, unit: number): Expression {
  const value = gateOperand(view, gate, unit);
  switch (story.activation(view, gate)) {
    case 'tanh':
      return difference(one, squared(value));
    case 'sigmoid':
      return product(value, difference(one, value));
    default:
      // The slope of a ReLU is 1 above the bend and 0 below it.
      return constant(gateAt(view, view.trace.gates, view.t, gate, unit) > 0 ? 1 : 0);
  }
}

/** What arrives at dh_t from the next step: through W_hh and, in a GRU, past it. */
export function fromNext(view: CellView, story: CellStory, unit: number): Expression[] {
  const next = nextStep(view);
  if (next < 0 || next >= view.T) return [];
  const there = { ...view, t: next };
  return [...fromNextTerms(view, unit), ...(story.beside ? [story.beside.expression(there, unit)] : [])];
}

/** The names of what can be chosen in a forward step: the gates, then the states made of them. */
export function forwardParts({ trace }: Pick<CellView, 'trace'>, story: CellStory): string[] {
  return [...trace.gateNames, ...story.states.map(({ name }) => name)];
}

/** A part of a forward step, and the way it comes about. */
export function forwardPart(view: CellView, story: CellStory, part: string, unit: number) {
  const gate = view.trace.gateNames.indexOf(part);
  if (gate !== -1) {
    return {
      name: unitName(view, part, view.t, unit),
      value: gateAt(view, view.trace.gates, view.t, gate, unit),
      expression: apply(story.activation(view, gate), story.preActivation(view, gate, unit)),
    };
  }
  const state = story.states.find(({ name }) => name === part)!;
  const column = part === 'c' ? view.trace.c! : view.trace.h;
  return {
    name: unitName(view, part, view.t, unit),
    value: stateAt(view, column, view.t, unit),
    expression: state.expression(view, unit),
  };
}
