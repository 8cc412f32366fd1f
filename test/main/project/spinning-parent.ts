/**
 * A parent of the checker whose statement never ends. It prints the checker's process id and waits to be
 * killed.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { checkerEntry } from '../../../main/paths.ts';

const child = fork(checkerEntry, [], {
  execArgv: ['--import', new URL('endless-statements.ts', import.meta.url).href],
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
child.on('message', (said) => {
  // endless-statements.ts sends this when the statement runs.
  if (said === 'runs') console.log(child.pid);
  else child.send(join(import.meta.dirname, '..', '..', 'fixtures', 'projects', 'v1.ohlol'));
});
