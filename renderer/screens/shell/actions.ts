import type { DraftEdit } from '../../../engine/data/draft.ts';
import type { Problem, Result } from '../../../engine/errors.ts';
import type { EditLabel, LabCommand, RunningAtClose } from '../../../main/api.ts';
import type { WindowState } from '../../state/context.ts';
import { report, saidProblems, showDefect } from '../../state/report.ts';
import { showProblem, showToast } from '../../state/toasts.svelte.ts';
import { problemText, t } from '../../text/text.svelte.ts';
import type { KeyAction } from './keys.ts';

/** What buttons, keys and menu commands of the project window do; each says itself what went wrong. */
export interface ShellActions {
  /** Keys as this system writes them. */
  keys: Record<'undo' | 'redo' | 'new' | 'open' | 'save' | 'export', string>;
  runPause: () => void;
  stepEpoch: () => void;
  stepBatch: () => void;
  reset: () => void;
  setSpeed: (epochsPerSecond: number | null) => void;
  undo: () => void;
  redo: () => void;
  newProject: () => void;
  openProject: () => void;
  openPath: (path: string) => void;
  /** Asks first what becomes of running runs. */
  closeProject: () => void;
  closeNow: (running?: RunningAtClose) => void;
  /** The window is about to go, by its own cross: the same question first, where there is something to ask. */
  beforeLeaving: (event: Event) => void;
  stay: () => void;
  saveCopy: () => void;
  duplicate: () => void;
  rename: () => void;
  edit: (edit: DraftEdit, label: EditLabel) => Promise<boolean>;
  act: (action: KeyAction) => void;
  /** A menu item of the desktop app. */
  command: (command: LabCommand) => void;
}

export function shellActions(
  { lab, project, run, shell, chooser }: WindowState,
  platform: string,
): ShellActions {
  const mac = platform === 'darwin';
  const withCommand = (key: string, shift = false) =>
    mac ? `${shift ? '⇧' : ''}⌘${key}` : `Ctrl ${shift ? '⇧ ' : ''}${key}`;

  /** Problems of the data lead to the data screen; the toast says the first of them. */
  async function onTransport<T>(asked: Promise<Result<T>>): Promise<void> {
    try {
      const result = await asked;
      if (!result.ok) tell(result.problems);
    } catch (error) {
      showDefect(error);
    }
  }

  function tell(problems: Problem[]): void {
    const screen = problems[0]?.path.startsWith('model') ? 'model' : 'data';
    const elsewhere = /^(dataset|model|rows)/.test(problems[0]?.path ?? '') && shell.screen !== screen;
    showProblem(
      saidProblems(problems),
      elsewhere
        ? {
            label: t('shell_problems_jump'),
            run: () => {
              shell.screen = screen;
            },
          }
        : null,
    );
  }

  async function saveCopyAt(path: string, overwrite: boolean): Promise<void> {
    const result = await project.saveCopy(path, overwrite);
    if (result.ok) showToast(t('shell_copy_saved', { path: result.value.path }));
    else if (result.problems[0]?.code === 'file-exists') {
      const replace = { label: t('shell_replace'), run: () => void saveCopyAt(path, true) };
      showProblem(result.problems.map(problemText).join('\n'), replace);
    } else tell(result.problems);
  }

  function leave(): void {
    shell.leaving = 'yes';
    window.close();
    // A page of an ordinary browser may not close itself.
    void lab.refreshStart();
  }

  const actions: ShellActions = {
    keys: {
      undo: withCommand('Z'),
      redo: withCommand('Z', true),
      new: withCommand('N'),
      open: withCommand('O'),
      save: withCommand('S'),
      export: withCommand('E'),
    },
    runPause: () =>
      void onTransport(
        run.summary?.state.status === 'running' ? run.pause() : run.run(project.differsFrom(run.experiment)),
      ),
    stepEpoch: () => void onTransport(run.stepEpoch(project.differsFrom(run.experiment))),
    stepBatch: () => void onTransport(run.stepBatch(project.differsFrom(run.experiment))),
    reset: () => void onTransport(run.reset()),
    setSpeed: (rate) => void run.setSpeed(rate),
    undo: () => project.history?.undo && void report(project.undo()),
    redo: () => project.history?.redo && void report(project.redo()),
    newProject: () => actions.closeProject(),
    openProject: () =>
      void chooser.choose({ kind: 'open', purpose: 'project', suggestedName: null }).then((path) => {
        if (path !== null) actions.openPath(path);
      }),
    openPath: (path) => void report(project.open(path)),
    closeProject: () =>
      void project.runningAtClose().then((running) => {
        if (running.length > 0) shell.closing = running;
        else actions.closeNow();
      }, showDefect),
    closeNow: (running) => {
      shell.closing = null;
      shell.rowId = null;
      // The next project begins where the work does.
      shell.screen = 'data';
      const leaves = shell.leaving === 'asks';
      void project
        .close(running)
        .then(() => (leaves ? leave() : lab.refreshStart()))
        .catch(showDefect);
    },
    beforeLeaving(event) {
      const trains = project.runs.some(({ state }) => state.status === 'running');
      if (shell.leaving === 'yes' || !trains || project.access.kind === 'read-only' || !lab.connected) return;
      event.preventDefault();
      void project.runningAtClose().then((running) => {
        if (running.length === 0) return leave();
        shell.leaving = 'asks';
        shell.closing = running;
      });
    },
    stay() {
      shell.closing = null;
      shell.leaving = 'no';
    },
    saveCopy: () =>
      void chooser
        .choose({ kind: 'save', purpose: 'project', suggestedName: copyName(project.path ?? '') })
        .then((path) => {
          if (path !== null) void saveCopyAt(path, false);
        }),
    duplicate: () => void report(project.duplicate()),
    rename: () => {
      shell.renameOpen = true;
    },
    edit: (edit, label) => report(project.edit(edit, label)),
    act(action) {
      switch (action.kind) {
        case 'screen':
          shell.screen = action.screen;
          break;
        case 'run-pause':
          actions.runPause();
          break;
        case 'step-epoch':
          if (run.summary?.state.status !== 'running') actions.stepEpoch();
          break;
        case 'step-batch':
          if (run.summary?.state.status !== 'running') actions.stepBatch();
          break;
        case 'reset':
          actions.reset();
          break;
        case 'undo':
          actions.undo();
          break;
        case 'redo':
          actions.redo();
          break;
        case 'new':
          actions.newProject();
          break;
        case 'open':
          actions.openProject();
          break;
        case 'save-copy':
          actions.saveCopy();
          break;
        case 'export':
          shell.screen = 'export';
          break;
        case 'shortcuts':
          shell.shortcutsOpen = true;
          break;
        default:
          action satisfies never;
      }
    },
    command(command) {
      if (command.kind === 'open-path') actions.openPath(command.path);
      else if (command.kind === 'close') actions.closeProject();
      else if (command.kind === 'about') shell.preferencesOpen = true;
      else actions.act(command);
    },
  };
  return actions;
}

/** `hello.ohlol` → `hello copy.ohlol`. */
export function copyName(path: string): string {
  const name = path.split(/[\\/]/).at(-1) || 'project.ohlol';
  return name.replace(/(\.ohlol)?$/i, ' copy.ohlol');
}
