/**
 * The window's only door out: LabApi by birpc, over the desktop app's message port (`window.ohlol`, put there by the
 * preload script) or over the WebSocket `/lab` of the browser host. Messages are the same on both (main/window-message.ts).
 *
 * The connection may drop at any time (the machine slept, the host restarted): calls then wait for the next
 * connection, calls that were under way reject with ConnectionLost, and `onConnection` says what happened, so that
 * the state classes can pull the truth anew.
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

/** What the preload script puts on the window. */
export interface DesktopPort {
  post(message: WindowMessage): void;
  listen(listener: (message: WindowMessage) => void): void;
  /** Where a dropped file lies. */
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
  /** Called with true at each connection (the first too), with false when it is lost. */
  onConnection: (connected: boolean) => void;
}

/** One that is forgotten here is a type error. */
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
          // Nothing is returned: the call would wait for it.
          post: (message: WindowMessage) => {
            if (isTooLarge(message)) throw tooLarge();
            line.send(message);
          },
          on: (receive) => {
            listener = receive;
          },
          serialize: encodeMessage,
          deserialize: decodeMessage,
          // Exports and long checks take their time; a lost connection ends a call, not a clock.
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

/** The lab would not take it, and nobody would answer. */
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

/** `ws://127.0.0.1:port/lab`; the page's own cookie and secret open it. */
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
      // Put there by the page that one enters through (main/browser/enter-page.ts), which sends back who has none.
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
