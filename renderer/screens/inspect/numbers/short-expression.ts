/** Long sums, cut to what can be read. Pure. */
import { type Expression, evaluate, operand } from './expression.ts';

/** A sum with more terms than this is folded. */
export const mostTerms = 8;
/** Terms that a folded sum keeps: those of largest absolute value, in their own order. */
const keptTerms = 5;

export interface FoldedSum {
  /** The terms that are shown, in order. */
  shown: readonly Expression[];
  /** How many are not, and what they add up to. */
  more: number;
  rest: number;
}

export function foldTerms(terms: readonly Expression[], open = false): FoldedSum {
  if (open || terms.length <= mostTerms) return { shown: terms, more: 0, rest: 0 };
  const largest = new Set(
    terms
      .map((term, i) => ({ i, size: Math.abs(evaluate(term)) }))
      .sort((a, b) => b.size - a.size || a.i - b.i)
      .slice(0, keptTerms)
      .map(({ i }) => i),
  );
  const rest = terms.reduce((total, term, i) => (largest.has(i) ? total : total + evaluate(term)), 0);
  return { shown: terms.filter((_, i) => largest.has(i)), more: terms.length - keptTerms, rest };
}

/** The expression with its long sums folded; `more`: how many terms are left out in all. */
export function shortExpression(expression: Expression): { expression: Expression; more: number } {
  let more = 0;
  const short = (one: Expression): Expression => {
    switch (one.kind) {
      case 'operand':
      case 'constant':
        return one;
      case 'sum': {
        const folded = foldTerms(one.terms);
        more += folded.more;
        const rest = folded.more === 0 ? [] : [operand('…', folded.rest)];
        return { kind: 'sum', terms: [...folded.shown.map(short), ...rest] };
      }
      case 'product':
        return { kind: 'product', factors: one.factors.map(short) };
      case 'negative':
        return { kind: 'negative', of: short(one.of) };
      case 'quotient':
        return { kind: 'quotient', of: short(one.of), by: short(one.by) };
      case 'apply':
        return { ...one, of: short(one.of) };
    }
  };
  return { expression: short(expression), more };
}
