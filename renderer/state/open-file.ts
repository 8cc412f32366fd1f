import type { DesktopPort } from '../lab.ts';
import { t } from '../text/text.svelte.ts';
import type { WindowState } from './context.ts';
import { droppedKind } from './dropped-kind.ts';
import { contentsOf } from './file-contents.ts';
import { report, saidProblems, showDefect } from './report.ts';
import { showProblem } from './toasts.svelte.ts';

/** Opens a file that was dropped on the start screen: a project, an experiment, or rows for a new project. */
export async function openDropped(file: File, window: WindowState): Promise<void> {
  const { project } = window;
  const values = { file: file.name };
  const kind = droppedKind(file.name);
  if (kind === null) return showProblem(() => t('start_drop_kind_unknown', values));
  if (kind === 'project') {
    const path = (globalThis as { ohlol?: DesktopPort }).ohlol?.pathOf?.(file);
    if (path) await report(project.open(path));
    else showProblem(() => t('start_drop_project_hint', values));
    return;
  }
  if (kind === 'document' && !(await beginsAsList(file))) return openDocument(file, window);
  if (!(await report(project.create({ kind: 'empty' })))) return;
  await importDropped(file, window);
}

/**
 * Takes a file that was dropped on the project window: rows or a text for its draft. Projects are not
 * opened here, and a read-only project takes nothing; a message says so.
 */
export async function importDropped(file: File, { importing, shell, project }: WindowState): Promise<void> {
  if (droppedKind(file.name) === 'project')
    return showProblem(() => t('start_drop_project_elsewhere', { file: file.name }));
  if (project.access.kind !== 'write')
    return showProblem(() => t('start_drop_read_only', { file: file.name }));
  shell.screen = 'data';
  await importing.openFile(file);
}

/** JSON that begins as a list holds rows; other JSON is a document. */
async function beginsAsList(file: File): Promise<boolean> {
  const head = await file
    .slice(0, 1000)
    .text()
    .catch(() => '');
  return head
    .replace(/^\ufeff/, '')
    .trimStart()
    .startsWith('[');
}

async function openDocument(file: File, { lab, project }: WindowState): Promise<void> {
  const contents = await contentsOf(file);
  if (!contents.ok) return showProblem(() => saidProblems(contents.problems));
  try {
    const read = await lab.api.readFile({ kind: 'contents', ...contents.value });
    if (!read.ok) showProblem(() => saidProblems(read.problems));
    else if (read.value.kind === 'weights') showProblem(() => t('start_drop_weights', { file: file.name }));
    else await report(project.create({ kind: 'experiment', ...contents.value }));
  } catch (error) {
    showDefect(error);
  }
}
