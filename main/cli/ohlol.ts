/** `ohlol`: the engine without a window, as a program. */
import { removeTemporaries } from '../temporary-files.ts';
import { main } from './main.ts';
import { watchStandardOutput } from './terminal.ts';

watchStandardOutput();

// Half-written files do not outlive a signal. A run that goes on has its own say: it stops in an orderly way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) > 1) return;
    removeTemporaries();
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

process.exitCode = await main(process.argv.slice(2));
