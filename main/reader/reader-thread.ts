/** The reader's own thread: one job at a time, each answered with its result, how far it is told in between. A caller that has waited too long terminates it. */
import { parentPort } from 'node:worker_threads';
import type { ImportMemory } from '../../engine/formats/importing/plan.ts';
import { buffersOf, doReadJob, type ReadJob } from './read-jobs.ts';

const tellEveryMs = 100;
/** What is known of a file that nobody has asked about for so long is forgotten. */
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
