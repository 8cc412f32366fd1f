/**
 * How a number comes about, as data: read-outs, sums, copies and tests are made from the same expression, so
 * that what is shown is what is computed.
 */
import { shortestFloat32 } from '../../../../engine/formats/float32.ts';
import { formatNumber } from '../../../text/format.ts';

export type Expression =
  /** A number that has a name: `W_hh[0, 1]`. */
  | { kind: 'operand'; name: string; value: number }
  | { kind: 'constant'; value: number }
  | { kind: 'sum'; terms: readonly Expression[] }
  | { kind: 'product'; factors: readonly Expression[] }
  | { kind: 'negative'; of: Expression }
  | { kind: 'quotient'; of: Expression; by: Expression }
  | { kind: 'apply'; function: FunctionName; of: Expression };

interface Applied {
  compute(x: number): number;
  /** As it is written in the lab, in a spreadsheet and in PyTorch, with the argument's own text. */
  symbol(x: string): string;
  sheet(x: string): string;
  torch(x: string): string;
}

/** Whether a text is one name or number without a sign, which needs no brackets. */
const isOne = (text: string) => /^[^\s−(]+$/.test(text);

/** The functions of an expression: the one list for all ways of writing them. */
const functions = {
  tanh: {
    compute: Math.tanh,
    symbol: (x) => `tanh(${x})`,
    sheet: (x) => `TANH(${x})`,
    torch: (x) => `torch.tanh(${x})`,
  },
  sigmoid: {
    compute: (x) => 1 / (1 + Math.exp(-x)),
    symbol: (x) => `σ(${x})`,
    sheet: (x) => `1/(1+EXP(-(${x})))`,
    torch: (x) => `torch.sigmoid(${x})`,
  },
  relu: {
    compute: (x) => Math.max(0, x),
    symbol: (x) => `relu(${x})`,
    sheet: (x) => `MAX(0,${x})`,
    torch: (x) => `torch.relu(${x})`,
  },
  exp: {
    compute: Math.exp,
    symbol: (x) => `exp(${x})`,
    sheet: (x) => `EXP(${x})`,
    torch: (x) => `torch.exp(${x})`,
  },
  log: {
    compute: Math.log,
    symbol: (x) => `log(${x})`,
    sheet: (x) => `LN(${x})`,
    torch: (x) => `torch.log(${x})`,
  },
  sqrt: {
    compute: Math.sqrt,
    symbol: (x) => (isOne(x) ? `√${x}` : `√(${x})`),
    sheet: (x) => `SQRT(${x})`,
    torch: (x) => `torch.sqrt(${x})`,
  },
  square: {
    compute: (x) => x * x,
    symbol: (x) => (isOne(x) ? `${x}²` : `(${x})²`),
    sheet: (x) => `POWER(${x},2)`,
    torch: (x) => `torch.square(${x})`,
  },
  'at most 1': {
    compute: (x) => Math.min(1, x),
    symbol: (x) => `min(1, ${x})`,
    sheet: (x) => `MIN(1,${x})`,
    torch: (x) => `torch.clamp(${x}, max=1)`,
  },
} satisfies Record<string, Applied>;

export type FunctionName = keyof typeof functions;

export const operand = (name: string, value: number): Expression => ({ kind: 'operand', name, value });
export const constant = (value: number): Expression => ({ kind: 'constant', value });
export const sum = (...terms: readonly Expression[]): Expression => ({ kind: 'sum', terms });
export const product = (...factors: readonly Expression[]): Expression => ({ kind: 'product', factors });
export const negative = (of: Expression): Expression => ({ kind: 'negative', of });
export const quotient = (of: Expression, by: Expression): Expression => ({ kind: 'quotient', of, by });
export const apply = (name: FunctionName, of: Expression): Expression => ({
  kind: 'apply',
  function: name,
  of,
});
/** a − b. */
export const difference = (a: Expression, b: Expression): Expression => sum(a, negative(b));

/** The value in double precision. */
export function evaluate(expression: Expression): number {
  switch (expression.kind) {
    case 'operand':
    case 'constant':
      return expression.value;
    case 'sum':
      return expression.terms.reduce((total, term) => total + evaluate(term), 0);
    case 'product':
      return expression.factors.reduce((total, factor) => total * evaluate(factor), 1);
    case 'negative':
      return -evaluate(expression.of);
    case 'quotient':
      return evaluate(expression.of) / evaluate(expression.by);
    case 'apply':
      return functions[expression.function].compute(evaluate(expression.of));
  }
}

/**
 * The sum of the absolute values that meet in the expression: rounding errors are in proportion to it. Never
 * less than the size of the value.
 */
export function mass(expression: Expression): number {
  switch (expression.kind) {
    case 'operand':
    case 'constant':
      return Math.abs(expression.value);
    case 'sum':
      return expression.terms.reduce((total, term) => total + mass(term), 0);
    case 'product':
      return expression.factors.reduce((total, factor) => total * mass(factor), 1);
    case 'negative':
      return mass(expression.of);
    case 'quotient':
      return mass(expression.of) / Math.abs(evaluate(expression.by));
    case 'apply':
      return Math.max(Math.abs(evaluate(expression)), mass(expression.of));
  }
}

/** With the names of its operands: `W_ih[o, l] · x₄[l] + b_ih[o]`. */
export function symbolText(expression: Expression): string {
  return written(expression, {
    operand: ({ name }) => name,
    constant: plain,
    times: ' · ',
    apply: (name, x) => functions[name].symbol(x),
  });
}

/** With the numbers of its operands to that many decimals: `0.5592 · 1 + 0.1962`. */
export function numberText(expression: Expression, decimals: number): string {
  return written(expression, {
    operand: ({ value }) => shortNumber(value, decimals),
    constant: plain,
    times: ' · ',
    apply: (name, x) => functions[name].symbol(x),
  });
}

/** With the numbers of some operands and the names of the others. */
export function mixedText(
  expression: Expression,
  decimals: number,
  isNumber: (name: string) => boolean,
): string {
  return written(expression, {
    operand: ({ name, value }) => (isNumber(name) ? shortNumber(value, decimals) : name),
    constant: plain,
    times: ' · ',
    apply: (name, x) => functions[name].symbol(x),
  });
}

/** `=TANH(0.559238*1+0.196239)`: a formula that gives the same number when it is pasted into a spreadsheet. */
export function sheetFormula(expression: Expression): string {
  return `=${written(expression, {
    operand: ({ value }) => digits(value),
    constant: digits,
    times: '*',
    tight: true,
    minus: '-',
    apply: (name, x) => functions[name].sheet(x),
  })}`;
}

/** A line of Python that gives the number as a tensor, in double precision. */
export function torchLine(name: string, expression: Expression): string {
  const number = (value: number) => `torch.tensor(${pythonNumber(value)}, dtype=torch.float64)`;
  const text = written(expression, {
    operand: ({ value }) => pythonNumber(value),
    constant: pythonNumber,
    times: ' * ',
    minus: '-',
    apply: (of, x) => functions[of].torch(/torch\./.test(x) ? x : `torch.tensor(${x}, dtype=torch.float64)`),
  });
  return `${pythonName(name)} = ${isNumber(expression) ? number(evaluate(expression)) : text}`;
}

/** The text of an operand or a constant to that many decimals; whole numbers stay whole. */
export function shortNumber(value: number, decimals: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e6
    ? formatNumber(value, 0)
    : formatNumber(value, decimals);
}

/** All digits of a number in ASCII: as float32 where it is one. */
export function digits(value: number): string {
  if (Number.isFinite(value) && Math.fround(value) === value) return String(shortestFloat32(value));
  return String(value);
}

interface Writing {
  operand(of: { name: string; value: number }): string;
  constant(value: number): string;
  times: string;
  /** Without spaces round + and −. */
  tight?: boolean;
  minus?: '−' | '-';
  apply(name: FunctionName, x: string): string;
}

function written(expression: Expression, writing: Writing): string {
  const { minus = '−', tight = false } = writing;
  const space = tight ? '' : ' ';
  const inner = (one: Expression) => written(one, writing);
  /** A factor, or what a minus or a stroke stands before: in brackets where it is more than one number. */
  const bound = (one: Expression): string => {
    const text = inner(one);
    const isAtom = one.kind === 'apply' || isNumber(one);
    return isAtom && (writing.times !== '*' || !/^-/.test(text)) ? text : `(${text})`;
  };
  switch (expression.kind) {
    case 'operand':
      return writing.operand(expression);
    case 'constant':
      return writing.constant(expression.value);
    case 'sum':
      if (expression.terms.length === 0) return writing.constant(0);
      return expression.terms
        .map((term, i) => {
          const [sign, of] = term.kind === 'negative' ? [minus, term.of] : ['+', term];
          const text =
            of.kind === 'sum' || (sign === minus && of.kind === 'negative') ? bound(of) : inner(of);
          if (i === 0) return sign === minus ? `${minus}${text}` : text;
          // A number below 0 joins with its own sign.
          if (sign === '+' && text.startsWith(minus)) return `${space}${minus}${space}${text.slice(1)}`;
          return `${space}${sign}${space}${text.startsWith(minus) ? `(${text})` : text}`;
        })
        .join('');
    case 'product':
      return expression.factors.map(bound).join(writing.times);
    case 'negative':
      return `${minus}${bound(expression.of)}`;
    case 'quotient':
      return `${bound(expression.of)}${space}/${space}${bound(expression.by)}`;
    case 'apply':
      return writing.apply(expression.function, inner(expression.of));
  }
}

const isNumber = ({ kind }: Expression) => kind === 'operand' || kind === 'constant';
/** A constant as a setting writes it: `0.9`, `5`, `1e−8`. */
function plain(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return String(Number(value.toPrecision(6))).replaceAll('-', '−');
  const text = formatNumber(value, 8);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  if (!Number.isFinite(value)) return `float("${value > 0 ? '' : '-'}inf")`;
  return digits(value);
}

/** `h₄[o]` as a name of Python: `h_4_o`. */
export function pythonName(name: string): string {
  const ascii = name
    .replace(/[₀-₉]/g, (digit) => `_${'₀₁₂₃₄₅₆₇₈₉'.indexOf(digit)}`)
    .replace(/∂/g, 'd')
    .replace(/θ/g, 'theta')
    .replace(/Δ/g, 'delta')
    .replace(/′/g, '_after')
    .replace(/[^\w]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[A-Za-z]/.test(ascii) ? ascii : `v_${ascii}`;
}
