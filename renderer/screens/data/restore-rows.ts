import type { DraftRow } from '../../../engine/data/draft.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { report } from '../../state/report.ts';

/** Undoes a deletion of rows; after further edits it puts them back as an edit of its own. */
export async function restoreRows(
  project: ProjectState,
  revision: number,
  at: number,
  rows: DraftRow[],
): Promise<void> {
  const { history, draft } = project;
  if (history?.revision === revision) await report(project.undo());
  else if (draft) {
    await report(
      project.edit(
        { kind: 'rows.insert', at: Math.min(at, draft.rows.length), rows },
        rows.length === 1
          ? { key: 'edit_row_added', values: { row: at + 1 } }
          : { key: 'edit_rows_added', values: { count: rows.length } },
      ),
    );
  }
}
