import type { DraftEdit } from '../../../engine/data/draft.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { report } from '../../state/report.ts';

/**
 * Makes one undoable change of the draft, named `name value`. True: it was stored; otherwise a toast has
 * said why not.
 */
export async function editSetting(
  project: ProjectState,
  edit: DraftEdit,
  name: string,
  value: string,
): Promise<boolean> {
  return report(project.edit(edit, { key: 'edit_setting', values: { name, value } }));
}
