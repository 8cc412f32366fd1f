/** The projects that are open, each once however many windows show it. */
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { EngineApi, EngineEvents } from '../../engine/api.ts';
import { type Draft, emptyDraft } from '../../engine/data/draft.ts';
import { experimentToDraft } from '../../engine/data/draft-experiment.ts';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import { parseExperiment } from '../../engine/formats/experiment.ts';
import { findTemplate, templateNames } from '../../engine/templates/templates.ts';
import type { LabEvents, ProjectSource } from '../api.ts';
import { createProjectFile, openProjectFile } from '../project/project-file.ts';
import { fileNameOf, freePath } from './file-names.ts';
import { type OpenProject, openProject } from './open-project.ts';
import type { Settings } from './settings.ts';

/** A project outlives its last window so long: a window that reloads is back much sooner. */
const lingerMs = 15_000;

export interface Projects {
  create(source: ProjectSource, path: string | null): Promise<Result<OpenProject>>;
  open(path: string): Promise<Result<OpenProject>>;
  /** A window shows it no longer; it is closed a while after the last one. */
  leave(project: OpenProject, window: LabEvents): void;
  /** Closes it now, if no window shows it. */
  closeUnused(project: OpenProject): Promise<void>;
  /** The folder where projects go, made if it is not there. */
  makeFolder(): void;
  events: EngineEvents;
  engineDied(reason: string): void;
  close(): Promise<void>;
}

export function createProjects(folder: string, engine: EngineApi, settings: Settings): Projects {
  const open = new Map<string, OpenProject>();
  const prefixes = new Map<string, OpenProject>();
  const lingering = new Map<OpenProject, NodeJS.Timeout>();
  /** By path; who opens one of them again waits for it, or two would write one file. */
  const closing = new Map<string, Promise<void>>();
  let opened = 0;

  function add(path: string, file: Parameters<typeof openProject>[0]): Result<OpenProject> {
    opened += 1;
    const prefix = `${opened}`;
    const project = openProject(file, prefixRuns(engine, prefix));
    if (!project.ok) return project;
    open.set(path, project.value);
    prefixes.set(prefix, project.value);
    return project;
  }

  async function close(project: OpenProject): Promise<void> {
    clearTimeout(lingering.get(project));
    lingering.delete(project);
    open.delete(project.path);
    const recent = project.recent();
    const closed = project.close();
    // How it ended is for the one who closes it.
    const ended = closed.catch(() => {});
    closing.set(project.path, ended);
    try {
      await closed;
    } finally {
      if (closing.get(project.path) === ended) closing.delete(project.path);
      for (const [prefix, known] of prefixes) if (known === project) prefixes.delete(prefix);
    }
    // Nothing of the project is lost with its place among the recent ones, and nobody is left to tell.
    await settings.remember(recent).catch(() => {});
  }

  async function closeUnused(project: OpenProject): Promise<void> {
    if (project.windows.size === 0 && [...open.values()].includes(project)) await close(project);
  }

  function route(id: string): { project: OpenProject; runId: string } | null {
    const [prefix, runId] = id.split(':');
    const project = prefixes.get(prefix!);
    return project ? { project, runId: runId! } : null;
  }

  function makeFolder(): void {
    mkdirSync(folder, { recursive: true });
  }

  return {
    async create(source, path) {
      const draft = draftOf(source);
      if (!draft.ok) return draft;
      let place: string;
      try {
        if (path === null) makeFolder();
        place = path ?? freePath(folder, fileNameOf(nameOf(source, draft.value)), '.ohlol');
      } catch (error) {
        const reason = (error as Error).message;
        return failure(
          problem('project-no-folder', '', `${folder}: it cannot be made (${reason})`, {
            path: folder,
            reason,
          }),
        );
      }
      const file = createProjectFile(place, draft.value);
      if (!file.ok) return file;
      const project = add(realpathSync(place), file.value);
      return project.ok ? success(project.value, draft.warnings) : project;
    },
    async open(path) {
      const real = existsSync(path) ? realpathSync(path) : path;
      await closing.get(real);
      const known = open.get(real);
      if (known) {
        clearTimeout(lingering.get(known));
        lingering.delete(known);
        return success(known);
      }
      const file = openProjectFile(real);
      if (!file.ok) return file;
      const project = add(real, file.value);
      if (!project.ok) file.value.database.close();
      return project;
    },
    leave(project, window) {
      project.windows.delete(window);
      if (project.windows.size > 0) return;
      clearTimeout(lingering.get(project));
      lingering.set(
        project,
        setTimeout(() => void closeUnused(project), lingerMs),
      );
    },
    closeUnused,
    makeFolder,
    events: {
      epochs({ runId, rows }) {
        const to = route(runId);
        to?.project.events.epochs({ runId: to.runId, rows });
      },
      checkpoint({ runId, checkpoint }) {
        const to = route(runId);
        to?.project.events.checkpoint({ runId: to.runId, checkpoint });
      },
      state({ runId, state, progress }) {
        const to = route(runId);
        to?.project.events.state({ runId: to.runId, state, progress });
      },
    },
    engineDied(reason) {
      for (const project of open.values()) project.runs.engineDied(reason);
    },
    async close() {
      await Promise.all([...open.values()].map(close));
    },
  };
}

/** The engine knows runs of all projects; each project numbers its own from 1. */
function prefixRuns(engine: EngineApi, prefix: string): EngineApi {
  const full = (runId: string) => `${prefix}:${runId}`;
  return {
    describe: () => engine.describe(),
    openRun: (request) => engine.openRun({ ...request, runId: full(request.runId) }),
    controlRun: (runId, command) => engine.controlRun(full(runId), command),
    getCheckpoint: (runId) => engine.getCheckpoint(full(runId)),
    closeRun: (runId) => engine.closeRun(full(runId)),
    predict: (request) => engine.predict(request),
    showShapes: (experiment) => engine.showShapes(experiment),
  };
}

function draftOf(source: ProjectSource): Result<Draft> {
  switch (source.kind) {
    case 'empty':
      return success(emptyDraft());
    case 'template': {
      const experiment = findTemplate(source.name);
      if (experiment) return success(experimentToDraft(experiment));
      const message = `there is no template ${source.name}; there are ${templateNames.join(', ')}`;
      return failure(problem('template-missing', '', message, { name: source.name }));
    }
    case 'experiment': {
      const experiment = parseExperiment(source.text);
      if (!experiment.ok) return experiment;
      return success(experimentToDraft(experiment.value), experiment.warnings);
    }
  }
}

function nameOf(source: ProjectSource, draft: Draft): string {
  switch (source.kind) {
    case 'empty':
      return draft.name.toLowerCase();
    case 'template':
      return source.name;
    case 'experiment':
      return basename(source.fileName).replace(/(\.experiment)?\.json$/i, '');
  }
}
