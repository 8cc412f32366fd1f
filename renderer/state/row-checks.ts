import type { Draft, DraftData, DraftRow } from '../../engine/data/draft.ts';
import { type DraftProblem, draftRowCheck } from '../../engine/data/draft-problems.ts';
import { rowChanges } from './row-stretch.ts';

/** The problems of the rows, including rows that are switched off. */
export interface RowFindings {
  /** In the order of the rows. The problems' `path` does not name a row. */
  problems: readonly DraftProblem[];
  /** The problems of a row, by the row's id. */
  byRow: ReadonlyMap<number, readonly DraftProblem[]>;
  /** How many problems are listed: an unknown token counts once per row. */
  count: number;
}

export const noFindings: RowFindings = { problems: [], byRow: new Map(), count: 0 };

/**
 * Finds the problems of a draft's rows. A row is checked again only when the row or the data's settings
 * change. The answer stays the same object until a problem comes, goes or moves, so that values derived
 * from it are kept too.
 */
export class RowChecks {
  #data: DraftData | null = null;
  #rows: readonly DraftRow[] = [];
  #found: RowFindings = noFindings;
  #inUse = 0;

  /** Rows that a run would read: switched on and without a problem. */
  get inUse(): number {
    return this.#inUse;
  }

  find(draft: Draft): RowFindings {
    if (this.#data !== draft.data) {
      this.#data = draft.data;
      this.#rows = [];
      this.#found = noFindings;
      this.#inUse = 0;
    }
    const { gone, come, stayed } = rowChanges(this.#rows, draft.rows);
    const check = come.length > 0 ? draftRowCheck(draft) : null;
    let byRow: Map<number, readonly DraftProblem[]> | null = null;
    const changed = () => {
      byRow ??= new Map(this.#found.byRow);
      return byRow;
    };
    for (const row of gone) {
      const wrong = this.#found.byRow.has(row.id);
      if (row.split !== 'off' && !wrong) this.#inUse -= 1;
      if (wrong) changed().delete(row.id);
    }
    for (const { row, place } of come) {
      const found = check!(row, place);
      if (row.split !== 'off' && found.length === 0) this.#inUse += 1;
      if (found.length > 0) changed().set(row.id, found);
    }
    this.#rows = draft.rows;
    if (byRow) this.#found = listed(draft.rows, byRow);
    else if (stayed > 0 && this.#found.byRow.size > 1) this.#found = listed(draft.rows, this.#found.byRow);
    return this.#found;
  }
}

function listed(rows: readonly DraftRow[], byRow: RowFindings['byRow']): RowFindings {
  if (byRow.size === 0) return noFindings;
  const problems: DraftProblem[] = [];
  let count = 0;
  for (const { id } of rows) {
    const found = byRow.get(id);
    if (!found) continue;
    for (const one of found) problems.push(one);
    count += found.length === 1 ? 1 : new Set(found.map(problemKey)).size;
  }
  return { problems, byRow, count };
}

/** Two problems with the same key are one to the user: the same token missing twice in a row. */
export function problemKey({ rowId, problem }: DraftProblem): string {
  return `${rowId} ${problem.code} ${problem.details.token ?? ''}`;
}
