/** What the main thread and the lab's own thread ask of each other. Structured clones both ways. */
import type { Problem } from '../../../engine/errors.ts';
import type { FileDialogRequest, LabApi, LabEvents } from '../../api.ts';
import type { FlagSet } from '../../engine-process/kernel-flags.ts';
import { ownArray, replaceParts } from '../../own-buffers.ts';
import type { WindowMessage } from '../../window-message.ts';
import type { LabHost } from '../host.ts';

/** The lab's thread answers. Windows and engine processes are known by numbers that the caller gives out. */
export interface ThreadCalls {
  connect(window: number, hasDialogs: boolean): void;
  receive(window: number, message: WindowMessage): void;
  tell(window: number, name: keyof LabEvents, event: unknown): void;
  call(window: number, method: keyof LabApi, args: unknown[]): Promise<unknown>;
  allow(window: number, path: string): void;
  disconnect(window: number): Promise<void>;
  engineSaid(engine: number, message: unknown): void;
  engineExited(engine: number, code: number | null, signal: string | null): void;
  tellDefect(found: Problem): void;
  /** Answered at once by a thread that is not held up. */
  ping(): void;
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** The main thread answers: it alone has windows and processes. */
export interface HostCalls {
  /** The thread is up; nothing is sent to it before. */
  ready(): void;
  post(window: number, message: WindowMessage): void;
  showFileDialog(window: number, request: FileDialogRequest): Promise<string | null>;
  forkEngine(engine: number, flags: FlagSet): void;
  /** Known by such a number, too. */
  forkChecker(engine: number): void;
  toEngine(engine: number, message: unknown): void;
  killEngine(engine: number): void;
}

export type ThreadData = Pick<LabHost, 'kind' | 'folders'>;

/** A MessagePort of either thread. */
export interface ThreadPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Smaller ones are copied as fast. */
const worthMoving = 64 * 1024;

/**
 * Posts a message whose sender needs its large buffers no more: they are moved to the other thread, not copied. A view
 * on a part of a buffer, which may have neighbours there, is copied alone.
 */
export function postAway(port: ThreadPort, message: unknown): void {
  const moved = new Set<ArrayBuffer>();
  const own = replaceParts(message, (part) => {
    if (!ArrayBuffer.isView(part)) return undefined;
    const array = ownArray(part);
    if (array.byteLength >= worthMoving) moved.add(array.buffer as ArrayBuffer);
    return array;
  });
  port.postMessage(own, [...moved]);
}
