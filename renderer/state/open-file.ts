import { nextRowId } from '../../engine/data/draft.ts';
import { parseRows } from '../../engine/formats/table-rows.ts';
import type { DesktopPort } from '../lab.ts';
import { t } from '../text/text.svelte.ts';
import type { WindowState } from './context.ts';
import { droppedKind } from './dropped-kind.ts';
import { contentsOf, textOf } from './file-contents.ts';
import { report, saidProblems, showDefect } from './report.ts';
import { showProblem } from './toasts.svelte.ts';

/** Opens a file that was dropped on the start screen: a project, an experiment, or rows for a new project. */
export async function openDropped(file: File, window: WindowState): Promise<void> {
  const { project } = window;
  const values = { file: file.name };
  const kind = droppedKind(file.name);
  if (kind === null) return showProblem(t('start_drop_kind_unknown', values));
  if (kind === 'project') {
    const path = (globalThis as { ohlol?: DesktopPort }).ohlol?.pathOf?.(file);
    if (path) await report(project.open(path));
    else showProblem(t('start_drop_project_hint', values));
    return;
  }
  if (kind === 'document') return openDocument(file, window);
  const text = await textOf(file);
  if (!text.ok) return showProblem(saidProblems(text.problems));
  const rows = parseRows(text.value);
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

async function openDocument(file: File, { lab, project }: WindowState): Promise<void> {
  const contents = await contentsOf(file);
  if (!contents.ok) return showProblem(saidProblems(contents.problems));
  try {
    const read = await lab.api.readFile({ kind: 'contents', ...contents.value });
    if (!read.ok) showProblem(saidProblems(read.problems));
    else if (read.value.kind === 'weights') showProblem(t('start_drop_weights', { file: file.name }));
    else await report(project.create({ kind: 'experiment', ...contents.value }));
  } catch (error) {
    showDefect(error);
  }
}
