/**
 * Opens project files in a process that can be killed, since no statement of SQLite can be interrupted from
 * within.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Result } from '../../../engine/errors.ts';

/** An idle machine needs milliseconds. */
const hangsAfterMs = 60_000;

let child: ChildProcess | null = null;

/** The result of opening the file; rejects where opening hangs or ends the process. */
export function openElsewhere(path: string): Promise<Result<{ readOnly: string | null }>> {
  const opener = child ?? fork(join(import.meta.dirname, 'opener.ts'));
  child = opener;
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      opener.kill('SIGKILL');
      child = null;
      settle();
      reject(new Error(why));
    };
    const timer = setTimeout(() => fail(`${path}: opening it takes for ever`), hangsAfterMs);
    const ended = (code: number | null, signal: string | null) =>
      fail(`the opener ended with ${code ?? signal}`);
    const settle = () => {
      clearTimeout(timer);
      opener.off('exit', ended);
    };
    opener.once('exit', ended);
    opener.once('message', (result) => {
      settle();
      resolve(result as Result<{ readOnly: string | null }>);
    });
    opener.send(path);
  });
}

export function closeOpener(): void {
  child?.kill('SIGKILL');
  child = null;
}
