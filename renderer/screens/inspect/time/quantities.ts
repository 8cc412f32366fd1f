/** What a cell computes at every step, as strips over time, each number with how it comes about. Pure. */
import type { ModelSpec } from '../../../../engine/model/spec.ts';
import type { DirectionTrace } from '../../../../engine/questions.ts';
import type { TermName } from '../../../text/terms.ts';
import type { TextKey } from '../../../text/text.svelte.ts';
import {
  apply,
  constant,
  difference,
  type Expression,
  operand,
  product,
  sum,
} from '../numbers/expression.ts';
import { type NumberScale, scaleOf, subscript } from '../numbers/number-scale.ts';

/** A state, a gate or a sum of every unit at every step. */
export interface Quantity {
  /** `h`, `c`, a gate by PyTorch's name; of the plain cell also `a`, `slope`, `in`, `rec`. */
  what: string;
  symbol: string;
  title: TextKey;
  term: TermName;
  /** With ∘ for products unit by unit. */
  formula: string;
  scale: NumberScale;
  value(t: number, unit: number): number;
  /** `c₁₄[12]` */
  name(t: number, unit: number): string;
  expression(t: number, unit: number): Expression;
}

/** What the title, card and formula of a quantity are; the formula of a state depends on the cell. */
const words = {
  h: { title: 'inspect_time_h', term: 'inspect_time_h' },
  c: { title: 'inspect_time_c', term: 'inspect_time_c' },
  i: { title: 'inspect_time_i', term: 'inspect_time_gate' },
  f: { title: 'inspect_time_f', term: 'inspect_time_gate' },
  o: { title: 'inspect_time_o', term: 'inspect_time_gate' },
  g: { title: 'inspect_time_g', term: 'inspect_time_candidate' },
  r: { title: 'inspect_time_r', term: 'inspect_time_gate' },
  z: { title: 'inspect_time_z', term: 'inspect_time_gate' },
  n: { title: 'inspect_time_n', term: 'inspect_time_candidate' },
  a: { title: 'inspect_time_a', term: 'inspect_time_a' },
  in: { title: 'inspect_time_in', term: 'inspect_time_in' },
  rec: { title: 'inspect_time_rec', term: 'inspect_time_rec' },
  slope: { title: 'inspect_time_slope', term: 'inspect_time_slope' },
} as const satisfies Record<string, { title: TextKey; term: TermName }>;

export type QuantityName = keyof typeof words;

/** The strips of each cell, row by row in two columns; the plain cell's second is left to the probabilities. */
export const strips = {
  rnn: ['h', null, 'a', 'slope', 'in', 'rec'],
  gru: ['h', 'n', 'z', 'r'],
  lstm: ['c', 'h', 'f', 'o', 'i', 'g'],
} satisfies Record<ModelSpec['cell'], (QuantityName | null)[]>;

const unit1: NumberScale = { kind: 'diverging', limit: 1 };
const share: NumberScale = { kind: 'sequential', limit: 1 };

/** All quantities of one direction, by their names. */
export class DirectionQuantities {
  readonly #trace: DirectionTrace;
  readonly #model: ModelSpec;
  readonly #unitNames: readonly string[];
  readonly steps: number;
  readonly units: number;

  constructor(trace: DirectionTrace, model: ModelSpec, unitNames: readonly string[]) {
    this.#trace = trace;
    this.#model = model;
    this.#unitNames = unitNames;
    this.units = model.hiddenSize;
    this.steps = trace.h.length / model.hiddenSize;
  }

  get(what: QuantityName): Quantity {
    const { title, term } = words[what];
    return {
      ...{
        what,
        symbol: this.#symbol(what),
        title,
        term,
        formula: this.#formula(what),
        scale: this.#scale(what),
      },
      value: (t, unit) => this.#value(what, t, unit),
      name: (t, unit) => this.#name(what, t, unit),
      expression: (t, unit) => this.#expression(what, t, unit),
    };
  }

  #symbol(what: QuantityName): string {
    if (what === 'in') return this.#inputText('', 'ih', 'x_t');
    if (what === 'rec') return this.#inputText('', 'hh', 'h_t₋₁');
    return what === 'slope' ? (this.#isRelu ? 'a > 0' : '1 − h²') : what;
  }

