/** The lab's thread, which ends or fails as the file `die` among its settings says, once; with `die-always`, always. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import '../../../main/lab/thread/lab-thread.ts';

const { settings } = (workerData as { folders: { settings: string } }).folders;
const orders = join(settings, 'die');

setInterval(() => {
  if (existsSync(join(settings, 'die-always'))) process.exit(7);
  if (!existsSync(orders)) return;
  const how = readFileSync(orders, 'utf8');
  rmSync(orders);
  switch (how) {
    case 'exit':
      process.exit(7);
      break;
    case 'reject':
      void Promise.reject(new Error('SQLITE_BUSY: database is locked'));
      break;
    case 'throw':
      throw new Error('SQLITE_BUSY: database is locked');
  }
}, 20);
