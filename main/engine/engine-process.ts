/**
 * The engine process: `EngineApi` on the port that its host gave it. Under the desktop app that is a utility
 * process's parentPort, under the browser host a child process's IPC channel; both carry structured clones.
 */
import { createBirpc } from 'birpc';
import type { EngineApi, EngineEvents } from '../../engine/api.ts';
import { createEngineService } from '../../engine/service.ts';

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
const events: EngineEvents = {
  epochs: (event) => void main.epochs.asEvent(event),
  checkpoint: (event) => void main.checkpoint.asEvent(event),
  state: (event) => void main.state.asEvent(event),
};
const service: EngineApi = createEngineService(events, {
  yieldToMessages: () => new Promise((resolve) => setImmediate(resolve)),
  now: () => performance.now(),
});
const main = createBirpc<EngineEvents, EngineApi>(service, {
  post: port.post,
  on: port.listen,
});
