import { utilityProcess } from 'electron';
import type { EngineChild } from '../lab/host.ts';

/** The engine as a utility process of the app. Only after the app is ready. */
export function forkEngine(entry: string): EngineChild {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Ohlol engine', stdio: 'inherit' });
  // V8 gave up, and the exit follows. Where nobody listens the event is an exception, which ends the app.
  child.on('error', (type, location) => console.error(`The engine ends: ${type} of V8 in ${location}`));
  return {
    get pid() {
      return child.pid;
    },
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      child.once('exit', (code) => {
        const signal = signals[code] ?? null;
        listener(signal === null ? code : null, signal);
      });
    },
    kill: () => void child.kill(),
  };
}

/** Electron names no signal; where one killed the process its number is the code. Windows has none. */
const signals: Record<number, string> =
  process.platform === 'win32' ? {} : { 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' };
