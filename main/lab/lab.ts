/** The lab in the calling thread: everything behind the window, for every host. */

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

  // Arrow functions, because `projects` is created only once there is an engine.
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

    /** Ends the session; its project closes when no other window shows it. */
    function leave(): void {
      if (isGone) return;
      isGone = true;
      windows.delete(toWindow);
      session.leave();
      rpc.$close();
    }

    /** A line that throws means that the window is gone. */
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
      // The path was named on the command line or by the system, and the window will ask for it.
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
    // The host may name any path; a message over the line may name only paths that were chosen.
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
      // The caller of an answer that cannot be serialized gets its error instead.
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

/** Writes a message. JSON carries nothing of an Error, so its name and message, which the window shows, are copied. */
function writeMessage(message: unknown): WindowMessage {
  const { e: error, ...answer } = message as { e?: { name?: unknown; message?: unknown } };
  if (error === undefined) return encodeMessage(message);
  // Any value may have been thrown; the window shows a message of it.
  const { name = 'Error', message: said = JSON.stringify(error) } = error;
  return JSON.stringify({ ...answer, e: { name, message: said } });
}

/** An answer to no call; birpc ignores it. */
const noMessage = { t: 's', i: '' };

/**
 * Reads a message of a window, which is not trusted: anything that is not a call of the lab is ignored, so that it
 * cannot end the lab.
 */
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
