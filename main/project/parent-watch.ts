/**
 * A thread of the checker's process that ends the process when its parent has gone: the first thread is told so, too,
 * but hears nothing while a statement of SQLite runs. `workerData` is the parent's process id.
 */
import { workerData } from 'node:worker_threads';

const lookEachMs = 500;
const parent = Number(workerData);

setInterval(() => hasGone() && process.kill(process.pid, 'SIGKILL'), lookEachMs);

function hasGone(): boolean {
  // An orphan gets another parent; on Windows it keeps the number of the one that it had.
  if (process.ppid !== parent) return true;
  try {
    process.kill(parent, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
