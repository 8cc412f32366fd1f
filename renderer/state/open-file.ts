import { nextRowId } from '../../engine/data/draft.ts';
import type { DesktopPort } from '../lab.ts';
import { parseRows } from '../screens/data/rows.ts';
import { dropLimitBytes, droppedKind } from '../screens/start/drop.ts';
import { formatBytes } from '../text/format.ts';
import { t } from '../text/text.svelte.ts';
import type { WindowState } from './context.ts';
import { report } from './report.ts';
import { showProblem } from './toasts.svelte.ts';

/** Opens a file that was dropped on the start screen: a project, an experiment, or rows for a new project. */
export async function openDropped(file: File, { lab, project }: WindowState): Promise<void> {
  const values = { file: file.name };
  const kind = droppedKind(file.name);
  if (kind === null) return showProblem(t('start_drop_kind_unknown', values));
  if (kind === 'project') {
    const path = (globalThis as { ohlol?: DesktopPort }).ohlol?.pathOf?.(file);
    if (path) await report(project.open(path));
    else showProblem(t('start_drop_project_hint', values));
    return;
  }
  if (file.size > dropLimitBytes) {
    const limits = { size: formatBytes(file.size), limit: formatBytes(dropLimitBytes) };
    return showProblem(t('start_drop_too_large', { ...values, ...limits }));
  }
  const text = await file.text();
  if (kind === 'document') {
    const read = await lab.api.readFile({ kind: 'contents', fileName: file.name, text });
    if (!read.ok) await report(Promise.resolve(read));
    else if (read.value.kind === 'weights') showProblem(t('start_drop_weights', values));
    else await report(project.create({ kind: 'experiment', fileName: file.name, text }));
    return;
  }
  const rows = parseRows(text);
  if (rows.length === 0) return showProblem(t('start_drop_no_rows', values));
  if (!(await report(project.create({ kind: 'empty' })))) return;
  const first = nextRowId(project.draft!);
  await report(
    project.edit(
      { kind: 'rows.insert', at: 0, rows: rows.map((row, i) => ({ id: first + i, ...row })) },
      { key: 'edit_rows_added', values: { count: rows.length } },
    ),
  );
}
