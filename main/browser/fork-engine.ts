import { fork, type Serializable } from 'node:child_process';
import type { EngineChild } from '../engine-process/engine-child.ts';
import type { FlagSet } from '../engine-process/kernel-flags.ts';

/**
 * The engine as a Node child process. Messages go by structured clone, so that typed arrays stay what they are. A quiet
 * one's log goes nowhere.
 */
export function forkEngine(entry: string, flags: FlagSet, isQuiet = false): EngineChild {
  const output = isQuiet ? 'ignore' : process.stderr;
  const child = fork(entry, flags, {
    serialization: 'advanced',
    // A debugger or a loader of this process is not the engine's.
    execArgv: [],
    // What it prints is for whoever reads our errors; standard output is ours.
    stdio: ['ignore', output, output, 'ipc'],
  });
  return {
    pid: child.pid,
    // A message that meets a dead process is lost with it; onExit tells.
    post: (message) => void (child.connected && child.send(message as Serializable, () => {})),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      let gone = false;
      const tell = (code: number | null, signal: string | null) => {
        if (!gone) listener(code, signal);
        gone = true;
      };
      child.once('exit', tell);
      // A process that could not even be started has no exit.
      child.on('error', () => child.pid === undefined && tell(null, null));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
