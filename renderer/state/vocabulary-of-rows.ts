import type { DraftData } from '../../engine/data/draft.ts';
import { type DraftVocabulary, vocabularyOfTokens } from '../../engine/data/draft-problems.ts';
import type { RowTotals } from './row-totals.ts';

/**
 * What engine/data/draft-problems.ts `draftVocabulary` gives for these rows, from their counted tokens instead of
 * the rows themselves, so that typing among 100,000 rows does not cut all of them again.
 */
export function vocabularyOfRows(data: DraftData, totals: RowTotals): DraftVocabulary {
  return vocabularyOfTokens(data, {
    inputs: () => [[...totals.input.keys()]],
    targets: () => [[...totals.target.keys()]],
  });
}
