/** One optimizer step as the numbers of its rule, each with how it comes about. Pure. */
import type { BatchStory, ParameterUpdate, UpdateQuantity } from '../../../../engine/api.ts';
import {
  apply,
  constant,
  type Expression,
  negative,
  operand,
  product,
  quotient,
  sum,
} from '../numbers/expression.ts';
import type { NumberScale } from '../numbers/number-scale.ts';

/** A number of the rule for one weight; undefined where the rule has none. */
type Known = (quantity: UpdateQuantity) => Expression | undefined;

interface Rule {
  /** As the map is titled. */
  symbol: string;
  kind: NumberScale['kind'];
  /** Under the map, with the settings' numbers. */
  formula(story: BatchStory, update: ParameterUpdate): string;
  /** null: it is what the step begins with. */
  expression(known: Known, story: BatchStory, update: ParameterUpdate): Expression | null;
}

const adam = ({ optimizer }: BatchStory) => ('betas' in optimizer ? optimizer : null);
const momentumOf = ({ optimizer }: BatchStory) => ('momentum' in optimizer ? optimizer.momentum : 0);
/** The gradient that the rule goes on with: clipped and decayed where it is. */
const effective = (known: Known) => known('decayed') ?? known('clipped') ?? known('gradient')!;
const beta = (story: BatchStory, i: 0 | 1) => adam(story)?.betas[i] ?? 0;
const corrected = (story: BatchStory, update: ParameterUpdate, i: 0 | 1) =>
  constant(1 - beta(story, i) ** update.steps);
const figures = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const raised = (count: number) => String(count).replace(/\d/g, (digit) => figures[Number(digit)]!);
const rest = (share: number) => Number((1 - share).toPrecision(12));
const epsOf = ({ optimizer }: BatchStory) => ('eps' in optimizer ? Math.fround(optimizer.eps) : 0);

