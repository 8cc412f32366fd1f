/** What the lab asks of the program that hosts it: the desktop app or the browser host. Types only. */
import type { Problem } from '../../engine/errors.ts';
import type { FileDialogRequest, LabApi, LabDescription, LabEvents } from '../api.ts';
import type { EngineChild } from '../engine-process/engine-child.ts';
import type { FlagSet } from '../engine-process/kernel-flags.ts';
import type { WindowMessage } from '../window-message.ts';

export interface LabHost {
  kind: LabDescription['host'];
  folders: LabFolders;
  /** Starts an engine process, which gets V8's flags as arguments; the supervisor asks for another when it has died. */
  forkEngine(flags: FlagSet): EngineChild;
  /** Starts the process that project files are checked in (main/project/checker-process.ts). */
  forkChecker(): EngineChild;
}

export interface LabFolders {
  /** Where new projects go. */
  projects: string;
  /** Preferences and the list of recent projects. */
  settings: string;
}

/** One window, as its host connects it to the lab. */
export interface WindowLine {
  /** May throw where the window is gone; its session then ends. */
  post(message: WindowMessage): void;
  /** The lab behind it has gone and another is there: the window is to connect anew. */
  connectAnew(): void;
  /** The system's own dialogs, for windows that have them. */
  showFileDialog: ((request: FileDialogRequest) => Promise<string | null>) | null;
}

/** One window's connection: messages in and out, birpc between LabApi and LabEvents. */
export interface WindowSession {
  /** One that is no call of the lab's, is spoilt or is too large has no effect: a window is not trusted. */
  receive(message: WindowMessage): void;
  /** Events of the host: a menu item, a file opened from outside. */
  events: LabEvents;
  api: LabApi;
  /** A path that the user has chosen outside the window's calls, such as one that was dropped on it: it may be opened. */
  allow(path: string): void;
  /** The window is gone; what it had open is closed when no other window shows it. */
  disconnect(): Promise<void>;
}

export interface Lab {
  connect(line: WindowLine): WindowSession;
  /** Tells all windows of an uncaught error. */
  tellDefect(found: Problem): void;
  /** Resolves when no run goes on that was asked to without a window: before that, no lab ends with its windows. */
  idle(): Promise<void>;
  /** Running runs pause at a checkpoint, files close, the engine ends. */
  close(): Promise<void>;
}
