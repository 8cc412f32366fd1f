/** What a rule would make of the selected rows: a preview, and the one edit that applies it. Pure. */
import type { Draft, DraftEdit, DraftRow } from '../../../../engine/data/draft.ts';
import type { DraftProblem, DraftVocabulary } from '../../../../engine/data/draft-problems.ts';
import {
  applyTargetRule,
  checkTargetRule,
  makeTarget,
  type TargetRule,
} from '../../../../engine/data/makers/target-rules.ts';
import { joinTokens, splitTokens } from '../../../../engine/data/tokens.ts';
import type { Problem } from '../../../../engine/errors.ts';
import type { TokenUnit } from '../../../../engine/model/experiment.ts';

export type RuleKind = TargetRule['kind'];

/** In the order of the panel. */
export const ruleKinds = [
  'copy',
  'reverse',
  'upper',
  'sort',
  'shift',
  'next',
  'delay',
] as const satisfies readonly RuleKind[];

/** In mathematical notation, t from 1. */
export const ruleFormulas: Record<RuleKind, string> = {
  copy: 'y_t = x_t',
  reverse: 'y_t = x_{T+1−t}',
  upper: 'y_t = upper(x_t)',
  sort: 'y = sort(x)',
  shift: 'y_t = x_{t+by}',
  next: 'y_t = x_{t+1}',
  delay: 'y_t = x_{t−by}',
};

/** The fields of all rules; each rule uses its own. */
export interface RuleFields {
  kind: RuleKind;
  shiftBy: number;
  delayBy: number;
  end: string;
  fill: string;
}

export const firstRuleFields: RuleFields = { kind: 'reverse', shiftBy: 1, delayBy: 2, end: '.', fill: '.' };

export function ruleOf({ kind, shiftBy, delayBy, end, fill }: RuleFields): TargetRule {
  switch (kind) {
    case 'shift':
      return { kind, by: shiftBy };
    case 'delay':
      return { kind, by: delayBy, fill };
    case 'next':
      return { kind, end };
    default:
      return { kind };
  }
}

/** The result of the rule for `bead`, in tokens of either unit; null while the rule is not valid. */
export function ruleSample(rule: TargetRule, unit: TokenUnit): string | null {
  if (checkTargetRule(rule, unit).length > 0) return null;
  return joinTokens(applyTargetRule(rule, ['b', 'e', 'a', 'd']), unit);
}

/** The rows that get targets: all, those whose target is incomplete, or those chosen in the grid. */
export type RowsMeant = 'all' | 'incomplete' | 'selected';

/** The ids of rows that lack a target, or whose target has another length than the input. */
export function incompleteRows(problems: readonly DraftProblem[]): ReadonlySet<number> {
  return new Set(
    problems
      .filter(({ problem: { code } }) => code === 'unequal-length' || code === 'empty-target')
      .map(({ rowId }) => rowId),
  );
}

export interface MadeTarget {
  row: DraftRow;
  /** The row's number, from 1. */
  place: number;
  input: string[];
  target: string[];
  /** Which tokens of the target differ from the old target. */
  changed: boolean[];
}

/**
 * The first few rows that the rule applies to. Where the rule cannot make a target, its problem is given
 * instead.
 */
export function previewTargets(
  rows: readonly { row: DraftRow; place: number }[],
  rule: TargetRule,
  unit: TokenUnit,
): (MadeTarget | { row: DraftRow; place: number; problem: Problem })[] {
  return rows.map(({ row, place }) => {
    const made = makeTarget(row.input, rule, unit);
    if (!made.ok) return { row, place, problem: made.problems[0]! };
    const before = splitTokens(row.target, unit);
    const target = splitTokens(made.value, unit);
    const changed = target.map((token, t) => token !== before[t]);
    return { row, place, input: splitTokens(row.input, unit), target, changed };
  });
}

/**
 * Tokens that the rule would add to the targets' vocabulary, in order of occurrence. They are computed from
 * the inputs' tokens, not from the rows, of which there may be 100,000.
 */
export function newTokens(
  rule: TargetRule,
  inputTokens: Iterable<string>,
  { targetVocabulary }: DraftVocabulary,
): string[] {
  const known = new Set(targetVocabulary);
  const made = new Set<string>();
  for (const token of inputTokens) made.add(rule.kind === 'upper' ? token.toUpperCase() : token);
  if (rule.kind === 'next') made.add(rule.end);
  if (rule.kind === 'delay' && rule.by > 0) made.add(rule.fill);
  return [...made].filter((token) => !known.has(token));
}

export interface TargetsMade {
  edit: DraftEdit;
  count: number;
  /** The rows for which the rule can make no target; they stay unchanged. */
  left: { place: number; problem: Problem }[];
}

/** The one edit that gives these rows their targets. Rows without a note get `note`. */
export function makeTargetsEdit(
  draft: Draft,
  meant: (row: DraftRow) => boolean,
  rule: TargetRule,
  note: string,
): TargetsMade {
  const left: TargetsMade['left'] = [];
  const changes: Extract<DraftEdit, { kind: 'rows.change' }>['rows'] = [];
  draft.rows.forEach((row, index) => {
    if (!meant(row) || row.input === '') return;
    const made = makeTarget(row.input, rule, draft.data.tokens);
    if (!made.ok) left.push({ place: index + 1, problem: made.problems[0]! });
    else if (made.value !== row.target) {
      changes.push({ id: row.id, target: made.value, ...(row.note === '' ? { note } : {}) });
    }
  });
  return { edit: { kind: 'rows.change', rows: changes }, count: changes.length, left };
}
