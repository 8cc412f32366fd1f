/**
 * A lab with a real engine process in folders of its own, and windows on it that send messages as real ones
 * do.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BirpcReturn, createBirpc } from 'birpc';
import type { RunState } from '../../../engine/api.ts';
import type { Problem, Result } from '../../../engine/errors.ts';
import type {
  EditOutcome,
  EngineStatus,
  FileDialogRequest,
  LabApi,
  LabEvents,
  LookProgress,
  ProjectStatus,
  RunSummary,
} from '../../../main/api.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';
import type { Lab } from '../../../main/lab/host.ts';
import { createLocalLab } from '../../../main/lab/lab.ts';
import { checkerEntry, engineEntry } from '../../../main/paths.ts';
import { decodeMessage, encodeMessage, type WindowMessage } from '../../../main/window-message.ts';

export interface TestLab {
  lab: Lab;
  home: string;
  projects: string;
  /** The engine processes so far, the newest last. */
  engines: EngineChild[];
  /** How many files were checked before they were opened. */
  checks: number;
  openWindow(): TestWindow;
  close(): Promise<void>;
}

export interface TestWindow {
  /**
   * Calls as messages over a connection. They are plain functions, because a birpc proxy looks like
   * anything that is asked of it.
   */
  api: BirpcReturn<LabApi, LabEvents>;
  /** The same calls made in main, where errors keep their message. */
  checked: LabApi;
  /** Receives a raw message from the page, whatever it says. */
  receive(message: WindowMessage): void;
  drafts: EditOutcome[];
  arrived: { runId: string; epoch: number }[];
  engine: EngineStatus[];
  /** Defects that the lab has reported. */
  defects: Problem[];
  /** Progress reported for imports, 0 … 1. */
  fractions: number[];
  /** Progress reported for looks at past epochs. */
  looks: LookProgress[];
  /** Main's reports whether the lab has stopped answering. */
  silences: boolean[];
  /** The ids of removed runs. */
  removed: string[];
  statuses: ProjectStatus[];
  /** Resolves when an event meets the condition. */
  projectIs(holds: (status: ProjectStatus) => boolean): Promise<ProjectStatus>;
  /** Resolves with the run when an event meets the condition; at once where the last event did. */
  runIs(runId: string, holds: (run: RunSummary) => boolean): Promise<RunSummary>;
  disconnect(): Promise<void>;
}

export function makeHome(): string {
  return mkdtempSync(join(tmpdir(), 'ohlol-lab-home-'));
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true });
}

/** Starts a lab. `wrap` stands between the lab and each engine process. */
export function startTestLab(
  home: string,
  wrap: (child: EngineChild, number: number) => EngineChild = (child) => child,
): TestLab {
  const projects = join(home, 'projects');
  const engines: EngineChild[] = [];
  const lab = createLocalLab({
    kind: 'browser',
    folders: { projects, settings: join(home, 'settings') },
    forkChecker() {
      const child = forkEngine(checkerEntry, []);
      return {
        ...child,
        post(message) {
          started.checks += 1;
          child.post(message);
        },
      };
    },
    forkEngine(flags) {
      const child = wrap(forkEngine(engineEntry, flags), engines.length + 1);
      engines.push(child);
      return child;
    },
  });
  const started: TestLab = {
    lab,
    home,
    projects,
    engines,
    checks: 0,
    openWindow: () => openWindow(lab),
    close: () => lab.close(),
  };
  return started;
}

/** Starts a lab with a window on a new project of the hello-rnn template. */
export async function startHelloLab(
  home: string,
): Promise<{ lab: TestLab; window: TestWindow; path: string }> {
  const lab = startTestLab(home);
  const window = lab.openWindow();
  const source = { kind: 'template', name: 'hello-rnn' } as const;
  const { path } = valueIn(await window.api.createProject({ source, path: null }));
  return { lab, window, path };
}

/**
 * Connects a window. `connectAnew` is called when another lab replaces the one that the window is connected
 * to.
 */
