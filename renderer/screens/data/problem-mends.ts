import type { Draft, DraftEdit, DraftRow } from '../../../engine/data/draft.ts';
import type { DraftProblem, DraftVocabulary } from '../../../engine/data/draft-problems.ts';
import { joinTokens, splitTokens } from '../../../engine/data/tokens.ts';
import { addTokens as addTokensTo } from '../../../engine/data/vocabulary-edits.ts';
import type { EditLabel } from '../../../main/api.ts';
import type { TextKey, TextValues } from '../../text/text.svelte.ts';
import { applyRule, type TargetRule } from './target-rules.ts';
import { unknownTokens } from './vocabulary.ts';

/** A fix for every problem of a kind: one press, one undo step. */
export interface Mend {
  key: TextKey;
  values: TextValues & { count: number };
  /** The edit is made only when the button is pressed, since there can be 100,000 rows. */
  edit: () => DraftEdit;
  label: EditLabel;
}

/** The fixes for kinds that occur at least twice. `rule` is the rule that the other rows follow, if any. */
export function mendsOfKinds(
  draft: Draft,
  problems: readonly DraftProblem[],
  shown: DraftVocabulary,
  rule: TargetRule | null,
): Mend[] {
  const unequal = rowsWith(problems, ['unequal-length', 'empty-target']);
  const empty = rowsWith(problems, ['empty-input']);
  const all = [
    addTokens(draft, problems, shown),
    draft.data.task !== 'mapping' ? null : rule ? fill(draft, unequal, rule) : cut(draft, problems),
    removal(empty),
  ];
  return all.filter((mend) => mend !== null && mend.values.count > 1) as Mend[];
}

function rowsWith(problems: readonly DraftProblem[], codes: readonly string[]): Set<number> {
  return new Set(problems.filter(({ problem }) => codes.includes(problem.code)).map(({ rowId }) => rowId));
}

/** Adds every token that rows use and a frozen vocabulary lacks, of inputs and targets, each to its list. */
export function addTokens(draft: Draft, problems: readonly DraftProblem[], shown: DraftVocabulary): Mend {
  const shared = shown.targetVocabulary === shown.vocabulary;
  const input = unknownTokens(draft, problems, 'input').map(({ token }) => token);
  const target = shared ? [] : unknownTokens(draft, problems, 'target').map(({ token }) => token);
  const count = input.length + target.length;
  return {
    key: 'data_mend_add_tokens',
    values: { count },
    edit: () => {
      const inputs = addTokensTo(draft, 'input', input, shown);
      if (shared) return inputs;
      return {
        kind: 'all',
        edits: [
          inputs,
          { kind: 'data', patch: { targetVocabulary: [...shown.targetVocabulary, ...target] } },
        ],
      };
    },
    label: { key: 'edit_tokens_added', values: { count } },
  };
}

function fill(draft: Draft, ids: ReadonlySet<number>, rule: TargetRule): Mend {
  return {
    key: 'data_mend_fill',
    values: { count: ids.size },
    edit: () => changeOf(draft, ids, (row) => ({ target: applyRule(rule, row.input, draft.data.tokens) })),
    label: { key: 'edit_targets_filled', values: { count: ids.size } },
  };
}

/**
 * Cuts both sides to the shorter length. Rows with an empty side are left alone, since nothing of them
 * would remain.
 */
function cut(draft: Draft, problems: readonly DraftProblem[]): Mend {
  const unequal = problems.filter(
    ({ problem: { code, details } }) =>
      code === 'unequal-length' && Number(details.inputTokens) > 0 && Number(details.targetTokens) > 0,
  );
  const ids = new Set(unequal.map(({ rowId }) => rowId));
  const unit = draft.data.tokens;
  return {
    key: 'data_mend_cut',
    values: { count: ids.size },
    edit: () =>
      changeOf(draft, ids, (row) => {
        const [input, target] = [splitTokens(row.input, unit), splitTokens(row.target, unit)];
        return input.length > target.length
          ? { input: joinTokens(input.slice(0, target.length), unit) }
          : { target: joinTokens(target.slice(0, input.length), unit) };
      }),
    label: { key: 'edit_rows_cut', values: { count: ids.size } },
  };
}

function removal(ids: ReadonlySet<number>): Mend {
  return {
    key: 'data_mend_delete',
    values: { count: ids.size },
    edit: () => ({ kind: 'rows.remove', ids: [...ids] }),
    label: { key: 'edit_rows_removed', values: { count: ids.size } },
  };
}

function changeOf(
  draft: Draft,
  ids: ReadonlySet<number>,
  patch: (row: DraftRow) => { input: string } | { target: string },
): DraftEdit {
  const rows = draft.rows.filter(({ id }) => ids.has(id));
  return { kind: 'rows.change', rows: rows.map((row) => ({ id: row.id, ...patch(row) })) };
}
