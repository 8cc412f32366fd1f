/** A lab that notes what a host asks of it. A host is all wiring: what the lab does with it is tested elsewhere. */
import type { LabCommand, Preferences } from '../../../main/api.ts';
import type { Lab, LabHost, WindowLine, WindowSession } from '../../../main/lab/host.ts';

export interface StandInSession {
  line: WindowLine;
  received: string[];
  commands: LabCommand[];
  allowed: string[];
  isConnected: boolean;
  /** The path of the project that this window shows. */
  project: string | null;
}

export interface StandInLab extends Lab {
  sessions: StandInSession[];
  preferences: Preferences;
  /** Resolves `close()`. */
  letClose(): void;
  isClosing: boolean;
}

export function makeStandInLab(_host?: LabHost): StandInLab {
  const closing = Promise.withResolvers<void>();
  const lab: StandInLab = {
    sessions: [],
    preferences: { language: null, theme: null, threads: null },
    isClosing: false,
    letClose: () => closing.resolve(),
    close() {
      lab.isClosing = true;
      return closing.promise;
    },
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
        receive: (text: string) => void noted.received.push(text),
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
