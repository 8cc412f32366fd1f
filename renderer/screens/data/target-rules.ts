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

const ruleNames = Object.keys(rules) as TargetRule[];

/**
 * The rule that most of these rows follow: at least two rows and at least half. null where no rule does, or
 * two rules are equally frequent.
 */
export function commonRule(rows: readonly DraftRow[], unit: TokenUnit): TargetRule | null {
  const kept = ruleNames
    .map((rule) => ({ rule, count: rows.filter((row) => rulesOf(row, unit).includes(rule)).length }))
    .sort((a, b) => b.count - a.count);
  const [best, next] = kept;
  return best!.count >= 2 && best!.count * 2 >= rows.length && best!.count > next!.count ? best!.rule : null;
}

/** The rules of rows are kept, since each edit looks at up to a thousand rows of which it has changed one. */
const followed = { characters: new WeakMap(), spaces: new WeakMap() } satisfies Record<
  TokenUnit,
  WeakMap<DraftRow, readonly TargetRule[]>
>;

function rulesOf(row: DraftRow, unit: TokenUnit): readonly TargetRule[] {
  const known: WeakMap<DraftRow, readonly TargetRule[]> = followed[unit];
  const before = known.get(row);
  if (before) return before;
  const target = joinTokens(splitTokens(row.target, unit), unit);
  const found = ruleNames.filter((rule) => applyRule(rule, row.input, unit) === target);
  known.set(row, found);
  return found;
}

export function applyRule(rule: TargetRule, input: string, unit: TokenUnit): string {
  return joinTokens(applyTargetRule(rules[rule], splitTokens(input, unit)), unit);
}
