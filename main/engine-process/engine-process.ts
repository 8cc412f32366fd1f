/**
 * The engine process: serves the engine's calls (`engine-door.ts`) on the port that its host gave it. In the desktop
 * app that is a utility process's parentPort, under the browser host a child process's IPC channel; both carry
 * structured clones.
 */
import { constants, setPriority } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { serialize } from 'node:v8';
import { createBirpc } from 'birpc';
import type { EngineEvents } from '../../engine/api.ts';
import { createEngineService } from '../../engine/serving/service.ts';
import { onDefect } from '../defects.ts';
import { onlyOwn } from '../own-calls.ts';
import type { EngineDoorEvents, EngineProcessDoor } from './engine-door.ts';
import { withFreedMemory } from './free-memory.ts';
import { createPiecePoster, joinPieces } from './in-pieces.ts';
import { backendLine, openBackend } from './kernel-backend.ts';
import { setFlags } from './kernel-flags.ts';
import { withThreads } from './thread-setting.ts';

const lastWordsMs = 100;
const sendingMs = 10;

interface Port {
  /** Resolves when the message has left this process; undefined if that cannot be known. */
  post(message: unknown): Promise<void> | undefined;
  listen(listener: (message: unknown) => void): void;
}

/** The port of Electron's utility processes; Node's types lack it. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

function openPort(): Port {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort) {
    return {
      post: (message) => void parentPort.postMessage(message),
      listen: (listener) => parentPort.on('message', ({ data }) => listener(data)),
    };
  }
  if (!process.send) throw new Error('The engine process has no parent to talk to; `npm start` starts it.');
  // The parent has gone; there is nobody to work for.
  process.on('disconnect', () => process.exit(0));
  return {
    // A message to a parent that is gone is lost; 'disconnect' ends this process.
    post: (message) =>
      process.connected
        ? new Promise((resolve) => process.send!(message, undefined, undefined, () => resolve()))
        : undefined,
    listen: (listener) => process.on('message', listener),
  };
}

// Windows and the lab have priority when there are not enough cores. If the system refuses, nothing else is lost.
try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {}

// Ignored, because the host alone decides when the engine ends; Ctrl+C in a terminal reaches this process too.
process.on('SIGINT', () => {});

const port = openPort();
const poster = createPiecePoster(port.post);

/**
 * Lets messages through. Pieces of a checkpoint get up to 10 ms, because a long training would starve them otherwise.
 */
async function yieldToMessages(): Promise<void> {
  const until = performance.now() + sendingMs;
  do await setImmediate();
  while (poster.isSending() && performance.now() < until);
}

const events: EngineEvents = {
  epochs: ({ runId, rows }) => main.epochs({ runId, rows: serialize(rows) }),
  checkpoint: (event) => main.checkpoint.asEvent(event),
  state: (event) => void main.state.asEvent(event),
};
let threads: number | null = null;
// Flags come as arguments, not as options of the program, because Electron passes no options to V8.
const flags = process.argv.slice(2);
setFlags(flags);
const backend = openBackend(() => threads);
const { v8 } = process.versions;
console.error(backendLine(backend, v8, flags));
const service = createEngineService(events, { yieldToMessages, now: () => performance.now(), backend });
const described = { ...service, describe: async () => ({ ...(await service.describe()), v8, flags }) };
const door = withThreads(withFreedMemory(described), (wanted) => {
  threads = wanted;
});
const main = createBirpc<EngineDoorEvents, EngineProcessDoor>(onlyOwn(door), {
  post: poster.post,
  on: (listener) => port.listen(joinPieces(listener)),
  // The parent may be busy, or asleep with its computer.
  timeout: -1,
});

// An engine with an uncaught error ends, and another continues its runs: what it computes must be right.
onDefect(({ name, message }) => {
  void main.dying.asEvent({ name, message });
  // The process must still run while the port sends the error.
  setTimeout(() => process.exit(1), lastWordsMs);
});