  #formula(what: QuantityName): string {
    const { cell } = this.#model;
    switch (what) {
      case 'h':
        if (cell === 'lstm') return 'o ∘ tanh(c)';
        return cell === 'gru' ? '(1 − z) ∘ n + z ∘ h_t₋₁' : this.#isRelu ? 'relu(a)' : 'tanh(a)';
      case 'c':
        return 'f ∘ c_t₋₁ + i ∘ g';
      case 'n':
      case 'g':
        return 'tanh(…)';
      case 'a':
        return 'W_ih x + W_hh h_t₋₁ + b';
      case 'in':
      case 'rec':
      case 'slope':
        return '';
      default:
        return 'σ(…)';
    }
  }

  #scale(what: QuantityName): NumberScale {
    const { c, h, inputSums, recurrentSums, preActivations } = this.#trace;
    switch (what) {
      case 'h':
        return this.#isRelu ? scaleOf('diverging', h) : unit1;
      case 'c':
        return scaleOf('diverging', c!);
      case 'g':
      case 'n':
        return unit1;
      case 'a':
        return scaleOf('diverging', preActivations);
      // One scale for both, since they add up.
      case 'in':
      case 'rec':
        return scaleOf('diverging', inputSums, recurrentSums);
      default:
        return share;
    }
  }

  #value(what: QuantityName, t: number, unit: number): number {
    const { units: H } = this;
    const { c, h, gates, gateNames, inputSums, recurrentSums, preActivations } = this.#trace;
    const at = t * H + unit;
    switch (what) {
      case 'h':
        return h[at]!;
      case 'c':
        return c![at]!;
      case 'a':
        return preActivations[at]!;
      case 'in':
        return inputSums[at]!;
      case 'rec':
        return recurrentSums[at]!;
      case 'slope':
        return this.#isRelu ? Number(preActivations[at]! > 0) : 1 - h[at]! ** 2;
      default:
        return gates[(t * gateNames.length + gateNames.indexOf(what)) * H + unit]!;
    }
  }

  #expression(what: QuantityName, t: number, unit: number): Expression {
    const at = (name: QuantityName) => operand(this.#name(name, t, unit), this.#value(name, t, unit));
    switch (what) {
      case 'h':
        if (this.#model.cell === 'lstm') return product(at('o'), apply('tanh', at('c')));
        if (this.#model.cell === 'gru') {
          return sum(
            product(difference(constant(1), at('z')), at('n')),
            product(at('z'), this.#before('h', t, unit)),
          );
        }
        return apply(this.#isRelu ? 'relu' : 'tanh', sum(...this.#sums(0, t, unit)));
      case 'c':
        return sum(product(at('f'), this.#before('c', t, unit)), product(at('i'), at('g')));
      case 'a':
        return sum(...this.#sums(0, t, unit));
      case 'in':
        return this.#sums(0, t, unit)[0];
      case 'rec':
        return this.#sums(0, t, unit)[1];
      case 'slope':
        return this.#isRelu
          ? constant(this.#value('slope', t, unit))
          : difference(constant(1), apply('square', at('h')));
      case 'n': {
        const [ofInput, ofState] = this.#sums(this.#trace.gateNames.indexOf('n'), t, unit);
        return apply('tanh', sum(ofInput, product(at('r'), ofState)));
      }
      case 'g':
        return apply('tanh', sum(...this.#sums(this.#trace.gateNames.indexOf('g'), t, unit)));
      default:
        return apply('sigmoid', sum(...this.#sums(this.#trace.gateNames.indexOf(what), t, unit)));
    }
  }

  /** W_ih x + b_ih and W_hh h₋ + b_hh of one gate's unit. */
  #sums(gate: number, t: number, unit: number): [Expression, Expression] {
    const { gateNames, inputSums, recurrentSums } = this.#trace;
    const at = (t * gateNames.length + gate) * this.units + unit;
    const letter = this.#model.cell === 'rnn' ? '' : gateNames[gate]!;
    return [
      operand(this.#sumName(letter, 'ih', `x${subscript(t + 1)}`, unit), inputSums[at]!),
      operand(this.#sumName(letter, 'hh', this.#beforeName('h', t), unit), recurrentSums[at]!),
    ];
  }

  #sumName(letter: string, side: 'ih' | 'hh', of: string, unit: number): string {
    return `(${this.#inputText(letter, side, of)})[${this.#unitName(unit)}]`;
  }

  /** As in PyTorch's formulas: `W_ih x + b_ih` of the plain cell, `W_if x + b_if` of a forget gate. */
  #inputText(letter: string, side: 'ih' | 'hh', of: string): string {
    const name = letter === '' ? side : `${side === 'ih' ? 'i' : 'h'}${letter}`;
    return `W_${name} ${of}${this.#model.bias ? ` + b_${name}` : ''}`;
  }

  /** The state that the step went on from. */
  #before(state: 'h' | 'c', t: number, unit: number): Expression {
    const values = state === 'h' ? this.#trace.hPrevious : this.#trace.cPrevious!;
    return operand(`${this.#beforeName(state, t)}[${this.#unitName(unit)}]`, values[t * this.units + unit]!);
  }

  #beforeName(state: 'h' | 'c', t: number): string {
    const from = this.#trace.reverse ? (t === this.steps - 1 ? 0 : t + 2) : t;
    return `${state}${subscript(from)}`;
  }

  #name(what: QuantityName, t: number, unit: number): string {
    switch (what) {
      case 'in':
        return this.#sumName('', 'ih', `x${subscript(t + 1)}`, unit);
      case 'rec':
        return this.#sumName('', 'hh', this.#beforeName('h', t), unit);
      case 'slope':
        return `∂h${subscript(t + 1)}/∂a${subscript(t + 1)}[${this.#unitName(unit)}]`;
      default:
        return `${what}${subscript(t + 1)}[${this.#unitName(unit)}]`;
    }
  }

  #unitName(unit: number): string {
    return this.#unitNames[unit] ?? String(unit);
  }

  get #isRelu(): boolean {
    return this.#model.cell === 'rnn' && this.#model.nonlinearity === 'relu';
  }
}

/** What `unit` can be asked of a cell, in the order of its choice. */
export const unitQuantities = {
  rnn: ['h'],
  gru: ['h', 'r', 'z', 'n'],
  lstm: ['h', 'c', 'i', 'f', 'g', 'o'],
} satisfies Record<ModelSpec['cell'], QuantityName[]>;

/** The quantities whose sums tell how a unit's quantity came about, the chosen one first. */
export function storyOf(cell: ModelSpec['cell'], what: QuantityName): QuantityName[] {
  switch (cell) {
    case 'rnn':
      return what === 'h' ? ['h', 'slope'] : [what, 'h'];
    case 'gru':
      return what === 'h' ? ['h', 'n'] : [what, 'h'];
    case 'lstm':
      return what === 'h' || what === 'c' ? ['c', 'h'] : [what, what === 'o' ? 'h' : 'c'];
  }
}
