import { fork, type Serializable } from 'node:child_process';
import type { EngineChild } from './engine-child.ts';
import type { FlagSet } from './kernel-flags.ts';

/**
 * Starts the engine as a Node child process. Messages are structured clones, so that typed arrays keep their types.
 * `isQuiet` discards its log.
 */
export function forkEngine(entry: string, flags: FlagSet, isQuiet = false): EngineChild {
  const output = isQuiet ? 'ignore' : process.stderr;
  const child = fork(entry, flags, {
    serialization: 'advanced',
    // The engine must not inherit a debugger or loader of this process.
    execArgv: [],
    // Its output goes to our standard error, because standard output is ours.
    stdio: ['ignore', output, output, 'ipc'],
  });
  return {
    pid: child.pid,
    // A message to a dead process is lost; onExit reports the death.
    post: (message) => void (child.connected && child.send(message as Serializable, () => {})),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      let gone = false;
      const tell = (code: number | null, signal: string | null) => {
        if (!gone) listener(code, signal);
        gone = true;
      };
      child.once('exit', tell);
      // A process that could not be started has no exit.
      child.on('error', () => child.pid === undefined && tell(null, null));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
