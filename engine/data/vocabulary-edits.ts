/** Changes of the vocabulary as edits of the draft, one undo step each. */
import { failure, problem, quote, type Result, success } from '../errors.ts';
import type { Draft, DraftEdit } from './draft.ts';
import { type DraftVocabulary, draftVocabulary } from './draft-problems.ts';
import { textTokens } from './text-tokens.ts';
import { splitTokens } from './tokens.ts';
import { type UnknownRule, unknownToken, vocabularyWith } from './vocabulary.ts';

/**
 * Sets what happens to tokens outside the vocabulary. A frozen vocabulary without `<unk>` gets it as its first
 * token. Going back to `refuse` removes nothing.
 */
export function unknownEdit(draft: Draft, unknown: UnknownRule): DraftEdit {
  const { vocabularyFrozen } = draft.data;
  const { vocabulary } = draftVocabulary(draft);
  if (!vocabularyFrozen || unknown === 'refuse' || vocabulary.includes(unknownToken)) {
    return { kind: 'data', patch: { unknown } };
  }
  return { kind: 'data', patch: { unknown, vocabulary: vocabularyWith(vocabulary, unknown) } };
}

/** The list that is meant: targets may have tokens of their own. */
export type VocabularySide = 'input' | 'target';

/** Changes one of the lists and freezes both. */
function frozenWith(
  { vocabulary, targetVocabulary }: DraftVocabulary,
  side: VocabularySide,
  change: (list: string[]) => string[],
): DraftEdit {
  const isShared = targetVocabulary === vocabulary;
  if (isShared || side === 'input') {
    const own = isShared ? {} : { targetVocabulary };
    return { kind: 'data', patch: { vocabulary: change(vocabulary), ...own, vocabularyFrozen: true } };
  }
  return {
    kind: 'data',
    patch: { vocabulary, targetVocabulary: change(targetVocabulary), vocabularyFrozen: true },
  };
}

// `shown` is the draft's vocabulary, for callers that have it already; splitting 100,000 rows again takes time.

/** Moves a token to index `to`. Weights that were trained with the old order no longer fit. */
export function moveToken(
  draft: Draft,
  side: VocabularySide,
  token: string,
  to: number,
  shown = draftVocabulary(draft),
): DraftEdit {
  return frozenWith(shown, side, (list) => list.filter((other) => other !== token).toSpliced(to, 0, token));
}

export function removeToken(
  draft: Draft,
  side: VocabularySide,
  token: string,
  shown = draftVocabulary(draft),
): DraftEdit {
  return frozenWith(shown, side, (list) => list.filter((other) => other !== token));
}

/** Appends tokens to the list; tokens that it has already stay where they are. */
export function addTokens(
  draft: Draft,
  side: VocabularySide,
  tokens: readonly string[],
  shown = draftVocabulary(draft),
): DraftEdit {
  return frozenWith(shown, side, (list) => [...new Set([...list, ...tokens])]);
}

/** Freezes the vocabulary as it is, or lets it follow the rows again. */
export function freezeVocabulary(draft: Draft, frozen: boolean, shown = draftVocabulary(draft)): DraftEdit {
  return frozen
    ? frozenWith(shown, 'input', (list) => list)
    : { kind: 'data', patch: { vocabularyFrozen: false } };
}

/** Makes the frozen lists anew from the rows in use or the text, sorted by code point; `found` are these lists. */
export function vocabularyFromData(
  draft: Draft,
  found = draftVocabulary({ ...draft, data: { ...draft.data, vocabularyFrozen: false } }),
): DraftEdit {
  return freezeVocabulary(draft, true, found);
}

/** The columns whose tokens are in this list. */
function columnsOf({ vocabulary, targetVocabulary }: DraftVocabulary, side: VocabularySide) {
  return vocabulary === targetVocabulary ? (['input', 'target'] as const) : ([side] as const);
}