const rules = {
  value: { symbol: 'θ', kind: 'diverging', formula: () => '', expression: () => null },
  gradient: { symbol: 'g', kind: 'diverging', formula: () => '∂L/∂θ', expression: () => null },
  clipped: {
    symbol: 'g′',
    kind: 'diverging',
    formula: ({ clip }) => `${short(clip)} · g`,
    expression: (known, { clip }) => product(constant(clip), known('gradient')!),
  },
  shrunk: {
    symbol: 'θ(1 − lr λ)',
    kind: 'diverging',
    formula: ({ lr, optimizer }) => `θ · (1 − ${short(lr)} · ${short(optimizer.weightDecay)})`,
    expression: (known, { lr, optimizer }) =>
      product(known('value')!, constant(1 - lr * optimizer.weightDecay)),
  },
  decayed: {
    symbol: 'g + λθ',
    kind: 'diverging',
    formula: ({ optimizer }) => `g + ${short(optimizer.weightDecay)} θ`,
    expression: (known, { optimizer }) =>
      sum(known('clipped') ?? known('gradient')!, product(constant(optimizer.weightDecay), known('value')!)),
  },
  mBefore: { symbol: 'm₋', kind: 'diverging', formula: () => '', expression: () => null },
  vBefore: { symbol: 'v₋', kind: 'sequential', formula: () => '', expression: () => null },
  m: {
    symbol: 'm',
    kind: 'diverging',
    formula: (story) => `${short(beta(story, 0))} m₋ + ${short(rest(beta(story, 0)))} g`,
    expression: (known, story) =>
      sum(
        product(constant(beta(story, 0)), known('mBefore')!),
        product(constant(rest(beta(story, 0))), effective(known)),
      ),
  },
  v: {
    symbol: 'v',
    kind: 'sequential',
    formula: (story) => `${short(beta(story, 1))} v₋ + ${short(rest(beta(story, 1)))} g²`,
    expression: (known, story) =>
      sum(
        product(constant(beta(story, 1)), known('vBefore')!),
        product(constant(rest(beta(story, 1))), apply('square', effective(known))),
      ),
  },
  mHat: {
    symbol: 'm̂',
    kind: 'diverging',
    formula: (story, { steps }) => `m / (1 − ${short(beta(story, 0))}${raised(steps)})`,
    expression: (known, story, update) => quotient(known('m')!, corrected(story, update, 0)),
  },
  vHat: {
    symbol: 'v̂',
    kind: 'sequential',
    formula: (story, { steps }) => `v / (1 − ${short(beta(story, 1))}${raised(steps)})`,
    expression: (known, story, update) => quotient(known('v')!, corrected(story, update, 1)),
  },
  squaresBefore: { symbol: 's₋', kind: 'sequential', formula: () => '', expression: () => null },
  squares: {
    symbol: 's',
    kind: 'sequential',
    formula: ({ optimizer }) => {
      const alpha = 'alpha' in optimizer ? optimizer.alpha : 0;
      return `${short(alpha)} s₋ + ${short(rest(alpha))} g²`;
    },
    expression: (known, { optimizer }) => {
      const alpha = 'alpha' in optimizer ? optimizer.alpha : 0;
      return sum(
        product(constant(alpha), known('squaresBefore')!),
        product(constant(rest(alpha)), apply('square', effective(known))),
      );
    },
  },
  scaled: {
    symbol: 'g / (√s + ε)',
    kind: 'diverging',
    formula: (story) => `g / (√s + ${short(epsOf(story))})`,
    expression: (known, story) =>
      quotient(effective(known), sum(apply('sqrt', known('squares')!), constant(epsOf(story)))),
  },
  bufferBefore: { symbol: 'b₋', kind: 'diverging', formula: () => '', expression: () => null },
  buffer: {
    symbol: 'b',
    kind: 'diverging',
    formula: (story, { steps }) =>
      story.optimizer.name === 'sgd'
        ? steps === 1
          ? 'g'
          : `${short(momentumOf(story))} b₋ + g`
        : `${short(momentumOf(story))} b₋ + g / (√s + ε)`,
    expression: (known, story, { steps }) => {
      const added = known('scaled') ?? effective(known);
      if (story.optimizer.name === 'sgd' && steps === 1) return sum(added);
      return sum(product(constant(momentumOf(story)), known('bufferBefore')!), added);
    },
  },
  direction: {
    symbol: 'g + μ b',
    kind: 'diverging',
    formula: (story) => `g + ${short(momentumOf(story))} b`,
    expression: (known, story) =>
      sum(effective(known), product(constant(momentumOf(story)), known('buffer')!)),
  },
  delta: {
    symbol: 'Δ',
    kind: 'diverging',
    formula: ({ optimizer }) =>
      optimizer.name === 'sgd'
        ? '−lr · g'
        : optimizer.name === 'rmsprop'
          ? '−lr · g / (√s + ε)'
          : '−lr · m̂ / (√v̂ + ε)',
    expression: (known, story) => {
      const lr = constant(story.lr);
      const m = known('mHat');
      if (m) {
        const divisor = sum(apply('sqrt', known('vHat')!), constant(epsOf(story)));
        return negative(product(lr, quotient(m, divisor)));
      }
      const step = known('direction') ?? known('buffer') ?? known('scaled') ?? effective(known);
      return negative(product(lr, step));
    },
  },
  valueAfter: {
    symbol: 'θ′',
    kind: 'diverging',
    formula: () => 'θ + Δ',
    expression: (known) => sum(known('shrunk') ?? known('value')!, known('delta')!),
  },
} satisfies Record<UpdateQuantity, Rule>;

export function ruleOf(quantity: UpdateQuantity): Rule {
  return rules[quantity];
}

/** A number of the rule for the weight at an index; its operands are the numbers computed before it. */
export function updateExpression(
  story: BatchStory,
  update: ParameterUpdate,
  quantity: UpdateQuantity,
  index: number,
): Expression | undefined {
  const known: Known = (name) => {
    const column = update.columns.find((one) => one.quantity === name);
    return column && operand(rules[name].symbol, column.data[index]!);
  };
  return rules[quantity].expression(known, story, update) ?? undefined;
}

/** `0.9`, `1e-8`: a setting's number, short. */
export function short(value: number): string {
  const text =
    value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6)
      ? value.toExponential()
      : String(Number(value.toPrecision(6)));
  return text.replace('e+', 'e').replaceAll('-', '−');
}
