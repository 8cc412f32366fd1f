import type { DraftRow } from '../../../engine/data/draft.ts';
import { joinTokens, splitTokens } from '../../../engine/data/tokens.ts';
import { compareCodePoints } from '../../../engine/data/vocabulary.ts';
import type { TokenUnit } from '../../../engine/model/experiment.ts';

/** A rule that makes a target of an input, token for token. */
export type TargetRule = 'reverse' | 'copy' | 'upper' | 'sort' | 'rotate';

const rules: Record<TargetRule, (tokens: string[]) => string[]> = {
  reverse: (tokens) => tokens.toReversed(),
  copy: (tokens) => tokens,
  upper: (tokens) => tokens.map((token) => token.toUpperCase()),
  sort: (tokens) => tokens.toSorted(compareCodePoints),
  rotate: (tokens) => tokens.slice(1).concat(tokens.slice(0, 1)),
};

/** The rule that most of these rows keep, two of them and half at least; null where none does or two do alike. */
export function commonRule(rows: readonly DraftRow[], unit: TokenUnit): TargetRule | null {
  const kept = (Object.keys(rules) as TargetRule[])
    .map((rule) => ({
      rule,
      count: rows.filter(
        (row) => applyRule(rule, row.input, unit) === joinTokens(splitTokens(row.target, unit), unit),
      ).length,
    }))
    .sort((a, b) => b.count - a.count);
  const [best, next] = kept;
  return best!.count >= 2 && best!.count * 2 >= rows.length && best!.count > next!.count ? best!.rule : null;
}

export function applyRule(rule: TargetRule, input: string, unit: TokenUnit): string {
  return joinTokens(rules[rule](splitTokens(input, unit)), unit);
}
