import type { Draft, DraftData, DraftEdit, DraftRow } from '../../../engine/data/draft.ts';
import type { DraftProblem, DraftVocabulary } from '../../../engine/data/draft-problems.ts';
import { textTokens } from '../../../engine/data/text-tokens.ts';
import { vocabularyOf, vocabularyWith } from '../../../engine/data/vocabulary.ts';
import type { RowTotals } from '../../state/row-totals.ts';

/** Which list is meant: targets may have tokens of their own. */
export type VocabularySide = 'input' | 'target';

/** How often each token occurs in the inputs and in the targets: of the rows in use, or of a language model's text. */
export function tokenCounts(data: DraftData, totals: RowTotals): Pick<RowTotals, 'input' | 'target'> {
  if (data.task !== 'language-model') return totals;
  if (data.text === '') return { input: totals.input, target: new Map() };
  const tokens = textTokens(data.text, data.tokens);
  // Each is the target of the one before it; the first has none before it.
  const target = new Map(tokens.counts);
  if (tokens.count > 0) target.set(tokens.token(0), target.get(tokens.token(0))! - 1);
  return { input: tokens.counts, target };
}

export interface UnknownToken {
  token: string;
  /** How often, over all rows. */
  count: number;
  /** The row where it stands first, by its id. */
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

/** The data patch that makes this the vocabulary of that side; from then on it is frozen. */
export function vocabularyEdit(shown: DraftVocabulary, side: VocabularySide, next: string[]): DraftEdit {
  const shared = shown.targetVocabulary === shown.vocabulary;
  const lists =
    side === 'input'
      ? { vocabulary: next, ...(shared ? {} : { targetVocabulary: shown.targetVocabulary }) }
      : { vocabulary: shown.vocabulary, targetVocabulary: next };
  return { kind: 'data', patch: { ...lists, vocabularyFrozen: true } };
}

/** Freezes the vocabulary as it is, or lets it follow the rows again. */
export function freezeEdit(shown: DraftVocabulary, frozen: boolean): DraftEdit {
  if (!frozen) return { kind: 'data', patch: { vocabularyFrozen: false } };
  return vocabularyEdit(shown, 'input', shown.vocabulary);
}

/** The frozen lists made anew of the rows in use, sorted by code point. */
export function fromDataEdit(draft: Draft, totals: RowTotals): DraftEdit {
  const counts = tokenCounts(draft.data, totals);
  const inputs = [...counts.input.keys()];
  const targets = [...counts.target.keys()];
  const { targetVocabulary, unknown } = draft.data;
  const patch =
    targetVocabulary === null
      ? { vocabulary: vocabularyWith(vocabularyOf([inputs, targets]), unknown) }
      : {
          vocabulary: vocabularyWith(vocabularyOf([inputs]), unknown),
          targetVocabulary: vocabularyOf([targets]),
        };
  return { kind: 'data', patch: { ...patch, vocabularyFrozen: true } };
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = list.slice();
  const [item] = next.splice(from, 1);
  next.splice(to, 0, item!);
  return next;
}

/** The first row, by its place from 1, where a token stands; null: nowhere. */
export function firstRowOf(rows: readonly DraftRow[], id: number): number | null {
  const index = rows.findIndex((row) => row.id === id);
  return index < 0 ? null : index + 1;
}
