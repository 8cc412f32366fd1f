/** A window without a browser: it calls the lab over its WebSocket, as the page does. */
import { once } from 'node:events';
import { type BirpcReturn, createBirpc } from 'birpc';
import { WebSocket } from 'ws';
import type { LabApi, LabEvents, RunSummary } from '../../main/api.ts';
import { decodeMessage, encodeMessage } from '../../main/window-message.ts';

export interface LabDoor {
  /** Calls reject with ConnectionLost when the lab ends. */
  api: BirpcReturn<LabApi, LabEvents>;
  /** The newest summary received of each run. */
  runs: Map<string, RunSummary>;
  /** Resolves with the run once the condition holds. */
  runIs(runId: string, holds: (run: RunSummary) => boolean): Promise<RunSummary>;
  /** Opens another window on the same lab, or this one again after a reload. */
  another(): Promise<LabDoor>;
  /** Leaves as a window that reloads or closes, whatever it is waiting for. */
  close(): void;
}

export class ConnectionLost extends Error {}

/** @param url The address that the lab printed, with its one-time key. */
export async function enterLab(url: string): Promise<LabDoor> {
  const { host, origin, hash } = new URL(url);
  const body = hash.slice(1);
  const entered = await fetch(`${origin}/enter`, { method: 'POST', headers: { origin }, body });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0];
  if (!cookie) throw new Error(`the lab gave no cookie but ${entered.status}`);
  const secret = await entered.text();
  return openDoor({ host, origin, cookie, secret });
}

interface Pass {
  host: string;
  origin: string;
  cookie: string;
  secret: string;
}

async function openDoor(pass: Pass): Promise<LabDoor> {
  const { host, origin, cookie, secret } = pass;
  const socket = new WebSocket(`ws://${host}/lab`, ['ohlol', secret], { headers: { cookie, origin } });
  await once(socket, 'open');

  const runs = new Map<string, RunSummary>();
  const waiting = new Set<{ check(run: RunSummary): void; reject(error: Error): void }>();
  const events: LabEvents = {
    draftChanged() {},
    runRemoved: ({ runId }) => void runs.delete(runId),
    projectChanged() {},
    epochsArrived() {},
    engineChanged() {},
    lookProgressed() {},
    importProgressed() {},
    defectFound() {},
    labSilent() {},
    command() {},
    runChanged(run) {
      runs.set(run.id, run);
      for (const { check } of [...waiting]) check(run);
    },
  };
  const api = createBirpc<LabApi, LabEvents>(events, {
    post: (text) => socket.send(text),
    on: (listener) => socket.on('message', (data, isBinary) => listener(isBinary ? data : String(data))),
    serialize: encodeMessage,
    deserialize: decodeMessage,
    timeout: -1,
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    const lost = new ConnectionLost('the lab has gone');
    api.$rejectPendingCalls(({ reject }) => reject(lost));
    for (const { reject } of waiting) reject(lost);
  });
  return {
    api,
    runs,
    runIs(runId, holds) {
      return new Promise((resolve, reject) => {
        const entry = {
          reject,
          check(run: RunSummary) {
            if (run.id !== runId || !holds(run)) return;
            waiting.delete(entry);
            resolve(run);
          },
        };
        if (socket.readyState !== WebSocket.OPEN) return reject(new ConnectionLost('the lab has gone'));
        waiting.add(entry);
        const known = runs.get(runId);
        if (known) entry.check(known);
      });
    },
    another: () => openDoor(pass),
    close: () => socket.terminate(),
  };
}
