import type { LabConnection } from '../lab.ts';
import { ChooserState } from './chooser.svelte.ts';
import type { WindowState } from './context.ts';
import { LabState, pickLanguage } from './lab.svelte.ts';
import { ProjectState } from './project.svelte.ts';
import { report } from './report.ts';
import { RunState } from './run.svelte.ts';
import { loadSession } from './session.ts';
import { SCREENS, ShellState } from './shell.svelte.ts';

/** The state of a window, made once. */
export function makeState(connection: LabConnection, languages: readonly string[]): WindowState {
  const lab = new LabState(connection, pickLanguage(languages));
  const project = new ProjectState(connection);
  const run = new RunState(connection, project);
  return { lab, project, run, shell: new ShellState(), chooser: new ChooserState(lab) };
}

/**
 * After every connection the truth is pulled anew: the first brings back the project that was open before a reload,
 * a later one opens it again where main has lost it.
 */
export function onConnection({ lab, project, run, shell }: WindowState, connected: boolean): void {
  if (!connected) {
    lab.connected = false;
    return;
  }
  void (async () => {
    const first = lab.description === null;
    if (project.path !== null) {
      const runId = run.runId;
      const result = await project.reconnect();
      if (result) await report(Promise.resolve(result));
      await run.show(project.runs.some(({ id }) => id === runId) ? runId : project.lastRunId());
    } else if (first) {
      const session = loadSession();
      const screen = SCREENS.find(({ name }) => name === session?.screen);
      if (screen) shell.screen = screen.name;
      if (session?.path) await report(project.open(session.path));
    }
    await lab.refresh();
    if (project.path === null) await lab.refreshStart();
    lab.connected = true;
  })();
}
