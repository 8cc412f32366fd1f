/** Calls between the main thread and the lab's own thread, as structured clones in both directions. */
import type { Problem } from '../../../engine/errors.ts';
import type { FileDialogRequest, LabApi, LabEvents } from '../../api.ts';
import type { FlagSet } from '../../engine-process/kernel-flags.ts';
import { ownArray, replaceParts } from '../../own-buffers.ts';
import type { WindowMessage } from '../../window-message.ts';
import type { LabHost } from '../host.ts';

/** Calls that the lab's thread answers. The caller numbers windows and engine processes. */
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
  /** Answered at once if the thread is not held up. */
  ping(): void;
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Calls that the main thread answers; it alone has windows and processes. */
export interface HostCalls {
  /** The lab's thread is up; nothing is sent to it before. */
  ready(): void;
  post(window: number, message: WindowMessage): void;
  showFileDialog(window: number, request: FileDialogRequest): Promise<string | null>;
  forkEngine(engine: number, flags: FlagSet): void;
  /** Starts a checker process, which is numbered like an engine. */
  forkChecker(engine: number): void;
  toEngine(engine: number, message: unknown): void;
  killEngine(engine: number): void;
}

export type ThreadData = Pick<LabHost, 'kind' | 'folders'>;

/** The message port of either thread. */
export interface ThreadPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Buffers of at least this many bytes are moved; smaller ones are copied as fast. */
const worthMoving = 64 * 1024;

/**
 * Posts a message whose large buffers the sender no longer needs: they are moved to the other thread, not copied. A
 * view of part of a buffer is copied alone, because other views may share the buffer.
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
