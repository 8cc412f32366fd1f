/** One window's LabApi, and the project that the window shows. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import { findTemplate, templateNames } from '../../../engine/templates/templates.ts';
import { version } from '../../../engine/version.ts';
import type { EngineStatus, LabApi, LabEvents, RecentProject } from '../../api.ts';
import { logDefect } from '../../defects.ts';
import { automaticThreads, mostThreads } from '../../engine-process/kernel-threads.ts';
import { fileProblem } from '../../project/file-problems.ts';
import type { Reader } from '../../reader/reader.ts';
import { listFolder } from '../files/folder-listing.ts';
import { weightsEdit } from '../files/imports.ts';
import type { LabHost, WindowLine } from '../host.ts';
import type { OpenProject } from '../projects/open-project.ts';
import type { Projects } from '../projects/projects.ts';
import type { Settings } from '../settings.ts';
import { createWindowImport } from './window-import.ts';
import { createWindowLooks } from './window-looks.ts';

export interface SessionOptions {
  host: LabHost;
  settings: Settings;
  projects: Projects;
  reader: Reader;
  engineStatus(): EngineStatus;
  showFileDialog: WindowLine['showFileDialog'];
  /** Sends events to this window. */
  events: LabEvents;
}

export interface Session {
  api: LabApi;
  /** Ends the session: cancels what is read for the window and leaves its project. */
  leave(): void;
}

function notRemembered(folder: string) {
  const message = `${folder}: it cannot be written; the project will not be among the recent ones`;
  return problem('settings-unwritable', '', message, { path: folder });
}

const noProject = problem('no-project', '', 'no project is open in this window');

function noLongerShown(path: string) {
  const message = `${path}: the window that asked for it has gone, or shows another project by now`;
  return problem('window-gone', '', message, { path });
}

/**
 * The recent entry of a project that is not open: a run still listed as running was interrupted when its lab was
 * killed.
 */
function atRest(known: RecentProject): RecentProject {
  const { lastRun } = known;
  return lastRun?.status === 'running' ? { ...known, lastRun: { ...lastRun, status: 'interrupted' } } : known;
}

