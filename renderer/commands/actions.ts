import type { DraftEdit } from '../../engine/data/draft.ts';
import type { Problem, Result } from '../../engine/errors.ts';
import type { EditLabel, RunningAtClose } from '../../main/api.ts';
import type { WindowState } from '../state/context.ts';
import { report, saidProblems, showDefect } from '../state/report.ts';
import type { FindAct, ScreenName } from '../state/shell.svelte.ts';
import { showProblem, showToast } from '../state/toasts.svelte.ts';
import { problemText, t } from '../text/text.svelte.ts';

/** What buttons, keys and menu commands of the project window do. Each action reports its own failures. */
export interface ShellActions {
  /** The lab's platform, which decides how keys are written. */
  platform: string;
  runPause: () => void;
  /**
   * Each press is one step. While a key is held down (`isHeld`), the next step is taken only when the last
   * has finished.
   */
  stepEpoch: (isHeld?: boolean) => void;
  stepBatch: (isHeld?: boolean) => void;
  reset: () => void;
  setSpeed: (epochsPerSecond: number | null) => void;
  undo: () => void;
  redo: () => void;
  newProject: () => void;
  openProject: () => void;
  openPath: (path: string) => void;
  /** Closes the project; asks first what to do with running runs. */
  closeProject: () => void;
  closeNow: (running?: RunningAtClose) => void;
  /** The window is about to close: asks the same question first if a run is training. */
  beforeLeaving: (event: Event) => void;
  stay: () => void;
  saveCopy: () => void;
  duplicate: () => void;
  rename: () => void;
  edit: (edit: DraftEdit, label: EditLabel) => Promise<boolean>;
  goTo: (screen: ScreenName) => void;
  /** Whether the run on screen has epochs to look back at. */
  canLookBack: () => boolean;
  /** Whether an earlier epoch is looked at. */
  isLookingBack: () => boolean;
  /** Moves the moment that is looked at by this many epochs. */
  lookOn: (epochs: number) => void;
  lookAtNow: () => void;
  /** Whether the screen shows samples that can be searched. */
  canFind: () => boolean;
  find: (act: FindAct) => void;
  showShortcuts: () => void;
  showAbout: () => void;
}

export function shellActions(
  { lab, project, run, look, shell, chooser }: WindowState,
  platform: string,
): ShellActions {
  /** A branch differs from the draft by design, so it is continued rather than replaced. */
  const startsFresh = () => !run.summary?.parent && project.differsFrom(run.experiment);
  const isTraining = () => run.summary?.state.status === 'running';
  const mayStep = (isHeld = false) => !isTraining() || (run.isStepping && !isHeld);

  /**
   * Runs a transport command. Its problems are shown in a toast, with a button to the screen where they are
   * fixed.
   */
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
      () => saidProblems(problems),
      elsewhere
        ? {
            label: () => t('shell_problems_jump'),
            run: () => {
              shell.screen = screen;
            },
          }
        : null,
    );
  }

  async function saveCopyAt(path: string, overwrite: boolean): Promise<void> {
    const result = await project.saveCopy(path, overwrite);
    if (result.ok) showToast(() => t('shell_copy_saved', { path: result.value.path }));
    else if (result.problems[0]?.code === 'file-exists') {
      const replace = { label: () => t('shell_replace'), run: () => void saveCopyAt(path, true) };
      showProblem(() => result.problems.map(problemText).join('\n'), replace);
    } else tell(result.problems);
  }

  function leave(): void {
    shell.leaving = 'yes';
    window.close();
    // A page in an ordinary browser may not close itself.
    void lab.refreshStart();
  }

  const actions: ShellActions = {
    platform,
    runPause: () => void onTransport(isTraining() ? run.pause() : run.run(startsFresh())),
    stepEpoch: (isHeld) => {
      if (mayStep(isHeld)) void onTransport(run.stepEpoch(startsFresh()));
    },
    stepBatch: (isHeld) => {
      if (mayStep(isHeld)) void onTransport(run.stepBatch(startsFresh()));
    },
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
      // The next project begins on the first screen.
      shell.screen = 'data';
      const leaves = shell.leaving === 'asks';
      void project
        .close(running)
        .then(() => (leaves ? leave() : lab.refreshStart()))
        .catch(showDefect);
    },
    beforeLeaving(event) {
      const trains = project.runs.some(({ state }) => state.status === 'running');
      if (
        shell.leaving === 'yes' ||
        !trains ||
        project.access.kind === 'read-only' ||
        lab.connection !== 'there'
      )
        return;
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
    goTo(screen) {
      shell.screen = screen;
    },
    canLookBack: () => (run.summary?.progress.epoch ?? 0) > 0,
    isLookingBack: () => look.epoch !== null,
    lookOn(epochs) {
      look.at((look.epoch ?? run.summary?.progress.epoch ?? 0) + epochs);
    },
    lookAtNow: () => look.back(),
    canFind: () => shell.find !== null,
    find: (act) => shell.find?.(act),
    showShortcuts() {
      shell.shortcutsOpen = true;
    },
    showAbout() {
      shell.preferencesOpen = true;
    },
  };
  return actions;
}

/** `hello.ohlol` → `hello copy.ohlol`. */
export function copyName(path: string): string {
  const name = path.split(/[\\/]/).at(-1) || 'project.ohlol';
  return name.replace(/(\.ohlol)?$/i, ' copy.ohlol');
}
