import { utilityProcess } from 'electron';
import type { EngineChild } from '../lab/host.ts';

/** The engine as a utility process of the app. Only after the app is ready. */
export function forkEngine(entry: string): EngineChild {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Ohlol engine', stdio: 'inherit' });
  return {
    get pid() {
      return child.pid;
    },
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    // Electron names no signal; where one killed the process its number is the code.
    onExit: (listener) => void child.once('exit', (code) => listener(code, null)),
    kill: () => void child.kill(),
  };
}
