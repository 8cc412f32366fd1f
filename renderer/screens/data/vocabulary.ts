import type { Draft, DraftData, DraftRow } from '../../../engine/data/draft.ts';
import type { DraftProblem } from '../../../engine/data/draft-problems.ts';
import { textTokens } from '../../../engine/data/text-tokens.ts';
import type { VocabularySide } from '../../../engine/data/vocabulary-edits.ts';
import type { RowTotals } from '../../state/row-totals.ts';

/**
 * How often each token occurs in the inputs and in the targets, either of the rows in use or of a language
 * model's text.
 */
export function tokenCounts(data: DraftData, totals: RowTotals): Pick<RowTotals, 'input' | 'target'> {
  if (data.task !== 'language-model') return totals;
  if (data.text === '') return { input: totals.input, target: new Map() };
  const tokens = textTokens(data.text, data.tokens);
  // Each token is the target of the one before it, except the first.
  const target = new Map(tokens.counts);
  if (tokens.count > 0) target.set(tokens.token(0), target.get(tokens.token(0))! - 1);
  return { input: tokens.counts, target };
}

export interface UnknownToken {
  token: string;
  /** How often the token occurs, over all rows. */
  count: number;
  /** The id of the first row that contains it. */
  rowId: number;
  rows: number;
}

/** Tokens that rows use and the frozen vocabulary lacks, in order of occurrence. */
export function unknownTokens(
  draft: Draft,
  problems: readonly DraftProblem[],
  side: VocabularySide,
): UnknownToken[] {
  const shared = draft.data.targetVocabulary === null;
  const found = new Map<string, UnknownToken & { seen: Set<number> }>();
  for (const { field, problem, rowId } of problems) {
    if (problem.code !== 'unknown-token' || (!shared && field !== side)) continue;
    const token = String(problem.details.token);
    const known = found.get(token);
    if (known) {
      known.count += 1;
      known.seen.add(rowId);
      known.rows = known.seen.size;
    } else found.set(token, { token, count: 1, rowId, rows: 1, seen: new Set([rowId]) });
  }
  return [...found.values()].map(({ seen: _, ...rest }) => rest);
}

/**
 * The index of a token for a typed text: the token equal to it, else the next one after `from` that
 * contains it, wrapping around the list. −1: there is none.
 */
export function findToken(list: readonly string[], text: string, from: number): number {
  if (text === '') return -1;
  const same = list.indexOf(text);
  if (same !== -1 && same !== from) return same;
  for (let step = 1; step <= list.length; step++) {
    const index = (from + step) % list.length;
    if (list[index]!.includes(text)) return index;
  }
  return -1;
}

/** The number of the row with this id, from 1; null: there is none. */
export function firstRowOf(rows: readonly DraftRow[], id: number): number | null {
  const index = rows.findIndex((row) => row.id === id);
  return index < 0 ? null : index + 1;
}
