/** The contract between the lab and the program that hosts it: the desktop app or the browser host. Types only. */
import type { Problem } from '../../engine/errors.ts';
import type { FileDialogRequest, LabApi, LabDescription, LabEvents } from '../api.ts';
import type { EngineChild } from '../engine-process/engine-child.ts';
import type { FlagSet } from '../engine-process/kernel-flags.ts';
import type { WindowMessage } from '../window-message.ts';

export interface LabHost {
  kind: LabDescription['host'];
  folders: LabFolders;
  /** Starts an engine process with V8's flags as arguments; the supervisor asks for another one when it dies. */
  forkEngine(flags: FlagSet): EngineChild;
  /** Starts the process in which project files are checked (main/project/checker-process.ts). */
  forkChecker(): EngineChild;
}

export interface LabFolders {
  /** Where new projects go. */
  projects: string;
  /** Folder for preferences and the list of recent projects. */
  settings: string;
}

/** One window as its host connects it to the lab. */
export interface WindowLine {
  /** Sends a message to the window. Throws if the window is gone, which ends its session. */
  post(message: WindowMessage): void;
  /** Tells the window to connect anew, because another lab has replaced the one it was connected to. */
  connectAnew(): void;
  /** Shows the system's own dialogs; null if the window has none. */
  showFileDialog: ((request: FileDialogRequest) => Promise<string | null>) | null;
}

/** One window's connection: messages in and out, birpc between LabApi and LabEvents. */
export interface WindowSession {
  /**
   * Takes a message from the window. A message that is damaged, too large or not a call of the lab has no effect,
   * because a window is not trusted.
   */
  receive(message: WindowMessage): void;
  /** Sends the host's own events to the window: a menu item, a file opened from outside. */
  events: LabEvents;
  api: LabApi;
  /** Allows the window to open a path that the user chose outside the window's calls, such as a file dropped on it. */
  allow(path: string): void;
  /** Ends the session of a window that is gone. Its project closes when no other window shows it. */
  disconnect(): Promise<void>;
}

export interface Lab {
  connect(line: WindowLine): WindowSession;
  /** Tells all windows of an uncaught error. */
  tellDefect(found: Problem): void;
  /** Resolves when no run is training in the background any more. A lab must not end with its windows before that. */
  idle(): Promise<void>;
  /** Pauses running runs at a checkpoint, closes the files and ends the engine. */
  close(): Promise<void>;
}
