/** The lab: everything behind the window, whichever host it runs under, in the thread that calls. */

import { createBirpc } from 'birpc';
import type { EngineEvents } from '../../engine/api.ts';
import type { LabApi, LabCommand, LabEvents } from '../api.ts';
import { logDefect } from '../defects.ts';
import { chooseFlags } from '../engine-process/flag-choice.ts';
import { openFlagMemory } from '../engine-process/flag-memory.ts';
import { createLookingEngine } from '../engine-process/looking-engine.ts';
import { type EngineSupervisor, superviseEngine } from '../engine-process/supervisor.ts';
import { isCall, onlyOwn } from '../own-calls.ts';
import { createFileChecker } from '../project/file-checker.ts';
import { createReader } from '../reader/reader.ts';
import { decodeMessage, encodeMessage, isTooLarge, type WindowMessage } from '../window-message.ts';
import type { Lab, LabHost, WindowLine, WindowSession } from './host.ts';
import { createProjects, type Projects } from './projects/projects.ts';
import { guardPaths } from './session/guarded-paths.ts';
import { grantPaths } from './session/path-grants.ts';
import { checkRequests } from './session/requests.ts';
import { createSession } from './session/session.ts';
import { openSettings, type Settings } from './settings.ts';

export function createLocalLab(host: LabHost): Lab {
  const stored = openSettings(host.folders.settings);
  const settings: Settings = {
    ...stored,
    async setPreferences(patch) {
      const preferences = await stored.setPreferences(patch);
      if (patch.threads === undefined) return preferences;
      await Promise.all([supervisor.threadsChanged(), looking.threadsChanged()]);
      return preferences;
    },
  };
  const reader = createReader();
  const windows = new Set<LabEvents>();

  // The engine's events reach projects that only exist once there is an engine to run them.
  const events: EngineEvents = {
    epochs: (event) => projects.events.epochs(event),
    checkpoint: (event) => projects.events.checkpoint(event),
    state: (event) => projects.events.state(event),
  };
  const supervisor: EngineSupervisor = superviseEngine({
    fork: (flags) => host.forkEngine(flags),
    flags: chooseFlags({ memory: openFlagMemory(host.folders.settings) }),
    threads: () => stored.preferences().threads,
    events,
    onStatus: (status) => {
      for (const window of windows) window.engineChanged(status);
    },
    onDeath: (death) => projects.engineDied(death),
  });
  const looking = createLookingEngine({
    fork: (flags) => host.forkEngine(flags),
    flags: () => chooseFlags({ memory: openFlagMemory(host.folders.settings) }),
    threads: () => stored.preferences().threads,
  });
  const checker = createFileChecker(() => host.forkChecker());
  const projects: Projects = createProjects(
    host.folders,
    supervisor.api,
    looking.api,
    settings,
    reader,
    checker,
  );

  function connect(line: WindowLine): WindowSession {
    let receive: (message: WindowMessage) => unknown = () => {};
    let isGone = false;

    /** What it had open is closed when no other window shows it. */
    function leave(): void {
      if (isGone) return;
      isGone = true;
      windows.delete(toWindow);
      session.leave();
      rpc.$close();
    }

    /** A line that does not take a message is a window that is gone. */
    function post(message: WindowMessage): void {
      if (isGone) return;
      try {
        line.post(message);
      } catch (error) {
        console.error('A window is gone:', error);
        leave();
      }
    }

    function allowNamed(command: LabCommand): void {
      if (command.kind === 'open-path') grants.allowToRead(command.path);
    }

    const send = (name: keyof LabEvents) => (event: unknown) => {
      // Named on the command line, or by the system: the window asks for it by its path.
      if (name === 'command') allowNamed(event as LabCommand);
      if (!isGone) rpc.$callEvent(name, event as never).catch(logDefect);
    };
    const toWindow = Object.fromEntries(
      Object.keys(eventNames).map((name) => [name, send(name as keyof LabEvents)]),
    ) as unknown as LabEvents;
    const session = createSession({
      host,
      settings,
      projects,
      reader,
      engineStatus: () => supervisor.status(),
      showFileDialog: line.showFileDialog,
      events: toWindow,
    });
    // The host itself may name any path; what comes over the line, only what was chosen.
    const grants = grantPaths({
      projectsFolder: host.folders.projects,
      isRecent: (path) => settings.recent().some((known) => known.path === path),
    });
    const api = onlyOwn(checkRequests(session.api));
    const rpc = createBirpc<LabEvents, LabApi>(onlyOwn(checkRequests(guardPaths(session.api, grants))), {
      post,
      on: (listener) => {
        receive = listener;
      },
      serialize: writeMessage,
      deserialize: readMessage,
      // An answer that cannot be written is answered with its error.
      onGeneralError: (error) => {
        logDefect(error);
        return true;
      },
    });
    windows.add(toWindow);
    return {
      receive(message) {
        if (!isGone) Promise.resolve(receive(message)).catch(logDefect);
      },
      events: toWindow,
      api,
      allow: (path) => grants.allowToRead(path),
      disconnect: async () => leave(),
    };
  }

  return {
    connect,
    tellDefect(found) {
      for (const window of windows) window.defectFound(found);
    },
    idle: () => projects.idle(),
    async close() {
      try {
        await projects.close();
        await settings.settled();
      } finally {
        supervisor.close();
        looking.close();
        checker.close();
        reader.close();
      }
    },
  };
}

/** An Error has nothing that JSON would carry; its name and message are what the window shows of a defect. */
function writeMessage(message: unknown): WindowMessage {
  const { e: error, ...answer } = message as { e?: { name?: unknown; message?: unknown } };
  if (error === undefined) return encodeMessage(message);
  // Whatever was thrown: a window shows its message.
  const { name = 'Error', message: said = JSON.stringify(error) } = error;
  return JSON.stringify({ ...answer, e: { name, message: said } });
}

/** An answer to no call, which birpc passes over. */
const noMessage = { t: 's', i: '' };

/** A window is not trusted: what is no call of the lab must not end it, and there is nobody to answer. */
function readMessage(given: WindowMessage): unknown {
  if (isTooLarge(given)) return noMessage;
  try {
    const message = decodeMessage(given);
    return isCall(message) ? message : noMessage;
  } catch {
    return noMessage;
  }
}

const eventNames: Record<keyof LabEvents, true> = {
  draftChanged: true,
  runChanged: true,
  runRemoved: true,
  projectChanged: true,
  epochsArrived: true,
  engineChanged: true,
  lookProgressed: true,
  importProgressed: true,
  defectFound: true,
  labSilent: true,
  command: true,
};
