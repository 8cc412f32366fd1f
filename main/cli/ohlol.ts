/** `ohlol`: the engine without a window, as a program. */
import { main } from './main.ts';

// A reader that has seen enough (`ohlol train … | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
