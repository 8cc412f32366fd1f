/** The `ohlol` program: the engine without a window. */
import { removeTemporaries } from '../temporary-files.ts';
import { main } from './main.ts';
import { watchStandardOutput } from './terminal.ts';

watchStandardOutput();

// A signal removes half-written files and ends the process. A run in progress handles the signal itself and stops in
// order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) > 1) return;
    removeTemporaries();
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

process.exitCode = await main(process.argv.slice(2));
