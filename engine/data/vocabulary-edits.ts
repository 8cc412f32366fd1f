/** Changes of the vocabulary as edits of the draft, one undo step each. */
import type { Draft, DraftEdit } from './draft.ts';
import { draftVocabulary } from './draft-problems.ts';
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
