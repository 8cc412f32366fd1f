/**
 * The window's only connection to the outside: LabApi by birpc, over the desktop app's message port
 * (`window.ohlol`, set by the preload script) or over the browser host's WebSocket `/lab`. Messages are the
 * same on both (main/window-message.ts).
 *
 * The connection may drop at any time (the machine slept, the host restarted). New calls then wait for the
 * next connection, pending calls reject with ConnectionLost, and `onConnection` is called, so that the
 * state classes can fetch everything again.
 */
import { type BirpcReturn, createBirpc } from 'birpc';
import type { LabApi, LabEvents } from '../main/api.ts';
import {
  decodeMessage,
  encodeMessage,
  isTooLarge,
  largestMessageBytes,
  type WindowMessage,
} from '../main/window-message.ts';

/** How messages travel. `open` may be called again after `closed`. */
export interface Transport {
  open(handlers: { opened(): void; message(message: WindowMessage): void; closed(): void }): {
    send(message: WindowMessage): void;
  };
}

/** The object that the preload script puts on the window. */
export interface DesktopPort {
  post(message: WindowMessage): void;
  listen(listener: (message: WindowMessage) => void): void;
  /** The path of a dropped file. */
  pathOf?(file: File): string;
}

export class ConnectionLost extends Error {
  constructor() {
    super('The connection to the lab was lost before it answered');
    this.name = 'ConnectionLost';
  }
}

export interface LabConnection {
  api: LabApi;
  /** Handlers of events, set once at start; events without a handler are ignored. */
  handlers: Partial<LabEvents>;
  /** Called with true at each connection, including the first, and with false when it is lost. */
  onConnection: (connected: boolean) => void;
}

/** An event that is missing here is a type error. */
const events: Record<keyof LabEvents, true> = {
  draftChanged: true,
  runChanged: true,
  runRemoved: true,
  epochsArrived: true,
  projectChanged: true,
  engineChanged: true,
  lookProgressed: true,
  importProgressed: true,
  defectFound: true,
  labSilent: true,
  command: true,
};
const eventNames = Object.keys(events) as (keyof LabEvents)[];
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4000;

export function connectLab(transport: Transport): LabConnection {
  type Rpc = BirpcReturn<LabApi, LabEvents>;
  let rpc: Rpc | null = null;
  const waiting: ((rpc: Rpc) => void)[] = [];
  let retryMs = FIRST_RETRY_MS;

  const connection: LabConnection = {
    handlers: {},
    onConnection: () => {},
    api: new Proxy({} as LabApi, {
      get:
        (_, method: string) =>
        async (...args: unknown[]) => {
          const connected = rpc ?? (await new Promise<Rpc>((resolve) => waiting.push(resolve)));
          return connected.$callRaw({ method, args });
        },
    }),
  };

  const events = Object.fromEntries(
    eventNames.map((name) => [
      name,
      (event: never) => (connection.handlers[name] as ((event: never) => void) | undefined)?.(event),
    ]),
  ) as unknown as LabEvents;

  function open() {
    let listener: (message: WindowMessage) => void = () => {};
    const line = transport.open({
      opened() {
        retryMs = FIRST_RETRY_MS;
        const fresh: Rpc = createBirpc<LabApi, LabEvents>(events, {
          // `post` returns nothing: a call would wait for what it returns.
          post: (message: WindowMessage) => {
            if (isTooLarge(message)) throw tooLarge();
            line.send(message);
          },
          on: (receive) => {
            listener = receive;
          },
          serialize: encodeMessage,
          deserialize: decodeMessage,
          // Exports and long checks take their time; only a lost connection ends a call, not a timeout.
          timeout: -1,
        });
        rpc = fresh;
        for (const resolve of waiting.splice(0)) resolve(fresh);
        connection.onConnection(true);
      },
      message: (message) => listener(message),
      closed() {
        const lost = rpc;
        rpc = null;
        lost?.$rejectPendingCalls(({ reject }) => reject(new ConnectionLost()));
        if (lost) connection.onConnection(false);
        setTimeout(open, retryMs);
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
      },
    });
  }
  open();
  return connection;
}

/** The error for a message that the lab would refuse without an answer. */
function tooLarge(): Error {
  return new Error(
    `what was asked has more than ${largestMessageBytes} bytes, the most that goes to the lab at once`,
  );
}

/** The desktop app's port where there is one, else the WebSocket beside this page. */
export function hostTransport(): Transport {
  const port = (globalThis as { ohlol?: DesktopPort }).ohlol;
  return port ? desktopTransport(port) : webSocketTransport(labAddress(location));
}

/** `ws://127.0.0.1:port/lab`; the page's own cookie and secret authorise it. */
export function labAddress(page: { protocol: string; host: string }): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/lab`;
}

function desktopTransport(port: DesktopPort): Transport {
  return {
    open(handlers) {
      port.listen(handlers.message);
      queueMicrotask(handlers.opened);
      return { send: port.post };
    },
  };
}

function webSocketTransport(address: string): Transport {
  return {
    open(handlers) {
      // The entry page (main/browser/enter-page.ts) stores the secret; a page without one is sent back
      // there.
      const secret = localStorage.getItem('ohlol-page');
      if (secret === null) {
        location.replace('/enter');
        return { send: () => {} };
      }
      const socket = new WebSocket(address, ['ohlol', secret]);
      socket.binaryType = 'arraybuffer';
      socket.onopen = handlers.opened;
      socket.onmessage = ({ data }) =>
        handlers.message(typeof data === 'string' ? data : new Uint8Array(data));
      socket.onclose = handlers.closed;
      return { send: (message) => socket.send(message) };
    },
  };
}
