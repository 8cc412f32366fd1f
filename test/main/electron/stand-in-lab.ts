/**
 * A lab that notes what a host asks of it. A host only connects parts; what the lab does is tested
 * elsewhere.
 */
import type { Problem } from '../../../engine/errors.ts';
import type { LabCommand, Preferences } from '../../../main/api.ts';
import type { Lab, WindowLine, WindowSession } from '../../../main/lab/host.ts';
import type { ThreadedLabHost } from '../../../main/lab/thread/lab-in-thread.ts';
import type { WindowMessage } from '../../../main/window-message.ts';

export interface StandInSession {
  line: WindowLine;
  received: WindowMessage[];
  commands: LabCommand[];
  allowed: string[];
  isConnected: boolean;
  /** The path of the project that this window shows. */
  project: string | null;
}

export interface StandInLab extends Lab {
  host: ThreadedLabHost;
  sessions: StandInSession[];
  defects: Problem[];
  preferences: Preferences;
  /** Lets `close()` resolve. */
  letClose(): void;
  isClosing: boolean;
}

export function makeStandInLab(host: ThreadedLabHost): StandInLab {
  const closing = Promise.withResolvers<void>();
  const lab: StandInLab = {
    host,
    defects: [],
    sessions: [],
    preferences: { language: null, theme: null, threads: null },
    isClosing: false,
    letClose: () => closing.resolve(),
    close() {
      lab.isClosing = true;
      return closing.promise;
    },
    tellDefect: (found) => void lab.defects.push(found),
    idle: async () => {},
    connect(line) {
      const noted: StandInSession = {
        line,
        received: [],
        commands: [],
        allowed: [],
        isConnected: true,
        project: null,
      };
      lab.sessions.push(noted);
      return {
        receive: (message: WindowMessage) => void noted.received.push(message),
        events: { command: (command: LabCommand) => void noted.commands.push(command) },
        api: {
          getPreferences: async () => lab.preferences,
          getProject: async () => (noted.project === null ? null : { path: noted.project }),
        },
        allow: (path: string) => void noted.allowed.push(path),
        disconnect: async () => {
          noted.isConnected = false;
        },
      } as unknown as WindowSession;
    },
  };
  return lab;
}
