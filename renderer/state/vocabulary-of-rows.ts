import type { DraftData } from '../../engine/data/draft.ts';
import { type DraftVocabulary, vocabularyOfTokens } from '../../engine/data/draft-problems.ts';
import type { RowTotals } from './row-totals.ts';

/**
 * The vocabulary that `draftVocabulary` (engine/data/draft-problems.ts) gives for these rows, computed from
 * their counted tokens: while the user types among 100,000 rows, they are not all cut again.
 */
export function vocabularyOfRows(data: DraftData, totals: RowTotals): DraftVocabulary {
  return vocabularyOfTokens(data, {
    inputs: () => [[...totals.input.keys()]],
    targets: () => [[...totals.target.keys()]],
  });
}
