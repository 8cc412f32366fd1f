/** A window without a browser: the lab's door, over its WebSocket, as the page uses it. */
import { once } from 'node:events';
import { type BirpcReturn, createBirpc } from 'birpc';
import { WebSocket } from 'ws';
import type { LabApi, LabEvents, RunSummary } from '../../main/api.ts';
import { decodeMessage, encodeMessage } from '../../main/window-message.ts';

export interface LabDoor {
  /** Calls reject with ConnectionLost when the lab goes. */
  api: BirpcReturn<LabApi, LabEvents>;
  /** What was told of each run last. */
  runs: Map<string, RunSummary>;
  /** Resolves with the run when it is so. */
  runIs(runId: string, holds: (run: RunSummary) => boolean): Promise<RunSummary>;
  /** Another window on the same lab, or this one after a reload. */
  another(): Promise<LabDoor>;
  /** As a window that reloads or goes, whatever it waits for. */
  close(): void;
}

export class ConnectionLost extends Error {}

/** @param url as the lab printed it, with its one-time key. */
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
