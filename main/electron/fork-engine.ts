import { constants } from 'node:os';
import { utilityProcess } from 'electron';
import type { EngineChild } from '../engine-process/engine-child.ts';
import type { FlagSet } from '../engine-process/kernel-flags.ts';
import { withOwnBuffers } from '../own-buffers.ts';

/** Starts the engine as a utility process of the app. Only after the app is ready. */
export function forkEngine(entry: string, flags: FlagSet): EngineChild {
  const child = utilityProcess.fork(entry, [...flags], { serviceName: 'Ohlol engine', stdio: 'inherit' });
  // V8 gave up, and the exit follows. Without a listener the event would be an exception that ends the app.
  child.on('error', (type, location) => console.error(`The engine ends: ${type} of V8 in ${location}`));
  return {
    get pid() {
      return child.pid;
    },
    post: (message) => child.postMessage(withOwnBuffers(message)),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      child.once('exit', (code) => {
        const signal = signalOf(code);
        listener(signal === null ? code : null, signal);
      });
    },
    kill: () => void child.kill(),
  };
}

const signals = [
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGTERM',
] as const;
/** Added to the signal's number in a process's status if its memory was dumped. */
const dumped = 128;

/**
 * The signal in an exit code. Electron names no signal; if one killed the process, the code is its wait status. Windows
 * has no signals.
 */
function signalOf(code: number): string | null {
  if (process.platform === 'win32') return null;
  const number = code > dumped ? code - dumped : code;
  return signals.find((name) => constants.signals[name] === number) ?? null;
}
