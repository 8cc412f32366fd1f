import { createBirpc } from 'birpc';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileSource, LabApi, LabEvents } from '../../../main/api.ts';
import {
  decodeMessage,
  encodeMessage,
  largestMessageBytes,
  type WindowMessage,
} from '../../../main/window-message.ts';
import { ConnectionLost, connectLab, labAddress, type Transport } from '../../../renderer/lab.ts';

/** A connection, which can be cut, to a lab that answers `describe` with the number of connections so far. */
function labLine() {
  const cuts: (() => void)[] = [];
  let connections = 0;
  let toWindow: LabEvents | null = null;
  const transport: Transport = {
    open(handlers) {
      connections += 1;
      const here = connections;
      let toLab: (message: WindowMessage) => void = () => {};
      let open = true;
      const api = {
        describe: async () => ({ connection: here }),
        readFile: async (source: FileSource) => source,
        // This call never gets an answer.
        listRecent: () => new Promise(() => {}),
      } as unknown as LabApi;
      const rpc = createBirpc<LabEvents, LabApi>(api, {
        post: (message: WindowMessage) => open && handlers.message(message),
        on: (receive) => {
          toLab = receive;
        },
        serialize: encodeMessage,
        deserialize: decodeMessage,
      });
      toWindow = { runChanged: (event: never) => rpc.runChanged.asEvent(event) } as unknown as LabEvents;
      queueMicrotask(handlers.opened);
      cuts.push(() => {
        open = false;
        handlers.closed();
      });
      return { send: (message) => open && toLab(message) };
    },
  };
  return { transport, cut: () => cuts.at(-1)!(), events: () => toWindow! };
}

describe('the door to the lab', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits for the connection, and calls over it', async () => {
    const { transport } = labLine();
    const { api } = connectLab(transport);
    expect(await api.describe()).toEqual({ connection: 1 });
  });

  it('says when the connection is lost, ends calls that were under way, and connects again', async () => {
    const line = labLine();
    const connection = connectLab(line.transport);
    const said: boolean[] = [];
    connection.onConnection = (connected) => said.push(connected);
    await connection.api.describe();
    const never = connection.api.listRecent();
    const lost = expect(never).rejects.toBeInstanceOf(ConnectionLost);
    await Promise.resolve();
    line.cut();
    await lost;
    expect(said).toEqual([true, false]);
    const waiting = connection.api.describe();
    await vi.runAllTimersAsync();
    expect(await waiting).toEqual({ connection: 2 });
    expect(said).toEqual([true, false, true]);
  });

  it('hands events to whoever waits for them', async () => {
    const line = labLine();
    const connection = connectLab(line.transport);
    const seen: unknown[] = [];
    connection.handlers.runChanged = (run) => void seen.push(run);
    await connection.api.describe();
    line.events().runChanged({ id: 'a' } as never);
    line.events().runChanged({ id: 'b' } as never);
    await vi.runAllTimersAsync();
    expect(seen).toEqual([{ id: 'a' }, { id: 'b' }]);
  });

  it('carries bytes, and does not send what the lab would not take', async () => {
    const { api } = connectLab(labLine().transport);
    const source = { kind: 'contents', fileName: 'f', bytes: Uint8Array.of(1, 2) } as const;
    expect(await api.readFile(source)).toEqual(source);
    const large = { ...source, bytes: new Uint8Array(largestMessageBytes) };
    await expect(api.readFile(large)).rejects.toThrow(
      'has more than 67108864 bytes, the most that goes to the lab',
    );
    expect(await api.describe()).toEqual({ connection: 1 });
  });

  it('is beside the page that was served', () => {
    expect(labAddress({ protocol: 'http:', host: '127.0.0.1:8123' })).toBe('ws://127.0.0.1:8123/lab');
    expect(labAddress({ protocol: 'https:', host: 'x' })).toBe('wss://x/lab');
  });
});
