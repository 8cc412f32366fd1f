/** Changes of the vocabulary as edits of the draft, one undo step each. */
import { failure, problem, type Result, success } from '../errors.ts';
import type { Draft, DraftEdit } from './draft.ts';
import { draftVocabulary } from './draft-problems.ts';
import { quote } from './samples.ts';
import { joinTokens, splitTokens } from './tokens.ts';
import { type UnknownRule, unknownToken, vocabularyWith } from './vocabulary.ts';

/**
 * What becomes of tokens outside the vocabulary. A frozen vocabulary gets the token that stands for them, first, where
 * it lacks it; refusing them again takes nothing out of it.
 */
export function unknownEdit(draft: Draft, unknown: UnknownRule): DraftEdit {
  const { vocabularyFrozen } = draft.data;
  const { vocabulary } = draftVocabulary(draft);
  if (!vocabularyFrozen || unknown === 'refuse' || vocabulary.includes(unknownToken)) {
    return { kind: 'data', patch: { unknown } };
  }
  return { kind: 'data', patch: { unknown, vocabulary: vocabularyWith(vocabulary, unknown) } };
}

/** Which list is meant: targets may have tokens of their own. */
export type VocabularySide = 'input' | 'target';

/** The lists with one of them changed; from then on they are frozen. */
function frozenWith(draft: Draft, side: VocabularySide, change: (list: string[]) => string[]): DraftEdit {
  const { vocabulary, targetVocabulary } = draftVocabulary(draft);
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

/** `to`: the token's index afterwards; weights that were trained with the old order no longer fit. */
export function moveToken(draft: Draft, side: VocabularySide, token: string, to: number): DraftEdit {
  return frozenWith(draft, side, (list) => list.filter((other) => other !== token).toSpliced(to, 0, token));
}

export function removeToken(draft: Draft, side: VocabularySide, token: string): DraftEdit {
  return frozenWith(draft, side, (list) => list.filter((other) => other !== token));
}

/** The vocabulary as it is, for good; or following the rows again. */
export function freezeVocabulary(draft: Draft, frozen: boolean): DraftEdit {
  return frozen
    ? frozenWith(draft, 'input', (list) => list)
    : { kind: 'data', patch: { vocabularyFrozen: false } };
}

/** The frozen lists made anew of the rows in use or the text, sorted by code point. */
export function vocabularyFromData(draft: Draft): DraftEdit {
  const followed = { ...draft, data: { ...draft.data, vocabularyFrozen: false } };
  return freezeVocabulary(followed, true);
}

/** Every token that rows in use or the text have and the frozen lists lack, after theirs, in order of code point. */
export function addUnknownTokens(draft: Draft): DraftEdit {
  const has = draftVocabulary({ ...draft, data: { ...draft.data, vocabularyFrozen: false } });
  const { vocabulary, targetVocabulary } = draftVocabulary(draft);
  const joined = (list: string[], found: string[]) => [...new Set([...list, ...found])];
  const patch =
    targetVocabulary === vocabulary
      ? { vocabulary: joined(vocabulary, [...has.vocabulary, ...has.targetVocabulary]) }
      : {
          vocabulary: joined(vocabulary, has.vocabulary),
          targetVocabulary: joined(targetVocabulary, has.targetVocabulary),
        };
  return { kind: 'data', patch: { ...patch, vocabularyFrozen: true } };
}

/**
 * A token by another name, in the vocabulary, where it keeps its index, and wherever the rows or the text have it. To
 * a name that the list has already it does not go: those are two tokens.
 */
export function renameToken(
  draft: Draft,
  side: VocabularySide,
  token: string,
  name: string,
): Result<DraftEdit> {
  const { vocabulary, targetVocabulary } = draftVocabulary(draft);
  const isShared = targetVocabulary === vocabulary;
  const list = isShared || side === 'input' ? vocabulary : targetVocabulary;
  const at = list.indexOf(name);
  if (name === '' || at !== -1) {
    const found = name === '' ? 'is the empty string' : `is already at index ${at}`;
    const message = `token ${quote(name)} ${found}; each token stands once and has at least 1 character`;
    return failure(problem('token-name-taken', 'name', message, { token: name.slice(0, 40), index: at }));
  }
  const { tokens: unit, task, text } = draft.data;
  const renamed = (given: string, whole: boolean) => {
    if (whole) return given === token ? name : given;
    const cut = splitTokens(given, unit);
    return cut.includes(token)
      ? joinTokens(
          cut.map((one) => (one === token ? name : one)),
          unit,
        )
      : given;
  };
  const columns = isShared ? (['input', 'target'] as const) : ([side] as const);
  const rows = draft.rows.flatMap((row) => {
    const changed = columns.flatMap((column) => {
      const next = renamed(row[column], column === 'target' && task === 'label');
      return next === row[column] ? [] : [[column, next] as const];
    });
    return changed.length === 0 ? [] : [{ id: row.id, ...Object.fromEntries(changed) }];
  });
  const edits: DraftEdit[] = [
    frozenWith(draft, side, (given) => given.map((one) => (one === token ? name : one))),
  ];
  if (rows.length > 0) edits.push({ kind: 'rows.change', rows });
  if (task === 'language-model' && text !== '')
    edits.push({ kind: 'data', patch: { text: renamed(text, false) } });
  return success({ kind: 'all', edits });
}