/** The tokens of a cell; a label is one token. */
function cellTokens(
  { task, tokens: unit }: Draft['data'],
  column: 'input' | 'target',
  cell: string,
): string[] {
  return column === 'target' && task === 'label' ? [cell] : splitTokens(cell, unit);
}

/** How many rows have the token, including rows that are off, and how often a language model's texts have it. */
export function tokenUse(
  draft: Draft,
  side: VocabularySide,
  token: string,
  shown = draftVocabulary(draft),
): { rows: number; inText: number } {
  const { task, text, textValidation, tokens: unit } = draft.data;
  const columns = columnsOf(shown, side);
  // `includes` is asked first because it is cheap: most cells do not contain the token's characters at all.
  const has = (column: 'input' | 'target', cell: string) =>
    cell.includes(token) && cellTokens(draft.data, column, cell).includes(token);
  const held = textValidation && 'text' in textValidation ? [textValidation.text] : [];
  const texts = task === 'language-model' && text !== '' ? [text, ...held] : [];
  const inText = texts.reduce((sum, one) => sum + (textTokens(one, unit).counts.get(token) ?? 0), 0);
  return {
    rows: draft.rows.filter((row) => columns.some((column) => has(column, row[column]))).length,
    inText,
  };
}

/**
 * Renames a token in the vocabulary, where it keeps its index, and wherever the rows or the text have it. Fails for
 * a name that the list has already, because those are two tokens. Also fails for a name that the data would split
 * differently, such as two characters where a token is one.
 */
export function renameToken(
  draft: Draft,
  side: VocabularySide,
  token: string,
  name: string,
  shown = draftVocabulary(draft),
): Result<DraftEdit> {
  const list = side === 'input' ? shown.vocabulary : shown.targetVocabulary;
  const at = list.indexOf(name);
  if (name === '' || at !== -1) {
    const found = name === '' ? 'is the empty string' : `is already at index ${at}`;
    const message = `token ${quote(name)} ${found}; each token appears once and has at least 1 character`;
    return failure(problem('token-name-taken', 'name', message, { token: name.slice(0, 40), index: at }));
  }
  const { tokens: unit, task, text, textValidation } = draft.data;
  let isCutOtherwise = false;
  const renamed = (given: string, whole: boolean) => {
    if (whole) return given === token ? name : given;
    if (!given.includes(token)) return given;
    const cut = splitTokens(given, unit);
    if (!cut.includes(token)) return given;
    // Between words the white space stays as it is, including line ends.
    const parts = unit === 'spaces' ? given.split(/(\s+)/u) : cut;
    const joined = parts.map((one) => (one === token ? name : one)).join('');
    const made = splitTokens(joined, unit);
    isCutOtherwise ||=
      made.length !== cut.length || made.some((one, i) => one !== (cut[i] === token ? name : cut[i]));
    return joined;
  };
  const columns = columnsOf(shown, side);
  const rows = draft.rows.flatMap((row) => {
    const changed = columns.flatMap((column) => {
      const next = renamed(row[column], column === 'target' && task === 'label');
      return next === row[column] ? [] : [[column, next] as const];
    });
    return changed.length === 0 ? [] : [{ id: row.id, ...Object.fromEntries(changed) }];
  });
  const edits: DraftEdit[] = [
    frozenWith(shown, side, (given) => given.map((one) => (one === token ? name : one))),
  ];
  if (rows.length > 0) edits.push({ kind: 'rows.change', rows });
  if (task === 'language-model' && text !== '') {
    const held = textValidation && 'text' in textValidation ? textValidation.text : null;
    const own = held === null ? {} : { textValidation: { text: renamed(held, false) } };
    edits.push({ kind: 'data', patch: { text: renamed(text, false), ...own } });
  }
  if (isCutOtherwise) {
    const message = `token ${quote(name)} would be read as other tokens in the data than ${quote(token)}, for which it would stand`;
    return failure(
      problem('token-name-cut', 'name', message, { token: name.slice(0, 40), for: token.slice(0, 40) }),
    );
  }
  return success({ kind: 'all', edits });
}
