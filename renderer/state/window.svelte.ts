import { pickLanguage } from '../../engine/formats/languages.ts';
import type { LabConnection } from '../lab.ts';
import { problemText, t } from '../text/text.svelte.ts';
import { ChooserState } from './chooser.svelte.ts';
import type { WindowState } from './context.ts';
import { Cursor } from './cursor.svelte.ts';
import { HandEdits } from './hand-edits.svelte.ts';
import { ImportState } from './importing.svelte.ts';
import { LabState } from './lab.svelte.ts';
import { LookedAt } from './looked-at.svelte.ts';
import { ProjectState } from './project.svelte.ts';
import { report } from './report.ts';
import { RunState } from './run.svelte.ts';
import { loadSession } from './session.ts';
import { ShellState, screenNames } from './shell.svelte.ts';
import { showProblem } from './toasts.svelte.ts';

/** Makes the state of a window, once. */
export function makeState(connection: LabConnection, languages: readonly string[]): WindowState {
  const lab = new LabState(connection, pickLanguage(languages));
  const project = new ProjectState(connection);
  const run = new RunState(connection, project);
  const look = new LookedAt(connection, run);
  // The engine is usually back before anyone can read that it died, so the notice stays for a while.
  lab.onEngineDeath = (problem) => {
    if (project.runs.some(({ state }) => state.status === 'running')) return;
    showProblem(() => t('shell_engine_again', { cause: problemText(problem) }), null, 'lab');
  };
  run.onInterrupted = ({ number, progress }, problem) => {
    const said = problem.code === 'run-crashes-engine' ? 'shell_run_given_up' : 'shell_run_goes_on';
    if (said === 'shell_run_goes_on' && !problem.code.startsWith('engine-')) return;
    showProblem(
      () => t(said, { number, epoch: progress.epoch, cause: problemText(problem) }),
      null,
      'project',
    );
  };
  const importing = new ImportState(connection);
  return {
    lab,
    project,
    run,
    look,
    cursor: new Cursor(),
    edits: new HandEdits(),
    shell: new ShellState(),
    chooser: new ChooserState(lab, project),
    importing,
  };
}

/**
 * After every connection the state is fetched again. The first connection brings back the project that was
 * open before a reload; a later one opens the project again if main has lost it.
 */
export function onConnection({ lab, project, run, look, shell }: WindowState, connected: boolean): void {
  if (!connected) {
    lab.connection = 'lost';
    return;
  }
  void (async () => {
    const first = lab.description === null;
    if (project.path !== null) {
      const runId = run.runId;
      const result = await project.reconnect();
      if (result) await report(Promise.resolve(result));
      await run.show(project.runs.some(({ id }) => id === runId) ? runId : project.lastRunId());
      look.again();
    } else if (first) {
      const session = loadSession();
      const screen = screenNames.find((name) => name === session?.screen);
      if (screen) shell.screen = screen;
      if (session?.path) await report(project.open(session.path));
    }
    await lab.refresh();
    if (project.path === null) await lab.refreshStart();
    lab.connection = 'there';
  })();
}
