/**
 * A thread of the checker process that ends the process when its parent has gone. The main thread gets notice of that,
 * too, but cannot react while a SQLite statement runs. `workerData` is the parent's process id.
 */
import { workerData } from 'node:worker_threads';

const lookEachMs = 500;
const parent = Number(workerData);

setInterval(() => hasGone() && process.kill(process.pid, 'SIGKILL'), lookEachMs);

function hasGone(): boolean {
  // An orphan gets another parent, except on Windows, where it keeps its parent's id.
  if (process.ppid !== parent) return true;
  try {
    process.kill(parent, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
