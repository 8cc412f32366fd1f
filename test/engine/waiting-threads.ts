/**
 * Threads that wait at random at every barrier and share and while their own buffers are full: a second
 * build of the module (kernels.config.ts), in which a race shows on an idle machine too.
 */
import { Worker } from 'node:worker_threads';
import { type Backend, loadWasm } from '../../engine/kernels/backend.ts';
import type { ThreadHost } from '../../engine/kernels/thread-team.ts';
import { compileModule } from '../../kernels.config.ts';

export interface WaitingThreads {
  /**
   * A backend that shares every batch, however small, among this many threads. `seed` starts their random
   * waits.
   */
  backend(threads: number, seed: number): Backend;
  close(): Promise<unknown>;
}

/** The workers' program. It goes from one run to the next; the previous run's trainer must have been closed. */
const program = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ module, memory, start, commands }) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    exports.start(...start);
    exports.serve(commands);
  });
`;

/** Builds the module, which takes seconds. */
export async function startWaitingThreads(): Promise<WaitingThreads> {
  const module = await compileModule({ randomWaits: true });
  const workers: Worker[] = [];
  let threads = 1;
  let seed = 1;
  const host: ThreadHost = {
    get threads() {
      return threads;
    },
    launch(task) {
      const [index, , shared] = task.start;
      workers[index] ??= new Worker(program, { eval: true, execArgv: [] });
      new Int32Array(task.memory.buffer)[shared / 4 + 3] = seed;
      workers[index].postMessage(task);
    },
  };
  const backend = loadWasm({ host, worth: 0, module });
  if (backend === null) throw new Error('this Node has no WebAssembly kernels');
  return {
    backend(count, waits) {
      threads = count;
      seed = waits;
      return backend;
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}
