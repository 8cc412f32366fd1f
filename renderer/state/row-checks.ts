import type { Draft, DraftData, DraftRow } from '../../engine/data/draft.ts';
import { type DraftProblem, draftRowCheck } from '../../engine/data/draft-problems.ts';

/**
 * The problems of a draft's rows, each row checked once as long as neither it nor the data's settings change: rows
 * that an edit does not touch keep their identity, so an edit among 100,000 rows checks one.
 */
export class RowChecks {
  #data: DraftData | null = null;
  #found = new WeakMap<DraftRow, DraftProblem[]>();

  /** In the order of the rows, those that are switched off included. `path` says nothing about the place. */
  problems(draft: Draft): DraftProblem[] {
    if (this.#data !== draft.data) {
      this.#data = draft.data;
      this.#found = new WeakMap();
    }
    let check: ReturnType<typeof draftRowCheck> | null = null;
    const all: DraftProblem[] = [];
    draft.rows.forEach((row, index) => {
      let found = this.#found.get(row);
      if (!found) {
        check ??= draftRowCheck(draft);
        found = check(row, index);
        this.#found.set(row, found);
      }
      for (const one of found) all.push(one);
    });
    return all;
  }
}

/** Equal for problems that are one to the user: the same token missing twice in a row. */
export function problemKey({ rowId, problem }: DraftProblem): string {
  return `${rowId} ${problem.code} ${problem.details.token ?? ''}`;
}
