/** The lab: everything behind the window, whichever host it runs under, in the thread that calls. */

import { createBirpc } from 'birpc';
import type { EngineEvents } from '../../engine/api.ts';
import type { LabApi, LabEvents } from '../api.ts';
import { type EngineSupervisor, superviseEngine } from '../engine/supervisor.ts';
import { createReader } from '../reader/reader.ts';
import { guardPaths } from './guarded-paths.ts';
import type { Lab, LabHost, WindowLine, WindowSession } from './host.ts';
import { grantPaths } from './path-grants.ts';
import { createProjects, type Projects } from './projects.ts';
import { checkRequests } from './requests.ts';
import { createSession } from './session.ts';
import { openSettings, type Settings } from './settings.ts';

export function createLocalLab(host: LabHost): Lab {
  const stored = openSettings(host.folders.settings);
  const settings: Settings = {
    ...stored,
    async setPreferences(patch) {
      const preferences = await stored.setPreferences(patch);
      if (patch.threads !== undefined) await supervisor.threadsChanged();
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
    fork: () => host.forkEngine(),
    threads: () => stored.preferences().threads,
    events,
    onStatus: (status) => {
      for (const window of windows) window.engineChanged(status);
    },
    onDeath: (death) => projects.engineDied(death),
  });
  const projects: Projects = createProjects(host.folders, supervisor.api, settings, reader);

  function connect(line: WindowLine): WindowSession {
    let receive: (text: string) => void = () => {};
    const session = createSession({
      host,
      settings,
      projects,
      reader,
      engineStatus: () => supervisor.status(),
      showFileDialog: line.showFileDialog,
      events: {
        draftChanged: (event) => toWindow.draftChanged(event),
        runChanged: (event) => toWindow.runChanged(event),
        runRemoved: (event) => toWindow.runRemoved(event),
        projectChanged: (event) => toWindow.projectChanged(event),
        epochsArrived: (event) => toWindow.epochsArrived(event),
        engineChanged: (event) => toWindow.engineChanged(event),
        command: (event) => toWindow.command(event),
      },
    });
    // The host itself may name any path; what comes over the line, only what was chosen.
    const grants = grantPaths({
      projectsFolder: host.folders.projects,
      isRecent: (path) => settings.recent().some((known) => known.path === path),
    });
    const api = checkRequests(session.api);
    const rpc = createBirpc<LabEvents, LabApi>(checkRequests(guardPaths(session.api, grants)), {
      post: line.post,
      on: (listener) => {
        receive = listener;
      },
      serialize: writeMessage,
      deserialize: readMessage,
    });
    const toWindow: LabEvents = {
      draftChanged: (event) => void rpc.draftChanged.asEvent(event),
      runChanged: (event) => void rpc.runChanged.asEvent(event),
      runRemoved: (event) => void rpc.runRemoved.asEvent(event),
      projectChanged: (event) => void rpc.projectChanged.asEvent(event),
      epochsArrived: (event) => void rpc.epochsArrived.asEvent(event),
      engineChanged: (event) => void rpc.engineChanged.asEvent(event),
      command(event) {
        // Named on the command line, or by the system: the window asks for it by its path.
        if (event.kind === 'open-path') grants.allowToRead(event.path);
        void rpc.command.asEvent(event);
      },
    };
    windows.add(toWindow);
    return {
      receive: (text) => receive(text),
      events: toWindow,
      api,
      allow: (path) => grants.allowToRead(path),
      async disconnect() {
        windows.delete(toWindow);
        session.leave();
        rpc.$close();
      },
    };
  }

  return {
    connect,
    idle: () => projects.idle(),
    async close() {
      try {
        await projects.close();
        await settings.settled();
      } finally {
        supervisor.close();
        reader.close();
      }
    },
  };
}

/** An Error has nothing that JSON would carry; its name and message are what the window shows of a defect. */
function writeMessage(message: unknown): string {
  const { e: error, ...answer } = message as { e?: { name?: unknown; message?: unknown } };
  if (error === undefined) return JSON.stringify(message);
  // Whatever was thrown: a window shows its message.
  const { name = 'Error', message: said = JSON.stringify(error) } = error;
  return JSON.stringify({ ...answer, e: { name, message: said } });
}

/** An answer to no call, which birpc passes over. */
const noMessage = { t: 's', i: '' };

/** A window is not trusted: a text that is no message must not end the lab, and there is nobody to answer it. */
function readMessage(text: string): unknown {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? message : noMessage;
  } catch {
    return noMessage;
  }
}
