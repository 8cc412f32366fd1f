import type { DraftRow } from '../../../engine/data/draft.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { report } from '../../state/report.ts';

/** A row, and its index among all rows, from 0. */
export interface RowPlace {
  at: number;
  row: DraftRow;
}

/**
 * Undoes a deletion of rows. If there were further edits, it puts the rows back by an edit of its own.
 * `places` ascend.
 */
export async function restoreRows(
  project: ProjectState,
  revision: number,
  places: readonly RowPlace[],
): Promise<void> {
  const { history, draft } = project;
  if (history?.revision === revision) await report(project.undo());
  else if (draft) {
    const fitting = places.map(({ at, row }, i) => ({ at: Math.min(at, draft.rows.length + i), row }));
    await report(
      project.edit(
        { kind: 'rows.restore', places: fitting },
        places.length === 1
          ? { key: 'edit_row_added', values: { row: fitting[0]!.at + 1 } }
          : { key: 'edit_rows_added', values: { count: places.length } },
      ),
    );
  }
}
