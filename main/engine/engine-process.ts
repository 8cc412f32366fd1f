/**
 * The engine process: the engine's door (`engine-door.ts`) on the port that its host gave it. Under the desktop app that is a utility
 * process's parentPort, under the browser host a child process's IPC channel; both carry structured clones.
 */
import { createBirpc } from 'birpc';
import { createEngineService } from '../../engine/service.ts';
import type { EngineDoor, EngineDoorEvents } from './engine-door.ts';
import { joinPieces, postInPieces } from './in-pieces.ts';
import { openBackend } from './kernel-backend.ts';
import { packWeights } from './pack-weights.ts';

const lastWordsMs = 100;

interface Port {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
}

/** Electron's utility process has it; Node's types do not know it. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

function openPort(): Port {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort) {
    return {
      post: (message) => parentPort.postMessage(message),
      listen: (listener) => parentPort.on('message', ({ data }) => listener(data)),
    };
  }
  if (!process.send) throw new Error('The engine process has no parent to talk to; `npm start` starts it.');
  // Main is gone: nobody is left to work for.
  process.on('disconnect', () => process.exit(0));
  return {
    // A message that meets a parent that is gone is lost with it; 'disconnect' ends this process.
    post: (message) => void (process.connected && process.send!(message, undefined, undefined, () => {})),
    listen: (listener) => process.on('message', listener),
  };
}

// The host alone decides when the engine ends; Ctrl+C in a terminal reaches this process too.
process.on('SIGINT', () => {});

const port = openPort();
const events: EngineDoorEvents = {
  epochs: (event) => void main.epochs.asEvent(event),
  checkpoint: (event) => void main.checkpoint.asEvent(event),
  state: (event) => void main.state.asEvent(event),
  dying: (event) => void main.dying.asEvent(event),
};
const door = packWeights(
  (told) =>
    createEngineService(told, {
      yieldToMessages: () => new Promise((resolve) => setImmediate(resolve)),
      now: () => performance.now(),
      backend: openBackend(),
    }),
  events,
);
const main = createBirpc<EngineDoorEvents, EngineDoor>(door, {
  post: (message) => postInPieces(port.post, message),
  on: (listener) => port.listen(joinPieces(listener)),
});

process.on('uncaughtException', ({ name, message }) => {
  events.dying({ name, message });
  // The port carries the last words while this process still runs.
  setTimeout(() => process.exit(1), lastWordsMs);
});