export function createSession(options: SessionOptions): Session {
  const { host, settings, projects, reader, events } = options;
  /** Aborts the reading for this window when it goes. */
  const gone = new AbortController();
  let shown: OpenProject | null = null;
  const looks = createWindowLooks((progress) => events.lookProgressed(progress));
  const windowImport = createWindowImport(reader, (fraction) => events.importProgressed({ fraction }));

  function leave(): void {
    looks.leave();
    if (shown) projects.leave(shown, events);
    shown = null;
  }

  /**
   * Shows a project in place of the previous one, which stays open until the new one is. The window may go, or ask for
   * another project, at any await; then the project that it does not show is left.
   */
  async function show(opened: Result<OpenProject>) {
    if (!opened.ok) return opened;
    const project = opened.value;
    if (gone.signal.aborted) {
      projects.leave(project, events);
      return failure(noLongerShown(project.path()));
    }
    if (shown !== project) leave();
    shown = project;
    const unremembered = await settings.remember(project.recent()).then(
      () => [],
      (error: unknown) => {
        logDefect(error);
        return [notRemembered(host.folders.settings)];
      },
    );
    if (shown !== project) return failure(noLongerShown(project.path()));
    return withProject(() => success(project.view(), [...opened.warnings, ...unremembered]));
  }

  async function withProject<T>(work: (project: OpenProject) => Result<T> | Promise<Result<T>>) {
    const project = shown;
    if (!project) return failure(noProject);
    try {
      return await project.use(async () => work(project));
    } catch (error) {
      // A failing disk or another program has damaged the file. Other errors are defects and propagate.
      return failure(fileProblem(project.path(), error));
    }
  }

  const api: LabApi = {
    describe: async () => ({
      version,
      host: host.kind,
      dialogs: options.showFileDialog ? 'system' : 'window',
      platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
      engine: options.engineStatus(),
      projectsFolder: host.folders.projects,
      threads: { automatic: automaticThreads(), most: mostThreads, cores: availableParallelism() },
    }),
    getPreferences: async () => settings.preferences(),
    setPreferences: (patch) => settings.setPreferences(patch),
    listTemplates: async () => templateNames.map((name) => ({ name, experiment: findTemplate(name)! })),
    listRecent: async () =>
      settings.recent().map((known) => {
        const now = projects.nowOf(known.path);
        return now ? { ...now, openedAt: known.openedAt } : atRest(known);
      }),
    async listFolder(path) {
      if (path === null) projects.makeFolder();
      return listFolder(path ?? host.folders.projects);
    },
    async showFileDialog(request) {
      if (!options.showFileDialog) throw new Error('This host has no dialogs; see describe().dialogs');
      return options.showFileDialog(request);
    },
    createProject: async ({ source, path }) => show(await projects.create(source, path, events)),
    openProject: async ({ path }) => show(await projects.open(resolve(path), events)),
    // A lab that gets this call answers. For a lab that does not, main handles the call (main/lab/thread).
    async endLab() {},
    getProject: async () => shown?.view() ?? null,
    async describeClosing() {
      const others = shown ? [...shown.windows].some((window) => window !== events) : true;
      return { running: shown && !others ? shown.runs.running() : [] };
    },
    async closeProject(running = 'pause') {
      const project = shown;
      leave();
      if (project) await projects.closeUnused(project, running);
    },
    saveCopy: ({ path, overwrite }) => withProject((project) => project.saveCopy(resolve(path), overwrite)),
    takeOverProject: () => withProject((project) => project.takeOver()),
    async duplicateProject() {
      const duplicate = await withProject((project) => projects.duplicate(project, events));
      return show(duplicate);
    },
    edit: ({ edit, label }) => withProject((project) => project.edit(edit, label)),
    undo: () => withProject((project) => project.undo()),
    redo: () => withProject((project) => project.redo()),
    changeRun: ({ runId, change, label }) =>
      withProject((project) => project.changeRun(runId, change, label)),
    planRun: () => withProject((project) => project.planRun()),
    newRun: () => withProject((project) => project.newRun()),
    controlRun: ({ runId, command }) => withProject((project) => project.runs.control(runId, command)),
    getRun: (runId) => withProject((project) => project.runs.get(runId)),
    getShapes: (runId) => withProject((project) => project.runs.shapes(runId)),
    getEpochs: ({ runId, since, limit }) =>
      withProject((project) => project.runs.epochs(runId, since, limit)),
    listCheckpoints: (runId) => withProject((project) => project.past.checkpoints(runId)),
    listChanges: (runId) => withProject((project) => project.past.changes(runId)),
    lookAt: ({ runId, at }) => withProject((project) => project.past.look(runId, at, looks.begin(runId, at))),
    askRun: (asked) => withProject((project) => project.past.ask(asked, looks.join(asked.runId, asked.at))),
    askRunOver: (asked) => withProject((project) => project.past.askOver(asked, looks.over(asked))),
    cancelAskOver: async (group) => looks.cancelOver(group),
    explainBatch: (request) =>
      withProject((project) =>
        project.past.explainBatch(request, looks.join(request.runId, request.epoch - 1)),
      ),
    cancelLook: async () => looks.cancel(),
    getCurves: (request) => withProject((project) => project.runs.curves(request)),
    getStanding: (runId) => withProject((project) => project.runs.standing(runId)),
    branchRun: (request) =>
      withProject((project) => project.branchRun(request, looks.apart(request.runId, request.epoch))),
    createKin: (request) => withProject((project) => project.createKin(request)),
    previewExport: (request) =>
      withProject((project) =>
        project.previewExport(request, looks.join(request.runId, request.at ?? 'now')),
      ),
    writeExport: (request) =>
      withProject((project) => project.export(request, looks.apart(request.runId, request.at ?? 'now'))),
    openImport: (source) => withProject((project) => windowImport.open(source, project.draft())),
    previewImport: (choices) => withProject((project) => windowImport.preview(choices, project.draft())),
    applyImport: (request) =>
      withProject(async (project) => {
        const taken = await windowImport.take(request, () => project.draft());
        if (!taken.ok) return taken;
        // The project may have been closed while the file was read.
        if (shown !== project) return failure(noProject);
        const edited = project.edit(taken.value.edit, taken.value.label);
        // The edit may hold a hundred thousand rows; every window gets them once, with draftChanged, so the answer
        // leaves them out.
        return edited.ok ? success(edited.value.history, edited.warnings) : edited;
      }),
    cancelImport: async () => windowImport.cancel(),
    readFile: (source) => reader.read({ kind: 'summary', source }, gone.signal),
    importWeights: (source) =>
      withProject(async (project) => {
        const read = await reader.read({ kind: 'weights', source }, gone.signal);
        if (!read.ok) return read;
        const made = weightsEdit(project.draft(), read.value);
        if (!made.ok) return made;
        // The project may have been closed while the file was read.
        if (shown !== project) return failure(noProject);
        const edited = project.edit(made.value.edit, made.value.label);
        return edited.ok ? success(edited.value, [...read.warnings, ...edited.warnings]) : edited;
      }),
  };
  return {
    api,
    leave() {
      gone.abort();
      windowImport.cancel();
      leave();
    },
  };
}
