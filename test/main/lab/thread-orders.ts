/**
 * Makes a lab's thread end or fail in the way that the file `die` in its settings names, once; with
 * `die-always`, every time. It is loaded before a real host by `--import`, or by dying-thread.ts.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isMainThread, workerData } from 'node:worker_threads';

export type Order = 'exit' | 'reject' | 'throw' | 'spin' | 'spin-a-while' | 'stick';

const { settings } = (workerData as { folders?: { settings: string } } | null)?.folders ?? {};
if (!isMainThread && settings !== undefined) follow(settings);

function follow(folder: string): void {
  const orders = join(folder, 'die');
  setInterval(() => {
    if (existsSync(join(folder, 'die-always'))) process.exit(7);
    if (!existsSync(orders)) return;
    const how = readFileSync(orders, 'utf8') as Order;
    rmSync(orders);
    obey(how, join(folder, 'spins'));
  }, 20);
}

function obey(how: Order, spins: string): void {
  switch (how) {
    case 'exit':
      process.exit(7);
      break;
    case 'reject':
      void Promise.reject(new Error('SQLITE_BUSY: database is locked'));
      break;
    case 'throw':
      throw new Error('SQLITE_BUSY: database is locked');
    case 'spin':
      for (;;);
    case 'spin-a-while':
      while (existsSync(spins));
      break;
    case 'stick':
      // JavaScript can be terminated; a running SQLite statement cannot.
      new DatabaseSync(':memory:')
        .prepare('WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c')
        .get();
  }
}