export function openWindow(lab: Lab, connectAnew: () => void = () => {}): TestWindow {
  let listen: (message: WindowMessage) => void = () => {};
  const runs = new Map<string, RunSummary>();
  const waiting = new Set<(run: RunSummary) => void>();
  const drafts: EditOutcome[] = [];
  const arrived: { runId: string; epoch: number }[] = [];
  const engine: EngineStatus[] = [];
  const defects: Problem[] = [];
  const fractions: number[] = [];
  const looks: LookProgress[] = [];
  const silences: boolean[] = [];
  const removed: string[] = [];
  const statuses: ProjectStatus[] = [];
  const waitingForProject = new Set<(status: ProjectStatus) => void>();
  let chosen: string | null = null;
  const session = lab.connect({
    post: (message) => listen(message),
    connectAnew,
    showFileDialog: async () => chosen,
  });
  const events: LabEvents = {
    draftChanged: (event) => void drafts.push(event),
    epochsArrived: (event) => void arrived.push(event),
    engineChanged: (event) => void engine.push(event),
    labSilent: ({ isSilent }) => void silences.push(isSilent),
    lookProgressed: (event) => void looks.push(event),
    importProgressed: ({ fraction }) => void fractions.push(fraction),
    defectFound: (event) => void defects.push(event),
    runRemoved: ({ runId }) => void removed.push(runId),
    projectChanged(event) {
      statuses.push(event);
      for (const check of [...waitingForProject]) check(event);
    },
    command: () => {},
    runChanged(run) {
      runs.set(run.id, run);
      for (const check of [...waiting]) check(run);
    },
  };
  const line = createBirpc<LabApi, LabEvents>(events, {
    post: (message) => session.receive(message),
    on: (listener) => {
      listen = listener;
    },
    serialize: encodeMessage,
    deserialize: decodeMessage,
    timeout: -1,
  });
  const api = afterDialogs(line, (request, path) => {
    chosen = path;
    return line.showFileDialog(request);
  });
  return {
    api,
    checked: session.api,
    receive: (message) => session.receive(message),
    drafts,
    arrived,
    engine,
    defects,
    fractions,
    looks,
    silences,
    removed,
    statuses,
    projectIs(holds) {
      return new Promise((resolve) => {
        const check = (status: ProjectStatus) => {
          if (!holds(status)) return;
          waitingForProject.delete(check);
          resolve(status);
        };
        waitingForProject.add(check);
        const last = statuses.at(-1);
        if (last) check(last);
      });
    },
    runIs(runId, holds) {
      return new Promise((resolve) => {
        const check = (run: RunSummary) => {
          if (run.id !== runId || !holds(run)) return;
          waiting.delete(check);
          resolve(run);
        };
        waiting.add(check);
        const known = runs.get(runId);
        if (known) check(known);
      });
    },
    disconnect: () => session.disconnect(),
  };
}

type Choose = (request: FileDialogRequest, path: string) => Promise<unknown>;

/**
 * The calls of a user who chooses each path in the system's dialog first, since a window cannot name
 * another.
 */
function afterDialogs(line: TestWindow['api'], choose: Choose): TestWindow['api'] {
  const toOpen = { kind: 'open', purpose: 'project', suggestedName: null, folder: null } as const;
  const toSave = { kind: 'save', purpose: 'project', suggestedName: null, folder: null } as const;
  const calls: Partial<LabApi> = {
    async openProject(request) {
      await choose(toOpen, request.path);
      return line.openProject(request);
    },
    async createProject(request) {
      if (request.path !== null) await choose(toSave, request.path);
      return line.createProject(request);
    },
    async saveCopy(request) {
      await choose(toSave, request.path);
      return line.saveCopy(request);
    },
    async writeExport(request) {
      await choose({ ...toSave, purpose: 'export' }, request.path);
      return line.writeExport(request);
    },
    async readFile(source) {
      if (source.kind === 'path') await choose({ ...toOpen, purpose: 'weights' }, source.path);
      return line.readFile(source);
    },
    async openImport(source) {
      if (source.kind === 'path') await choose({ ...toOpen, purpose: 'import' }, source.path);
      return line.openImport(source);
    },
    async importWeights(source) {
      if (source.kind === 'path') await choose({ ...toOpen, purpose: 'weights' }, source.path);
      return line.importWeights(source);
    },
  };
  return new Proxy(line, { get: (target, name) => Reflect.get(calls, name) ?? Reflect.get(target, name) });
}

/** The value of a successful result; throws otherwise. */
export function valueIn<T>(result: Result<T>): T {
  if (!result.ok)
    throw new Error(result.problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return result.value;
}

/** The problem codes of a refused result; throws otherwise. */
export function codesOf(result: Result<unknown>): string[] {
  if (result.ok) throw new Error(`expected problems, got ${JSON.stringify(result.value)}`);
  return result.problems.map(({ code }) => code);
}

export const hasStatus =
  (...statuses: RunState['status'][]) =>
  ({ state }: RunSummary) =>
    statuses.includes(state.status);

/** The first message of a child process; rejects if the process ends before sending one. */
export function firstMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`the child ended with ${code} before its message`)));
  });
}
