import type { DraftEdit } from '../../../engine/data/draft.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { report } from '../../state/report.ts';

/** One undoable change of the draft, named `name value`; true where it was stored, else the window has said why. */
export async function editSetting(
  project: ProjectState,
  edit: DraftEdit,
  name: string,
  value: string,
): Promise<boolean> {
  return report(project.edit(edit, { key: 'edit_setting', values: { name, value } }));
}
