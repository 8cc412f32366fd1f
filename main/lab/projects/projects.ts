/** The open projects; each is open once, however many windows show it. */

import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import type { EngineEvents } from '../../../engine/api.ts';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import type { LabEvents, ProjectSource, RecentProject, RunningAtClose } from '../../api.ts';
import { logDefect } from '../../defects.ts';
import type { EngineDeath } from '../../engine-process/engine-death.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import type { FileChecker } from '../../project/file-checker.ts';
import { createProjectFile, openProjectFile, type ProjectFile } from '../../project/project-file.ts';
import type { Reader } from '../../reader/reader.ts';
import { copyNameOf, fileNameFor, freePath } from '../files/file-names.ts';
import type { LabFolders } from '../host.ts';
import { deliverTo, shareOf } from '../runs/engine-share.ts';
import { createTurns } from '../runs/turns.ts';
import type { Settings } from '../settings.ts';
import { keptFolder } from './kept.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { draftOf, nameOf } from './project-sources.ts';
import { createRemembering } from './remembering.ts';

/** How long a project stays open after its last window. A window that reloads is back much sooner. */
const lingerMs = 15_000;

export interface Projects {
  /**
   * Creates a project and opens it. It counts as shown by `window` until `leave`, so that nobody closes it before the
   * window shows it.
   */
  create(source: ProjectSource, path: string | null, window: LabEvents): Promise<Result<OpenProject>>;
  open(path: string, window: LabEvents): Promise<Result<OpenProject>>;
  /** Copies the project to a free name beside it and opens the copy. */
  duplicate(project: OpenProject, window: LabEvents): Promise<Result<OpenProject>>;
  /** The start screen entry of a project that is open, in a window or in the background; null if it is not open. */
  nowOf(path: string): RecentProject | null;
  /** Records that a window no longer shows the project, which closes a while after its last window. */
  leave(project: OpenProject, window: LabEvents): void;
  /** Closes a project that no window shows: now, or when its runs have ended if they train in the background. */
  closeUnused(project: OpenProject, running: RunningAtClose): Promise<void>;
  /** Creates the folder where projects go, if it does not exist. */
  makeFolder(): void;
  events: EngineEvents;
  engineDied(death: EngineDeath): void;
  /** Resolves when no project is training in the background. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

interface Held {
  project: OpenProject;
  prefix: string;
  linger: NodeJS.Timeout | null;
  /** The project keeps training without a window. */
  inBackground: boolean;
}

