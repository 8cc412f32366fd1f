/**
 * The reader's own thread. It does one job at a time, and sends its progress and then its result. A caller that has
 * waited too long terminates the thread.
 */
import { parentPort } from 'node:worker_threads';
import type { ImportMemory } from '../../engine/formats/importing/plan.ts';
import { buffersOf, doReadJob, type ReadJob } from './read-jobs.ts';

const tellEveryMs = 100;
/** Time after which a file that nobody asks about any more is forgotten. */
const forgetAfterMs = 60_000;
const memory: ImportMemory = {};
let forgetting: NodeJS.Timeout | undefined;

parentPort?.on('message', (job: ReadJob) => {
  let toldAt = 0;
  clearTimeout(forgetting);
  const result = doReadJob(
    job,
    (progress) => {
      if (performance.now() - toldAt < tellEveryMs) return;
      toldAt = performance.now();
      parentPort!.postMessage({ progress });
    },
    memory,
  );
  forgetting = setTimeout(() => delete memory.file, forgetAfterMs).unref();
  parentPort!.postMessage(result, buffersOf(result));
});
