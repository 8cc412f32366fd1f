import type { DraftData } from '../../engine/data/draft.ts';
import type { DraftVocabulary } from '../../engine/data/draft-problems.ts';
import { splitTokens } from '../../engine/data/tokens.ts';
import { vocabularyOf } from '../../engine/data/vocabulary.ts';
import type { RowTotals } from './row-totals.ts';

/**
 * What engine/data/draft-problems.ts `draftVocabulary` gives for these rows, from their counted tokens instead of
 * the rows themselves, so that typing among 100,000 rows does not cut all of them again.
 */
export function vocabularyOfRows(data: DraftData, totals: RowTotals): DraftVocabulary {
  if (data.task === 'shapes') return { vocabulary: [], targetVocabulary: [] };
  const language = data.task === 'language-model';
  if (data.vocabularyFrozen) {
    const own = language ? null : data.targetVocabulary;
    return { vocabulary: data.vocabulary, targetVocabulary: own ?? data.vocabulary };
  }
  if (language && data.text !== '') return shared(vocabularyOf([splitTokens(data.text, data.tokens)]));
  if (language) return shared(vocabularyOf([[...totals.input.keys()]]));
  if (data.targetVocabulary !== null) {
    return {
      vocabulary: vocabularyOf([[...totals.input.keys()]]),
      targetVocabulary: vocabularyOf([[...totals.target.keys()]]),
    };
  }
  return shared(vocabularyOf([[...totals.input.keys()], [...totals.target.keys()]]));
}

function shared(vocabulary: string[]): DraftVocabulary {
  return { vocabulary, targetVocabulary: vocabulary };
}