export function createProjects(
  folders: LabFolders,
  engine: EngineDoor,
  looking: EngineDoor,
  settings: Settings,
  reader: Reader,
  checker: FileChecker,
): Projects {
  const held = new Map<OpenProject, Held>();
  /** Projects that are closing, by path. Opening one again waits for it; otherwise two would write one file. */
  const closing = new Map<string, Promise<void>>();
  const waitingForIdle: (() => void)[] = [];
  const recents = createRemembering(settings, (project) => held.has(project));
  let opened = 0;
  const oneLookAtATime = createTurns();

  function hold(file: ProjectFile, window: LabEvents): OpenProject {
    opened += 1;
    const prefix = `${opened}`;
    const made = openProject({
      file,
      engine: shareOf(engine, prefix),
      looking: shareOf(looking, prefix),
      inTurn: oneLookAtATime,
      rescueFolder: keptFolder(folders.settings),
      onRest: () => rested(made),
      onRunStatus: () => recents.rememberSoon(made),
      onMoved: () => recents.rememberNow(made),
    });
    held.set(made, { project: made, prefix, linger: null, inBackground: false });
    made.windows.add(window);
    return made;
  }

  function keepOpen(project: OpenProject): void {
    const entry = held.get(project)!;
    if (entry.linger) clearTimeout(entry.linger);
    entry.linger = null;
    entry.inBackground = false;
    tellIfIdle();
  }

  function rested(project: OpenProject): void {
    const entry = held.get(project);
    if (!entry?.inBackground || project.runs.running().length > 0) return;
    entry.inBackground = false;
    close(project, 'pause').catch(logDefect).then(tellIfIdle);
  }

  function tellIfIdle(): void {
    if ([...held.values()].some(({ inBackground }) => inBackground)) return;
    for (const tell of waitingForIdle.splice(0)) tell();
  }

  async function close(project: OpenProject, running: 'pause' | 'stop'): Promise<void> {
    const entry = held.get(project);
    if (!entry) return;
    if (entry.linger) clearTimeout(entry.linger);
    const path = project.path();
    const before = project.recent();
    const closed = project.close(running, (ended) => {
      before.lastRun = ended.lastRun;
    });
    // The caller of `close` gets the error; those who wait for it need not.
    const ended = closed.catch(() => {});
    closing.set(path, ended);
    try {
      await closed;
    } finally {
      if (closing.get(path) === ended) closing.delete(path);
      held.delete(project);
    }
    await settings.noteOwnFile(path).catch(() => {});
    // A project that loses its place on the list loses nothing else, and nobody is left to be told.
    await settings.remember(before).catch(() => {});
  }

  async function closeUnused(project: OpenProject, running: RunningAtClose): Promise<void> {
    const entry = held.get(project);
    if (!entry || project.windows.size > 0) return;
    if (running === 'background' && project.runs.running().length > 0) {
      if (entry.linger) clearTimeout(entry.linger);
      entry.linger = null;
      entry.inBackground = true;
    } else await close(project, running === 'stop' ? 'stop' : 'pause');
  }

  function makeFolder(): void {
    mkdirSync(folders.projects, { recursive: true });
  }

  async function open(path: string, window: LabEvents): Promise<Result<OpenProject>> {
    const real = ownSpelling(path);
    const isOurs = () => closing.has(real) || [...held.keys()].some((project) => project.path() === real);
    if (!isOurs() && !settings.isOwnFile(real)) {
      const refused = await checker.check(real);
      if (refused) return failure(refused);
    }
    // Another caller that waited here may have opened it, and it may be closing again.
    while (closing.has(real)) await closing.get(real);
    const known = [...held.keys()].find((project) => project.path() === real);
    if (known) {
      keepOpen(known);
      known.windows.add(window);
      return success(known);
    }
    const file = openProjectFile(real);
    return file.ok ? success(hold(file.value, window)) : file;
  }

  return {
    open,
    nowOf(path) {
      const recent = [...held.keys()].map((project) => project.recent());
      return recent.find((one) => one.path === path) ?? null;
    },
    async create(source, path, window) {
      const draft = await draftOf(source, reader);
      if (!draft.ok) return draft;
      let place: string;
      try {
        if (path === null) makeFolder();
        place = path ?? freePath(folders.projects, fileNameFor(nameOf(source, draft.value)), '.ohlol');
      } catch (error) {
        logDefect(error);
        const message = `${folders.projects}: it is not there and cannot be made`;
        return failure(problem('project-no-folder', '', message, { path: folders.projects }));
      }
      const file = createProjectFile(place, draft.value);
      if (!file.ok) return file;
      file.value.path = realpathSync.native(place);
      return success(hold(file.value, window), draft.warnings);
    },
    async duplicate(project, window) {
      const path = project.path();
      const ending = extname(path);
      // A project that cannot be written in its place is copied to the folder where projects go.
      const folder = project.keeper.status().access.kind === 'write' ? dirname(path) : folders.projects;
      if (folder === folders.projects) makeFolder();
      const place = freePath(folder, copyNameOf(basename(path, ending)), ending);
      const saved = await project.saveCopy(place, false);
      return saved.ok ? open(place, window) : saved;
    },
    leave(project, window) {
      project.windows.delete(window);
      const entry = held.get(project);
      if (!entry || project.windows.size > 0 || entry.inBackground) return;
      if (entry.linger) clearTimeout(entry.linger);
      entry.linger = setTimeout(() => closeUnused(project, 'pause').catch(logDefect), lingerMs);
    },
    closeUnused,
    makeFolder,
    events: deliverTo(
      (prefix) => [...held.values()].find((entry) => entry.prefix === prefix)?.project.runs.events ?? null,
    ),
    engineDied(death) {
      for (const project of held.keys()) project.runs.engineDied(death);
    },
    idle: () =>
      new Promise((resolve) => {
        waitingForIdle.push(resolve);
        tellIfIdle();
      }),
    async close() {
      // A project that fails to close must not keep the others from closing in order.
      const ends = await Promise.allSettled([...held.keys()].map((project) => close(project, 'pause')));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
  };
}

/**
 * The system's own spelling of a path, because some systems take differently spelled paths for the same file. Returns
 * the path unchanged if nothing is there.
 */
function ownSpelling(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    // Opening the path will report why.
    return path;
  }
}
