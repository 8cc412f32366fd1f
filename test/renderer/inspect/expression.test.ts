/** How a number comes about, as it is read, copied and computed: all from one expression. */
import fc from 'fast-check';
import { HyperFormula } from 'hyperformula';
import { describe, expect, it } from 'vitest';
import { copyForms, copyText } from '../../../renderer/screens/inspect/numbers/copy.ts';
import {
  apply,
  constant,
  difference,
  type Expression,
  evaluate,
  mass,
  negative,
  numberText,
  operand,
  product,
  pythonName,
  quotient,
  sheetFormula,
  sum,
  symbolText,
  torchLine,
} from '../../../renderer/screens/inspect/numbers/expression.ts';
import { foldTerms, shortExpression } from '../../../renderer/screens/inspect/numbers/short-expression.ts';

/** Computes a formula as a spreadsheet does; the library knows nothing of ours. */
function inSheet(formula: string): unknown {
  const sheet = HyperFormula.buildFromArray([[formula]], {
    licenseKey: 'gpl-v3',
    smartRounding: false,
    precisionRounding: 15,
  });
  const value = sheet.getCellValue({ sheet: 0, row: 0, col: 0 });
  sheet.destroy();
  return value;
}

const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -4, max: 4 });
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  float.map((value) => operand('x', value)),
  float.map(constant),
);
const { tree: expressions } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    leaf,
    fc.array(tie('tree'), { minLength: 1, maxLength: 4 }).map((terms) => sum(...terms)),
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((factors) => product(...factors)),
    tie('tree').map(negative),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => difference(a, b)),
    tie('tree').map((of) => quotient(of, constant(3))),
    fc
      .tuple(fc.constantFrom('tanh', 'sigmoid', 'relu', 'square', 'at most 1'), tie('tree'))
      .map(([name, of]) => apply(name, of)),
  ),
}));

const h = apply(
  'tanh',
  sum(
    product(operand('W_ih[o, l]', Math.fround(0.5592)), operand('x₄', 1)),
    operand('b_ih[o]', Math.fround(0.1962)),
    product(operand('W_hh[o, e]', Math.fround(-0.4397)), operand('h₃[e]', Math.fround(-0.9378))),
    negative(operand('c', Math.fround(0.25))),
  ),
);

describe('an expression', () => {
  it('reads with names, with numbers, as a formula and as a line of PyTorch', () => {
    expect(symbolText(h)).toBe('tanh(W_ih[o, l] · x₄ + b_ih[o] + W_hh[o, e] · h₃[e] − c)');
    expect(numberText(h, 4)).toBe('tanh(0.5592 · 1 + 0.1962 − 0.4397 · −0.9378 − 0.2500)');
    expect(sheetFormula(h)).toBe('=TANH(0.5592*1+0.1962+(-0.4397)*(-0.9378)-0.25)');
    expect(torchLine('h₄[o]', h)).toBe(
      'h_4_o = torch.tanh(torch.tensor(0.5592 * 1 + 0.1962 - 0.4397 * -0.9378 - 0.25, dtype=torch.float64))',
    );
    expect(symbolText(difference(constant(1), apply('square', operand('h', 0.5))))).toBe('1 − h²');
    expect(symbolText(apply('sqrt', operand('v̂', 4)))).toBe('√v̂');
    const settings = [0.9, 1e-8, 100, -0.05, 0.1 + 0.2];
    expect(settings.map((value) => symbolText(constant(value)))).toEqual([
      '0.9',
      '1e−8',
      '100',
      '−0.05',
      '0.3',
    ]);
    expect(pythonName('∂L/∂h₁₂[0]')).toBe('dL_dh_1_2_0');
  });

  it('gives the same number when its formula is pasted into a spreadsheet', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        const value = evaluate(expression);
        const found = inSheet(sheetFormula(expression));
        expect(typeof found, sheetFormula(expression)).toBe('number');
        // A float32 is written with as few digits as tell it apart, to 6e-8 of it.
        expect(Math.abs((found as number) - value)).toBeLessThanOrEqual(1e-6 * mass(expression) + 1e-12);
      }),
      { numRuns: 300 },
    );
  });

  it('is folded to its five largest terms and the rest, which add up to the same', () => {
    fc.assert(
      fc.property(fc.array(float, { minLength: 9, maxLength: 80 }), (values) => {
        const terms = values.map((value, i) => operand(`x[${i}]`, value));
        const { shown, more, rest } = foldTerms(terms);
        expect([shown.length, more]).toEqual([5, values.length - 5]);
        const total = values.reduce((all, value) => all + value, 0);
        expect(evaluate(sum(...shown)) + rest).toBeCloseTo(total, 9);
        const least = Math.min(...shown.map((term) => Math.abs(evaluate(term))));
        const others = terms.filter((term) => !shown.includes(term));
        for (const term of others) expect(Math.abs(evaluate(term))).toBeLessThanOrEqual(least);
        expect(foldTerms(terms, true).more).toBe(0);
        expect(evaluate(shortExpression(sum(...terms)).expression)).toBeCloseTo(total, 9);
      }),
    );
  });
});

describe('a copy', () => {
  const matrix = {
    name: 'W_hh',
    shape: [2, 2],
    values: [Math.fround(0.1), -2, null, Math.fround(1 / 3)],
    expression: (index: number) => (index === 1 ? negative(constant(2)) : undefined),
  };

  it('has every digit and every known formula, in each form', () => {
    expect(copyText('tsv', [matrix])).toBe('0.1\t-2\n\t0.33333334\n');
    expect(copyText('spreadsheet', [matrix])).toBe('=0.1\t=-2\n\t=0.33333334\n');
    expect(JSON.parse(copyText('json', [matrix]))).toEqual({
      W_hh: [
        [0.1, -2],
        [null, 0.33333334],
      ],
    });
    expect(copyText('pytorch', [matrix])).toBe(
      'import torch\n\nW_hh = torch.tensor([[0.1, -2], [float("nan"), 0.33333334]])\n',
    );
    const one = { name: 'h₄[o]', shape: [], values: [0.5], expression: () => h };
    expect(copyText('pytorch', [one])).toContain('h_4_o = torch.tanh(');
    expect(copyForms.every((form) => copyText(form, [matrix, one]).includes('h'))).toBe(true);
  });
});
