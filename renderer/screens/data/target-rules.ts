import type { DraftRow } from '../../../engine/data/draft.ts';
import { applyTargetRule, type TargetRule as EngineRule } from '../../../engine/data/makers/target-rules.ts';
import { joinTokens, splitTokens } from '../../../engine/data/tokens.ts';
import type { TokenUnit } from '../../../engine/model/experiment.ts';

/** A rule that rows can be recognised to follow. */
export type TargetRule = 'reverse' | 'copy' | 'upper' | 'sort' | 'rotate';

const rules: Record<TargetRule, EngineRule> = {
  reverse: { kind: 'reverse' },
  copy: { kind: 'copy' },
  upper: { kind: 'upper' },
  sort: { kind: 'sort' },
  rotate: { kind: 'shift', by: 1 },
};

/**
 * The rule that most of these rows follow: at least two rows and at least half. null where no rule does, or
 * two rules are equally frequent.
 */
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
  return joinTokens(applyTargetRule(rules[rule], splitTokens(input, unit)), unit);
}
