import type { Draft, DraftEdit, DraftRow } from '../../../engine/data/draft.ts';
import type { DraftProblem } from '../../../engine/data/draft-problems.ts';
import { joinTokens, splitTokens } from '../../../engine/data/tokens.ts';
import { addTokens } from '../../../engine/data/vocabulary-edits.ts';
import type { EditLabel } from '../../../main/api.ts';
import { problemKey } from '../../state/row-checks.ts';
import type { TextKey, TextValues } from '../../text/text.svelte.ts';
import { applyRule, commonRule, type TargetRule } from './target-rules.ts';

/** A fix of one problem: one press, one undo step. */
export interface Fix {
  key: TextKey;
  values: TextValues;
  edit: DraftEdit;
  label: EditLabel;
}

export interface ListedProblem {
  rowId: number;
  /** The row's number, from 1. */
  row: number;
  found: DraftProblem;
  fix: Fix | null;
}

/**
 * The problems as listed under the grid: one for each row and token, at most `limit`, each with its fix if
 * there is one.
 */
export function listProblems(
  draft: Draft,
  problems: readonly DraftProblem[],
  vocabulary: { vocabulary: string[]; targetVocabulary: string[] },
  limit: number,
  rule = ruleOfOthers(draft, new Set(problems.map(({ rowId }) => rowId))),
): ListedProblem[] {
  const first = new Map<string, DraftProblem>();
  for (const found of problems) {
    if (first.size >= limit) break;
    const once = problemKey(found);
    if (!first.has(once)) first.set(once, found);
  }
  const places = placesOf(draft.rows, new Set([...first.values()].map(({ rowId }) => rowId)));
  const listed: ListedProblem[] = [];
  for (const found of first.values()) {
    const index = places.get(found.rowId);
    if (index === undefined) continue;
    const row = draft.rows[index]!;
    listed.push({
      rowId: row.id,
      row: index + 1,
      found,
      fix: fixOf(draft, row, index + 1, found, rule, vocabulary),
    });
  }
  return listed;
}

/** The indices of these rows, by their ids; only these, since there can be 100,000 rows. */
function placesOf(rows: readonly DraftRow[], ids: ReadonlySet<number>): Map<number, number> {
  const places = new Map<number, number>();
  for (let index = 0; index < rows.length && places.size < ids.size; index++) {
    if (ids.has(rows[index]!.id)) places.set(rows[index]!.id, index);
  }
  return places;
}

/** The rule that the first thousand rows without a problem follow, in a mapping; null: none. */
export function ruleOfOthers(draft: Draft, wrong: { has(rowId: number): boolean }): TargetRule | null {
  if (draft.data.task !== 'mapping') return null;
  const right: DraftRow[] = [];
  for (const row of draft.rows) {
    if (right.length === 1000) break;
    if (!wrong.has(row.id) && row.input !== '') right.push(row);
  }
  return commonRule(right, draft.data.tokens);
}

function fixOf(
  draft: Draft,
  row: DraftRow,
  place: number,
  { problem, field }: DraftProblem,
  rule: TargetRule | null,
  shown: { vocabulary: string[]; targetVocabulary: string[] },
): Fix | null {
  const unit = draft.data.tokens;
  const change = (
    patch: { input: string } | { target: string },
    key: string,
  ): Pick<Fix, 'edit' | 'label'> => ({
    edit: { kind: 'rows.change', rows: [{ id: row.id, ...patch }] },
    label: { key, values: { row: place } },
  });
  switch (problem.code) {
    case 'unknown-token': {
      const token = String(problem.details.token);
      const side = field === 'target' && shown.targetVocabulary !== shown.vocabulary ? 'target' : 'input';
      const list = side === 'target' ? shown.targetVocabulary : shown.vocabulary;
      return {
        key: 'data_fix_add_token',
        values: { token, index: list.length },
        edit: addTokens(draft, side, [token], shown),
        label: { key: 'edit_token_added', values: { token } },
      };
    }
    case 'unequal-length':
    case 'empty-target': {
      if (draft.data.task === 'mapping' && rule) {
        const target = applyRule(rule, row.input, unit);
        return { key: 'data_fix_fill', values: { target }, ...change({ target }, 'edit_row_target') };
      }
      if (problem.code === 'empty-target') return null;
      const input = splitTokens(row.input, unit);
      const target = splitTokens(row.target, unit);
      const n = Math.min(input.length, target.length);
      if (n === 0) return null;
      return input.length > n
        ? {
            key: 'data_fix_cut_input',
            values: { count: n },
            ...change({ input: joinTokens(input.slice(0, n), unit) }, 'edit_row_input'),
          }
        : {
            key: 'data_fix_cut_target',
            values: { count: n },
            ...change({ target: joinTokens(target.slice(0, n), unit) }, 'edit_row_target'),
          };
    }
    case 'empty-input':
      return {
        key: 'data_fix_delete',
        values: {},
        edit: { kind: 'rows.remove', ids: [row.id] },
        label: { key: 'edit_row_removed', values: { row: place } },
      };
    default:
      return null;
  }
}
